//! The listing index and the index of what is due. Both may lag.

use engine::time::Timestamp;

use super::{
    commit, delete, key, plain, put,
    ranges::{TEXTS, expected, ranges},
};
use crate::{
    conformance::eventually,
    store::{Condition, Content, Direction, Due, Entry, Key, Listed, Range, Store},
};

const ALL: Range<'static> = Range { prefix: "", after: None, direction: Direction::Ascending, limit: 100 };

fn listed(list: &str, place: &str, summary: &'static str) -> Content {
    Content {
        entry: Some(Entry { list: list.to_owned(), place: place.to_owned(), summary: summary.into() }),
        ..plain("body")
    }
}

async fn list_becomes(store: &dyn Store, list: &str, entries: &[(&Key, &str, &'static str)]) {
    let expected = entries.iter().map(|(key, place, summary)| Listed {
        key: (*key).clone(),
        place: (*place).to_owned(),
        summary: (*summary).into(),
    });
    eventually(Ok(expected.collect()), || store.list(list, ALL)).await;
}

pub async fn an_entry_stands_in_its_list(store: &dyn Store) {
    let keys = [key("p", "1"), key("q", "1"), key("p", "2"), key("p", "3")];
    commit(store, put(&keys[0], Condition::Absent, listed("l", "b", "second"))).await.unwrap();
    commit(store, put(&keys[1], Condition::Absent, listed("l", "a", ""))).await.unwrap();
    commit(store, put(&keys[2], Condition::Absent, listed("l ", "c", "elsewhere"))).await.unwrap();
    commit(store, put(&keys[3], Condition::Absent, plain("nowhere"))).await.unwrap();
    list_becomes(store, "l", &[(&keys[1], "a", ""), (&keys[0], "b", "second")]).await;
    list_becomes(store, "l ", &[(&keys[2], "c", "elsewhere")]).await;
    list_becomes(store, "no list", &[]).await;
}

pub async fn an_entry_moves_and_goes_with_its_item(store: &dyn Store) {
    let [one, two] = [key("p", "1"), key("p", "2")];
    commit(store, put(&one, Condition::None, listed("l", "a", "1"))).await.unwrap();
    commit(store, put(&two, Condition::None, listed("l", "b", "2"))).await.unwrap();
    commit(store, put(&one, Condition::None, listed("l", "c", "1, later"))).await.unwrap();
    list_becomes(store, "l", &[(&two, "b", "2"), (&one, "c", "1, later")]).await;
    commit(store, put(&one, Condition::None, listed("m", "c", "1, elsewhere"))).await.unwrap();
    list_becomes(store, "l", &[(&two, "b", "2")]).await;
    list_becomes(store, "m", &[(&one, "c", "1, elsewhere")]).await;
    commit(store, delete(&two, Condition::None)).await.unwrap();
    commit(store, put(&one, Condition::None, plain("not listed"))).await.unwrap();
    list_becomes(store, "l", &[]).await;
    list_becomes(store, "m", &[]).await;
}

pub async fn a_list_gives_what_its_range_says(store: &dyn Store) {
    let writes = TEXTS.iter().enumerate().map(|(number, place)| {
        put(&key("p", &number.to_string()), Condition::Absent, listed("l", place, "s"))
    });
    store.commit(writes.collect()).await.unwrap();
    eventually(TEXTS.len(), || async { store.list("l", ALL).await.unwrap().len() }).await;
    for range in ranges() {
        let found = store.list("l", range).await.unwrap();
        let places: Vec<_> = found.iter().map(|listed| listed.place.as_str()).collect();
        assert_eq!(places, expected(&range), "{range:?}");
    }
}

fn waking(at: i64) -> Content {
    Content { wake_at: Some(Timestamp::from_millis(at)), ..plain("body") }
}

async fn due_becomes(store: &dyn Store, now: i64, limit: usize, due: &[(&Key, i64)]) {
    let expected =
        due.iter().map(|(key, at)| Due { key: (*key).clone(), wake_at: Timestamp::from_millis(*at) });
    let now = Timestamp::from_millis(now);
    eventually(Ok(expected.collect()), || store.due(now, limit)).await;
}

async fn next_due_becomes(store: &dyn Store, next: Option<i64>) {
    eventually(Ok(next.map(Timestamp::from_millis)), || store.next_due()).await;
}

pub async fn what_is_due_comes_longest_due_first(store: &dyn Store) {
    next_due_becomes(store, None).await;
    let keys: Vec<Key> = (0..4).map(|number| key(&format!("p{}", 4 - number), "s")).collect();
    for (key, at) in keys.iter().zip([3_000, 1_000, 20_000, 2_000]) {
        commit(store, put(key, Condition::Absent, waking(at))).await.unwrap();
    }
    commit(store, put(&key("p", "never"), Condition::Absent, plain("x"))).await.unwrap();
    let all = [(&keys[1], 1_000), (&keys[3], 2_000), (&keys[0], 3_000), (&keys[2], 20_000)];
    next_due_becomes(store, Some(1_000)).await;
    due_becomes(store, 20_000, 10, &all).await;
    due_becomes(store, 20_000, 2, &all[..2]).await;
    // At its moment an item is due, and not before.
    due_becomes(store, 19_999, 10, &all[..3]).await;
    due_becomes(store, 2_000, 10, &all[..2]).await;
    due_becomes(store, 999, 10, &[]).await;
}

pub async fn an_item_is_due_as_its_last_write_says(store: &dyn Store) {
    let [one, two] = [key("p", "1"), key("p", "2")];
    commit(store, put(&one, Condition::None, waking(1_000))).await.unwrap();
    commit(store, put(&two, Condition::None, waking(2_000))).await.unwrap();
    commit(store, put(&one, Condition::None, waking(3_000))).await.unwrap();
    due_becomes(store, 5_000, 10, &[(&two, 2_000), (&one, 3_000)]).await;
    next_due_becomes(store, Some(2_000)).await;
    commit(store, delete(&two, Condition::None)).await.unwrap();
    due_becomes(store, 5_000, 10, &[(&one, 3_000)]).await;
    next_due_becomes(store, Some(3_000)).await;
    commit(store, put(&one, Condition::None, plain("asleep for good"))).await.unwrap();
    due_becomes(store, 5_000, 10, &[]).await;
    next_due_becomes(store, None).await;
}
