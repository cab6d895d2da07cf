//! What is at a limit is taken, and what is over it is refused.

use super::{delete, key, plain, put, read};
use crate::store::{
    BODY_BYTES_MAX, COMMIT_BYTES_MAX, Condition, Content, Entry, Error, KEY_BYTES_MAX, Key,
    SUMMARY_BYTES_MAX, Store, WRITES_MAX, Write,
};

fn listed(list: usize, place: usize, summary: usize) -> Content {
    Content {
        entry: Some(Entry {
            list: "l".repeat(list),
            place: "p".repeat(place),
            summary: vec![1; summary].into(),
        }),
        ..Content::default()
    }
}

fn bodies(number: usize, bytes: usize) -> Vec<Write> {
    let keys = (0..number).map(|number| key("bodies", &number.to_string()));
    keys.map(|key| put(&key, Condition::None, plain(vec![7; bytes]))).collect()
}

fn one(key: &Key, content: Content) -> Vec<Write> {
    vec![put(key, Condition::None, content)]
}

pub async fn each_size_is_taken_up_to_its_limit(store: &dyn Store) {
    let longest = "é".repeat(KEY_BYTES_MAX / 2);
    let commits = [
        one(&key("body", "largest"), plain(vec![255; BODY_BYTES_MAX])),
        one(&key(&longest, &longest), plain("x")),
        one(&key("entry", "largest"), listed(KEY_BYTES_MAX, KEY_BYTES_MAX, SUMMARY_BYTES_MAX)),
        bodies(WRITES_MAX, 10),
        bodies(COMMIT_BYTES_MAX / (350 * 1024), 350 * 1024),
    ];
    for writes in commits {
        store.commit(writes.clone()).await.unwrap();
        for write in writes {
            let Write::Put { key, content, .. } = write else {
                continue;
            };
            assert_eq!(
                read(store, &key).await.unwrap().content,
                content,
                "{}",
                &key.sort[..4.min(key.sort.len())]
            );
        }
    }
}

pub async fn what_is_over_a_limit_is_refused_and_not_written(store: &dyn Store) {
    let too_long = "k".repeat(KEY_BYTES_MAX + 1);
    let s = key("p", "s");
    let twice = vec![put(&s, Condition::None, plain("1")), delete(&s, Condition::None)];
    let one_too_large = {
        let mut writes = bodies(2, 1);
        writes.extend(one(&s, plain(vec![0; BODY_BYTES_MAX + 1])));
        writes
    };
    let commits = [
        vec![],
        twice,
        one_too_large,
        bodies(WRITES_MAX + 1, 1),
        bodies(COMMIT_BYTES_MAX / BODY_BYTES_MAX + 1, BODY_BYTES_MAX),
        one(&s, plain(vec![0; BODY_BYTES_MAX + 1])),
        one(&s, listed(1, 1, SUMMARY_BYTES_MAX + 1)),
        one(&s, listed(1, KEY_BYTES_MAX + 1, 1)),
        one(&s, listed(KEY_BYTES_MAX + 1, 1, 1)),
        one(&s, listed(0, 1, 1)),
        one(&s, listed(1, 0, 1)),
        one(&key("p", ""), plain("x")),
        one(&key("", "s"), plain("x")),
        one(&key("p", &too_long), plain("x")),
        one(&key(&too_long, "s"), plain("x")),
        vec![delete(&key("p", &too_long), Condition::None)],
    ];
    for (number, writes) in commits.into_iter().enumerate() {
        let refused = store.commit(writes).await;
        assert!(matches!(refused, Err(Error::TooLarge(_))), "commit {number}: {refused:?}");
    }
    assert_eq!(read(store, &s).await, None);
    assert_eq!(read(store, &key("bodies", "0")).await, None);
}
