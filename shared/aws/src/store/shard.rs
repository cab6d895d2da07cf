//! Which partition of an index an entry stands in.
//!
//! A partition of an index takes 1,000 writes a second, and an index that cannot keep up throttles the writes of the
//! table itself. Everything that waits would share one partition of `due`, and a busy flow one of `list`; so both are
//! spread over named shards by a hash of the item's key, and a read asks all shards and merges them.
//!
//! A number of shards may be raised at any time: nothing is looked up by its shard alone. It must never be lowered
//! while entries stand in the shards that would go.

use ports::store::Key;

/// Partitions of the index of what is due: 4,000 writes a second.
pub const DUE_SHARDS: u64 = 4;
/// Partitions of each list: 4,000 writes a second for one flow.
pub const LIST_SHARDS: u64 = 4;

/// What the hash key of `due` says of an item.
pub(super) fn due(key: &Key) -> String {
    due_shard(hash(key) % DUE_SHARDS)
}

pub(super) fn due_shard(shard: u64) -> String {
    shard.to_string()
}

/// What the hash key of `list` says of an item that stands in the list.
pub(super) fn list(key: &Key, list: &str) -> String {
    list_shard(hash(key) % LIST_SHARDS, list)
}

pub(super) fn list_shard(shard: u64, list: &str) -> String {
    format!("{shard}/{list}")
}

/// The list that a hash key names.
pub(super) fn list_of(hash_key: &str) -> Option<&str> {
    hash_key.split_once('/').map(|(_, list)| list)
}

/// FNV-1a: the same in every process and version, which the standard library's hashes do not promise.
fn hash(key: &Key) -> u64 {
    let bytes = key.partition.bytes().chain([0]).chain(key.sort.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // The low bits of FNV see little of the high ones.
    hash ^ (hash >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: usize) -> Key {
        Key { partition: format!("main/execution/{number:022}"), sort: "state".to_owned() }
    }

    #[test]
    fn an_item_stays_in_its_shard() {
        // Written down: a later version that hashes otherwise would leave entries behind.
        let shards: Vec<_> = (0..8).map(|number| due(&key(number))).collect();
        assert_eq!(shards.concat(), "13200213");
        assert_eq!(list(&key(3), "main/a/b"), "0/main/a/b");
    }

    #[test]
    fn shards_are_of_about_the_same_size() {
        let mut sizes = [0; 4];
        for number in 0..4_000 {
            sizes[due(&key(number)).parse::<usize>().unwrap()] += 1;
        }
        assert!(sizes.iter().all(|size| (900..=1_100).contains(size)), "{sizes:?}");
    }

    #[test]
    fn a_list_is_read_back_whatever_its_name() {
        for name in ["l", "l ", "a/b", "/"] {
            assert_eq!(list_of(&list(&key(1), name)), Some(name));
        }
        assert_eq!(list_of("l"), None);
    }
}
