//! The promises of [`Store`].

mod commits;
mod concurrency;
mod index;
mod limits;
mod ranges;

use bytes::Bytes;

pub use commits::*;
pub use concurrency::*;
pub use index::*;
pub use limits::*;
pub use ranges::*;

use crate::store::{Condition, Content, Error, Item, Key, Store, Version, Write};

/// One test for each promise of [`Store`]. `open: async fn() -> Option<(impl Deref<Target: Store>, K)>`.
#[macro_export]
macro_rules! store_promises {
    ($open:path) => {
        $crate::promise_tests!(
            $open,
            store,
            [
                an_item_is_read_as_it_was_written,
                what_was_never_written_is_not_there,
                a_put_replaces_the_whole_item,
                versions_count_the_writes,
                a_put_on_absence_needs_absence,
                a_put_on_a_version_needs_that_version,
                a_delete_needs_its_condition,
                a_refused_commit_names_a_key_and_writes_nothing,
                a_commit_of_many_writes_is_whole,
                one_of_many_creators_wins,
                one_of_many_writers_wins_each_version,
                no_increment_is_lost,
                commits_of_several_items_do_not_mix,
                an_acknowledged_commit_is_read_by_all,
                a_query_gives_one_partition_in_byte_order,
                a_query_gives_what_its_range_says,
                a_page_has_a_limit,
                an_entry_stands_in_its_list,
                an_entry_moves_and_goes_with_its_item,
                a_list_gives_what_its_range_says,
                what_is_due_comes_longest_due_first,
                an_item_is_due_as_its_last_write_says,
                each_size_is_taken_up_to_its_limit,
                what_is_over_a_limit_is_refused_and_not_written,
            ]
        );
    };
}

fn key(partition: &str, sort: &str) -> Key {
    Key { partition: partition.to_owned(), sort: sort.to_owned() }
}

fn plain(body: impl Into<Bytes>) -> Content {
    Content { body: body.into(), ..Content::default() }
}

fn put(key: &Key, condition: Condition, content: Content) -> Write {
    Write::Put { key: key.clone(), condition, content }
}

fn delete(key: &Key, condition: Condition) -> Write {
    Write::Delete { key: key.clone(), condition }
}

async fn commit(store: &dyn Store, write: Write) -> Result<(), Error> {
    store.commit(vec![write]).await
}

async fn read(store: &dyn Store, key: &Key) -> Option<Item> {
    store.get(key).await.unwrap()
}

/// Version and body, which is what most promises are about.
async fn state(store: &dyn Store, key: &Key) -> Option<(u64, Bytes)> {
    let item = read(store, key).await?;
    Some((item.version.0, item.content.body))
}

fn version(number: u64) -> Condition {
    Condition::Version(Version(number))
}
