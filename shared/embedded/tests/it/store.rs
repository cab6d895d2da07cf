//! What the embedded store does beyond the promises of the port.

use std::sync::Arc;

use bytes::Bytes;
use embedded::{Error, Home};
use futures_util::FutureExt as _;
use ports::store::{Condition, Content, Key, Store as _, Version, Write};

fn key(partition: &str, sort: impl Into<String>) -> Key {
    Key {
        partition: partition.to_owned(),
        sort: sort.into(),
    }
}

fn put(key: Key, condition: Condition, body: impl Into<Bytes>) -> Write {
    let content = Content {
        body: body.into(),
        ..Content::default()
    };
    Write::Put {
        key,
        condition,
        content,
    }
}

#[tokio::test]
async fn a_second_process_is_told_which_directory_is_in_use() {
    let directory = tempfile::tempdir().unwrap();
    let home = Home::open(directory.path()).unwrap();
    let refused = Home::open(directory.path()).unwrap_err();
    assert!(
        matches!(&refused, Error::InUse(path) if path == directory.path()),
        "{refused}"
    );
    assert!(refused.to_string().contains(directory.path().to_str().unwrap()));
    // Whatever still works in the directory keeps it.
    let Home { store, blobs } = home;
    drop(store);
    Home::open(directory.path()).unwrap_err();
    drop(blobs);
    Home::open(directory.path()).unwrap();
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    drop(Home::open(directory.path()).unwrap());
    let file = directory.path().join("roundtrip.db");
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection.pragma_update(None, "user_version", 2).unwrap();
    drop(connection);
    let refused = Home::open(directory.path()).unwrap_err().to_string();
    let expected = format!(
        "the database {} has the format 2 of a newer version of this program, which knows formats up to 1",
        file.display()
    );
    assert_eq!(refused, expected);
}

#[tokio::test]
async fn what_was_committed_is_there_after_opening_again() {
    let directory = tempfile::tempdir().unwrap();
    for version in 1..=3u64 {
        let home = Home::open(directory.path()).unwrap();
        let condition = match version {
            1 => Condition::Absent,
            later => Condition::Version(Version(later - 1)),
        };
        home.store
            .commit(vec![put(key("p", "s"), condition, vec![0; 1_000])])
            .await
            .unwrap();
        let item = home.store.get(&key("p", "s")).await.unwrap().unwrap();
        assert_eq!(item.version, Version(version));
    }
}

/// Counted, not timed: commits that arrive while the disk is busy share the next transaction.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_committers_share_transactions() {
    let directory = tempfile::tempdir().unwrap();
    let store = Home::open(directory.path()).unwrap().store;
    let committers: Vec<_> = (0..128)
        .map(|committer| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for number in 0..20 {
                    let write = put(
                        key(&format!("p{committer}"), number.to_string()),
                        Condition::Absent,
                        vec![1; 500],
                    );
                    store.commit(vec![write]).await.unwrap();
                }
            })
        })
        .collect();
    for committer in committers {
        committer.await.unwrap();
    }
    let counts = store.counts();
    assert_eq!(
        (counts.commits, counts.puts, counts.conflicts),
        (128 * 20, 128 * 20, 0)
    );
    assert!(counts.transactions * 8 < counts.commits, "{counts:?}");
}

#[tokio::test]
async fn counts_tell_what_was_done() {
    let directory = tempfile::tempdir().unwrap();
    let store = Home::open(directory.path()).unwrap().store;
    let two = vec![
        put(key("p", "1"), Condition::None, "a"),
        put(key("p", "2"), Condition::None, "b"),
    ];
    store.commit(two).await.unwrap();
    let before = store.counts();
    store
        .commit(vec![put(key("p", "1"), Condition::Absent, "c")])
        .await
        .unwrap_err();
    store
        .commit(vec![Write::Delete {
            key: key("p", "1"),
            condition: Condition::None,
        }])
        .await
        .unwrap();
    store.get(&key("p", "1")).await.unwrap();
    store.next_due().await.unwrap();
    insta::assert_compact_debug_snapshot!(store.counts().since(before), @"Counts { commits: 1, conflicts: 1, puts: 0, deletes: 1, gets: 1, queries: 0, lists: 0, dues: 1, transactions: 1 }");
    assert_eq!((before.commits, before.puts, before.transactions), (1, 2, 1));
}

#[tokio::test]
async fn a_store_that_is_dropped_writes_what_waits() {
    let directory = tempfile::tempdir().unwrap();
    let store = Home::open(directory.path()).unwrap().store;
    for number in 0..50 {
        let write = put(key("p", number.to_string()), Condition::Absent, "x");
        // Given to the writer by the first poll, and then forgotten.
        let _ = store.commit(vec![write]).now_or_never();
    }
    drop(store);
    let store = Home::open(directory.path()).unwrap().store;
    for number in 0..50 {
        assert!(
            store.get(&key("p", number.to_string())).await.unwrap().is_some(),
            "{number}"
        );
    }
}
