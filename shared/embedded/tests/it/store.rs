//! What the embedded store does beyond the promises of the port.

use std::sync::Arc;

use bytes::Bytes;
use embedded::{Error, Home, store::Durability};
use futures_util::{FutureExt as _, future::join_all};
use ports::store::{self, Condition, Content, Key, Store as _, Version, Write};

fn key(partition: &str, sort: impl Into<String>) -> Key {
    Key { partition: partition.to_owned(), sort: sort.into() }
}

fn put(key: Key, condition: Condition, body: impl Into<Bytes>) -> Write {
    let content = Content { body: body.into(), ..Content::default() };
    Write::Put { key, condition, content }
}

#[tokio::test]
async fn a_second_process_is_told_which_directory_is_in_use() {
    let directory = tempfile::tempdir().unwrap();
    let home = Home::open(directory.path()).unwrap();
    let refused = Home::open(directory.path()).unwrap_err();
    assert!(matches!(&refused, Error::InUse(path) if path == directory.path()), "{refused}");
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
        home.store.commit(vec![put(key("p", "s"), condition, vec![0; 1_000])]).await.unwrap();
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
    assert_eq!((counts.commits, counts.puts, counts.conflicts), (128 * 20, 128 * 20, 0));
    assert!(counts.transactions * 8 < counts.commits, "{counts:?}");
}

#[tokio::test]
async fn counts_tell_what_was_done() {
    let directory = tempfile::tempdir().unwrap();
    let store = Home::open(directory.path()).unwrap().store;
    let two = vec![put(key("p", "1"), Condition::None, "a"), put(key("p", "2"), Condition::None, "b")];
    store.commit(two).await.unwrap();
    let before = store.counts();
    store.commit(vec![put(key("p", "1"), Condition::Absent, "c")]).await.unwrap_err();
    store.commit(vec![Write::Delete { key: key("p", "1"), condition: Condition::None }]).await.unwrap();
    store.get(&key("p", "1")).await.unwrap();
    store.next_due().await.unwrap();
    insta::assert_compact_debug_snapshot!(store.counts().since(before), @"Counts { commits: 1, conflicts: 1, puts: 0, put_bytes: 0, deletes: 1, gets: 1, queries: 0, lists: 0, dues: 1, transactions: 1 }");
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
        assert!(store.get(&key("p", number.to_string())).await.unwrap().is_some(), "{number}");
    }
}

/// The log is carried over while readers and writers are busy, and does not grow with what is written.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_stays_short() {
    let directory = tempfile::tempdir().unwrap();
    let store = Home::open(directory.path()).unwrap().store;
    let tasks: Vec<_> = (0..16)
        .map(|task| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                // 16 x 50 x 200 KB: ten times what the log may have.
                for _ in 0..50 {
                    let key = key("p", task.to_string());
                    store.commit(vec![put(key.clone(), Condition::None, vec![1; 200_000])]).await.unwrap();
                    store.get(&key).await.unwrap().unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let log_bytes = std::fs::metadata(directory.path().join("roundtrip.db-wal")).unwrap().len();
    assert!(log_bytes < 40 << 20, "{log_bytes}");
}

/// Another program holds the database for longer than the store waits.
#[tokio::test]
async fn a_failed_transaction_fails_all_its_commits_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let store = Home::open(directory.path()).unwrap().store;
    let mut feed = store.feed("f").await.unwrap();
    store.commit(vec![put(key("p", "1"), Condition::Absent, "a")]).await.unwrap();
    let other = rusqlite::Connection::open(directory.path().join("roundtrip.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let commits = ["1", "2", "3"].map(|sort| store.commit(vec![put(key("p", sort), Condition::Absent, "b")]));
    for refused in join_all(commits).await {
        let unavailable = matches!(&refused, Err(store::Error::Unavailable { retry_after: Some(_), .. }));
        assert!(unavailable, "{refused:?}");
    }
    // Reading goes on.
    assert!(store.get(&key("p", "1")).await.unwrap().is_some());
    other.execute_batch("ROLLBACK").unwrap();
    assert!(store.get(&key("p", "2")).await.unwrap().is_none());
    store.commit(vec![put(key("p", "2"), Condition::Absent, "c")]).await.unwrap();
    let told = feed.next(10).await.unwrap();
    assert_eq!(told.iter().map(|told| &told.change.key.sort[..]).collect::<Vec<_>>(), ["1", "2"]);
}

#[tokio::test]
async fn a_damaged_database_is_told_apart_from_an_absent_one() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("roundtrip.db");
    std::fs::write(&file, "this is a letter, not a database, although it has its name".repeat(100)).unwrap();
    let refused = Home::open(directory.path()).unwrap_err().to_string();
    let expected = format!("the database {} cannot be opened: file is not a database", file.display());
    assert_eq!(refused, expected);
}

/// Between its birth and its program, a child process has copies of all open files, and so of the lock.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_are_started_do_not_keep_the_directory() {
    let directory = tempfile::tempdir().unwrap();
    let starting = tokio::task::spawn_blocking(|| {
        for _ in 0..100 {
            std::process::Command::new("true").status().unwrap();
        }
    });
    while !starting.is_finished() {
        drop(Home::open_with(directory.path(), Durability::ProcessEnd).unwrap());
    }
    starting.await.unwrap();
}
