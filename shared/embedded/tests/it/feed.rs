//! What the feed of the embedded store promises.

use std::{collections::HashMap, future::poll_fn, pin::pin, sync::Arc, task::Poll};

use embedded::{
    Home,
    store::{Feed, Store},
};
use ports::store::{Change, Condition, Content, Key, Store as _, Version, Write};
use tempfile::TempDir;

fn key(sort: &str) -> Key {
    Key { partition: "p".to_owned(), sort: sort.to_owned() }
}

async fn put(store: &Store, sort: &str, body: impl Into<Vec<u8>>) {
    let content = Content { body: body.into().into(), ..Content::default() };
    let write = Write::Put { key: key(sort), condition: Condition::None, content };
    store.commit(vec![write]).await.unwrap();
}

async fn delete(store: &Store, sort: &str) {
    let write = Write::Delete { key: key(sort), condition: Condition::None };
    store.commit(vec![write]).await.unwrap();
}

fn shown(change: &Change) -> String {
    let Version(version) = change.version;
    match &change.content {
        Some(content) => format!("{}@{version}={}", change.key.sort, String::from_utf8_lossy(&content.body)),
        None => format!("{}@{version} removed", change.key.sort),
    }
}

/// What the feed tells without waiting, one page after another.
async fn told(feed: &mut Feed, limit: usize) -> Vec<String> {
    let mut told = Vec::new();
    for _ in 0..1_000 {
        // Reading the table takes place on this thread, so that one poll is enough to know.
        let mut next = pin!(feed.next(limit));
        match poll_fn(|context| Poll::Ready(next.as_mut().poll(context))).await {
            Poll::Ready(changes) => told.extend(changes.unwrap().iter().map(|told| shown(&told.change))),
            Poll::Pending => return told,
        }
    }
    panic!("the feed does not come to an end: {:?}", &told[..10.min(told.len())]);
}

fn open() -> (Arc<Store>, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    (Home::open(directory.path()).unwrap().store, directory)
}

#[tokio::test]
async fn a_feed_that_keeps_up_is_told_everything_in_order() {
    let (store, _directory) = open();
    let mut feed = store.feed("f").await.unwrap();
    assert!(told(&mut feed, 10).await.is_empty());
    put(&store, "a", "1").await;
    put(&store, "b", "2").await;
    put(&store, "a", "3").await;
    delete(&store, "b").await;
    delete(&store, "never there").await;
    let refused = Write::Delete { key: key("a"), condition: Condition::Absent };
    store.commit(vec![refused]).await.unwrap_err();
    put(&store, "b", "4").await;
    assert_eq!(told(&mut feed, 2).await, ["a@1=1", "b@1=2", "a@2=3", "b@1 removed", "b@1=4"]);
    assert!(told(&mut feed, 10).await.is_empty());
}

#[tokio::test]
async fn the_changes_of_a_commit_come_in_its_order() {
    let (store, _directory) = open();
    let mut feed = store.feed("f").await.unwrap();
    put(&store, "b", "1").await;
    let writes = ["c", "a", "b"].map(|sort| match sort {
        "b" => Write::Delete { key: key(sort), condition: Condition::Version(Version(1)) },
        other => Write::Put { key: key(other), condition: Condition::Absent, content: Content::default() },
    });
    store.commit(writes.into()).await.unwrap();
    assert_eq!(told(&mut feed, 10).await, ["b@1=1", "c@1=", "a@1=", "b@1 removed"]);
}

#[tokio::test]
async fn who_comes_late_is_told_the_newest_state_of_each_item_and_then_everything() {
    let (store, _directory) = open();
    for (sort, body) in [("a", "1"), ("b", "2"), ("c", "3"), ("a", "4")] {
        put(&store, sort, body).await;
    }
    delete(&store, "c").await;
    let mut feed = store.feed("f").await.unwrap();
    assert_eq!(told(&mut feed, 1).await, ["b@1=2", "a@2=4"]);
    put(&store, "a", "5").await;
    delete(&store, "b").await;
    assert_eq!(told(&mut feed, 1).await, ["a@3=5", "b@1 removed"]);
}

#[tokio::test]
async fn a_feed_goes_on_from_its_saved_cursor() {
    let (mut store, directory) = open();
    let restart = |store: Arc<Store>| {
        drop(store);
        Home::open(directory.path()).unwrap().store
    };
    let mut feed = store.feed("f").await.unwrap();
    put(&store, "a", "1").await;
    put(&store, "b", "2").await;
    assert_eq!(told(&mut feed, 10).await.len(), 2);
    feed.save_cursor().await.unwrap();
    put(&store, "c", "3").await;
    put(&store, "a", "4").await;
    assert_eq!(told(&mut feed, 10).await, ["c@1=3", "a@2=4"]);
    drop(feed);
    for _ in 0..2 {
        // Told, but not saved: told again, by as many restarts as there are.
        store = restart(store);
        let mut feed = store.feed("f").await.unwrap();
        assert_eq!(told(&mut feed, 10).await, ["c@1=3", "a@2=4"]);
    }
    let mut feed = store.feed("f").await.unwrap();
    told(&mut feed, 10).await;
    feed.save_cursor().await.unwrap();
    let mut other = store.feed("another").await.unwrap();
    assert_eq!(told(&mut other, 10).await, ["b@1=2", "c@1=3", "a@2=4"]);
}

/// The numbers of rows that have gone must not come again.
#[tokio::test]
async fn a_change_after_removals_and_a_restart_is_not_missed() {
    let (store, directory) = open();
    let mut feed = store.feed("f").await.unwrap();
    put(&store, "a", "1").await;
    put(&store, "b", "2").await;
    told(&mut feed, 10).await;
    feed.save_cursor().await.unwrap();
    delete(&store, "a").await;
    delete(&store, "b").await;
    drop((feed, store));
    let store = Home::open(directory.path()).unwrap().store;
    put(&store, "c", "3").await;
    let mut feed = store.feed("f").await.unwrap();
    assert_eq!(told(&mut feed, 10).await, ["c@1=3"]);
}

/// Bounded memory: a feed that sleeps falls behind what is kept, and still ends up with every item's newest state.
#[tokio::test]
async fn a_feed_that_falls_behind_catches_up() {
    let (store, _directory) = open();
    let mut feed = store.feed("f").await.unwrap();
    put(&store, "first", "1").await;
    for round in 0..5 {
        // 20 x 300 KB a round, of which the ring keeps 1 MB in all.
        for sort in 0..20 {
            put(&store, &format!("{sort:02}"), format!("{round}").repeat(300_000)).await;
        }
    }
    delete(&store, "00").await;
    let mut newest = HashMap::new();
    for told in told(&mut feed, 7).await {
        let (item, state) = told.split_once('@').unwrap();
        newest.insert(item.to_owned(), state.chars().take(3).collect::<String>());
    }
    let mut expected: HashMap<_, _> = (1..20).map(|sort| (format!("{sort:02}"), "5=4".to_owned())).collect();
    expected.insert("first".to_owned(), "1=1".to_owned());
    newest.remove("00");
    assert_eq!(newest, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_item_is_told_in_the_order_of_its_versions_while_many_write() {
    let (store, _directory) = open();
    let mut feed = store.feed("f").await.unwrap();
    let writers: Vec<_> = (0..32)
        .map(|writer| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for version in 1..=20 {
                    put(&store, &format!("{}", writer % 8), format!("{version}")).await;
                }
            })
        })
        .collect();
    let (mut last, mut sequence) = (HashMap::new(), 0);
    while last.values().copied().sum::<u64>() < 32 * 20 {
        for told in feed.next(50).await.unwrap() {
            assert!(told.sequence > sequence);
            sequence = told.sequence;
            let before = last.insert(told.change.key.clone(), told.change.version.0).unwrap_or(0);
            assert_eq!(told.change.version.0, before + 1);
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
}

#[tokio::test]
async fn a_waiting_feed_ends_with_its_store() {
    let (store, _directory) = open();
    let mut feed = store.feed("f").await.unwrap();
    let waiting = tokio::spawn(async move { feed.next(1).await });
    tokio::task::yield_now().await;
    drop(store);
    assert_eq!(
        waiting.await.unwrap().unwrap_err().to_string(),
        "the store is not available: the store has been closed"
    );
}
