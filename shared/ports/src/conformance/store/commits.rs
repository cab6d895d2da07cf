//! Items, versions, conditions, atomicity.

use bytes::Bytes;
use engine::time::Timestamp;

use super::{commit, delete, key, plain, put, read, state, version};
use crate::store::{Condition, Content, Entry, Error, Item, Key, Store, Version, Write};

pub async fn an_item_is_read_as_it_was_written(store: &dyn Store) {
    let contents = [
        Content::default(),
        plain(vec![0, 255, 128, 0]),
        Content {
            body: Bytes::from_static(b"body"),
            wake_at: Some(Timestamp::from_millis(1_720_761_222_140)),
            entry: Some(Entry {
                list: "list".to_owned(),
                place: "place ü".to_owned(),
                summary: Bytes::from_static(&[0, 159, 146, 150]),
            }),
            expires_at: None,
        },
        Content {
            wake_at: Some(Timestamp::from_millis(0)),
            entry: Some(Entry {
                list: "list".to_owned(),
                place: "another".to_owned(),
                summary: Bytes::new(),
            }),
            ..Content::default()
        },
    ];
    for (number, content) in contents.into_iter().enumerate() {
        let key = key("partition 'ü", &format!("sort/{number}"));
        commit(store, put(&key, Condition::Absent, content.clone())).await.unwrap();
        let item = Item { key: key.clone(), version: Version(1), content };
        assert_eq!(read(store, &key).await, Some(item));
    }
}

pub async fn what_was_never_written_is_not_there(store: &dyn Store) {
    commit(store, put(&key("p", "s"), Condition::None, plain("x"))).await.unwrap();
    for (partition, sort) in [("p", "t"), ("q", "s"), ("p", "S"), ("p", "s "), ("ps", "s")] {
        assert_eq!(read(store, &key(partition, sort)).await, None);
    }
}

pub async fn a_put_replaces_the_whole_item(store: &dyn Store) {
    let key = key("p", "s");
    let content = Content {
        body: Bytes::from_static(b"long body"),
        wake_at: Some(Timestamp::from_millis(5)),
        entry: Some(Entry { list: "l".to_owned(), place: "p".to_owned(), summary: Bytes::from_static(b"s") }),
        expires_at: None,
    };
    commit(store, put(&key, Condition::None, content)).await.unwrap();
    commit(store, put(&key, Condition::None, plain("b"))).await.unwrap();
    assert_eq!(read(store, &key).await.unwrap().content, plain("b"));
}

pub async fn versions_count_the_writes(store: &dyn Store) {
    let key = key("p", "s");
    commit(store, put(&key, Condition::Absent, plain("1"))).await.unwrap();
    commit(store, put(&key, Condition::None, plain("2"))).await.unwrap();
    commit(store, put(&key, version(2), plain("3"))).await.unwrap();
    commit(store, put(&key, version(3), plain("4"))).await.unwrap();
    assert_eq!(state(store, &key).await, Some((4, "4".into())));
    commit(store, delete(&key, version(4))).await.unwrap();
    commit(store, put(&key, Condition::None, plain("5"))).await.unwrap();
    assert_eq!(state(store, &key).await, Some((1, "5".into())));
}

pub async fn a_put_on_absence_needs_absence(store: &dyn Store) {
    let key = key("p", "s");
    commit(store, put(&key, Condition::Absent, plain("first"))).await.unwrap();
    let refused = commit(store, put(&key, Condition::Absent, plain("second"))).await;
    assert_eq!(refused, Err(Error::Conflict(key.clone())));
    assert_eq!(state(store, &key).await, Some((1, "first".into())));
    commit(store, delete(&key, Condition::None)).await.unwrap();
    commit(store, put(&key, Condition::Absent, plain("third"))).await.unwrap();
    assert_eq!(state(store, &key).await, Some((1, "third".into())));
}

pub async fn a_put_on_a_version_needs_that_version(store: &dyn Store) {
    let key = key("p", "s");
    for never in [0, 1, u64::MAX] {
        let refused = commit(store, put(&key, version(never), plain("x"))).await;
        assert_eq!(refused, Err(Error::Conflict(key.clone())), "{never} of nothing");
    }
    assert_eq!(read(store, &key).await, None);
    for body in ["1", "2", "3"] {
        commit(store, put(&key, Condition::None, plain(body))).await.unwrap();
    }
    for other in [0, 1, 2, 4, u64::MAX] {
        let refused = commit(store, put(&key, version(other), plain("x"))).await;
        assert_eq!(refused, Err(Error::Conflict(key.clone())), "{other} of 3");
    }
    assert_eq!(state(store, &key).await, Some((3, "3".into())));
    commit(store, put(&key, version(3), plain("4"))).await.unwrap();
    assert_eq!(state(store, &key).await, Some((4, "4".into())));
}

pub async fn a_delete_needs_its_condition(store: &dyn Store) {
    let key = key("p", "s");
    // What is not there is already removed, but has no version.
    commit(store, delete(&key, Condition::None)).await.unwrap();
    commit(store, delete(&key, Condition::Absent)).await.unwrap();
    assert_eq!(commit(store, delete(&key, version(1))).await, Err(Error::Conflict(key.clone())));
    commit(store, put(&key, Condition::None, plain("1"))).await.unwrap();
    commit(store, put(&key, Condition::None, plain("2"))).await.unwrap();
    for wrong in [Condition::Absent, version(1), version(3)] {
        assert_eq!(commit(store, delete(&key, wrong)).await, Err(Error::Conflict(key.clone())), "{wrong:?}");
    }
    assert_eq!(state(store, &key).await, Some((2, "2".into())));
    commit(store, delete(&key, version(2))).await.unwrap();
    assert_eq!(read(store, &key).await, None);
    commit(store, put(&key, Condition::None, plain("3"))).await.unwrap();
    commit(store, delete(&key, Condition::None)).await.unwrap();
    assert_eq!(read(store, &key).await, None);
}

/// Whichever write it is whose condition fails.
pub async fn a_refused_commit_names_a_key_and_writes_nothing(store: &dyn Store) {
    let [old, new, gone] = [key("p", "old"), key("p", "new"), key("q", "gone")];
    for old in [&old, &gone] {
        commit(store, put(old, Condition::None, plain("1"))).await.unwrap();
        commit(store, put(old, Condition::None, plain("2"))).await.unwrap();
    }
    let other = key("r", "other");
    let failing = [
        put(&other, version(1), plain("x")),
        delete(&other, version(1)),
        put(&key("p", "old "), version(2), plain("x")),
    ];
    for fails in failing {
        for position in 0..=3 {
            let mut writes = vec![
                put(&old, version(2), plain("x")),
                put(&new, Condition::Absent, plain("x")),
                delete(&gone, version(2)),
            ];
            writes.insert(position, fails.clone());
            assert_eq!(store.commit(writes).await, Err(Error::Conflict(fails.key().clone())));
            assert_eq!(state(store, &old).await, Some((2, "2".into())));
            assert_eq!(state(store, &gone).await, Some((2, "2".into())));
            assert_eq!(read(store, &new).await, None);
            assert_eq!(read(store, &other).await, None);
        }
    }
    // Of two that fail, either is named.
    let both = vec![put(&old, version(1), plain("x")), delete(&gone, Condition::Absent)];
    match store.commit(both).await {
        Err(Error::Conflict(named)) => assert!(named == old || named == gone, "{named}"),
        other => panic!("{other:?}"),
    }
}

pub async fn a_commit_of_many_writes_is_whole(store: &dyn Store) {
    let keys: Vec<Key> =
        (0..5).map(|number| key(&format!("p{}", number % 2), &format!("s{number}"))).collect();
    for old in &keys[..3] {
        commit(store, put(old, Condition::Absent, plain("1"))).await.unwrap();
    }
    let writes: Vec<Write> = vec![
        put(&keys[0], version(1), plain("2")),
        put(&keys[1], Condition::None, plain("2")),
        delete(&keys[2], version(1)),
        put(&keys[3], Condition::Absent, plain("new")),
        put(&keys[4], Condition::None, plain("new")),
        delete(&key("p", "never there"), Condition::None),
    ];
    store.commit(writes).await.unwrap();
    let mut states = Vec::new();
    for key in &keys {
        states.push(state(store, key).await);
    }
    let new = Some((1, Bytes::from_static(b"new")));
    assert_eq!(states, [Some((2, "2".into())), Some((2, "2".into())), None, new.clone(), new]);
}
