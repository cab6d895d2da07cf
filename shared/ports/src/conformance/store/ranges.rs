//! Queries: order, prefix, continuation, direction, limit.

use super::{key, plain, put};
use crate::store::{Condition, Direction, PAGE_ITEMS_MAX, Range, Store, WRITES_MAX};

/// Texts whose order by bytes differs from many others: by language, by UTF-16, by length.
pub(super) const TEXTS: [&str; 16] =
    ["!", "0", "10", "9", "A", "Z", "a", "a!", "a/", "a/b", "ab", "b", "z", "é", "\u{ffee}", "\u{1f600}"];

pub async fn a_query_gives_one_partition_in_byte_order(store: &dyn Store) {
    for partition in ["p", "p ", "q"] {
        // Written in another order than they are read.
        let writes =
            TEXTS.iter().rev().map(|sort| put(&key(partition, sort), Condition::Absent, plain(*sort)));
        store.commit(writes.collect()).await.unwrap();
    }
    let all = Range { prefix: "", after: None, direction: Direction::Ascending, limit: 100 };
    let items = store.query("p", all).await.unwrap();
    let mut sorted = TEXTS;
    sorted.sort_unstable_by_key(|text| text.as_bytes());
    assert_eq!(items.iter().map(|item| item.key.sort.as_str()).collect::<Vec<_>>(), sorted);
    for item in items {
        assert_eq!(item.key.partition, "p");
        assert_eq!(item.content, plain(item.key.sort.clone()));
        assert_eq!(item.version.0, 1);
    }
    assert_eq!(store.query("nothing", all).await, Ok(vec![]));
}

pub async fn a_query_gives_what_its_range_says(store: &dyn Store) {
    let writes = TEXTS.iter().map(|sort| put(&key("p", sort), Condition::Absent, plain("")));
    store.commit(writes.collect()).await.unwrap();
    for range in ranges() {
        let items = store.query("p", range).await.unwrap();
        let sorts: Vec<_> = items.iter().map(|item| item.key.sort.as_str()).collect();
        assert_eq!(sorts, expected(&range), "{range:?}");
    }
}

/// Every prefix of a text with every text that starts so as the place to go on from, in both directions.
pub(super) fn ranges() -> impl Iterator<Item = Range<'static>> {
    const PREFIXES: [&str; 8] = ["", "a", "a/", "a/b", "a/b/c", "1", "é", "\u{1f600}"];
    // One that does not stand there, too.
    let afters = |prefix: &'static str| {
        let standing = TEXTS.into_iter().chain(["a0"]).filter(move |text| text.starts_with(prefix));
        standing.map(Some).chain([None])
    };
    let directions = [Direction::Ascending, Direction::Descending];
    PREFIXES.into_iter().flat_map(move |prefix| {
        afters(prefix).flat_map(move |after| {
            directions
                .into_iter()
                .flat_map(move |direction| [1, 3, 100].map(|limit| Range { prefix, after, direction, limit }))
        })
    })
}

/// What a range of [`TEXTS`] has to give.
pub(super) fn expected(range: &Range<'_>) -> Vec<&'static str> {
    let mut texts = TEXTS.to_vec();
    texts.sort_unstable();
    if range.direction == Direction::Descending {
        texts.reverse();
    }
    let beyond = |text: &&str| match (range.after, range.direction) {
        (None, _) => true,
        (Some(after), Direction::Ascending) => *text > after,
        (Some(after), Direction::Descending) => *text < after,
    };
    texts.retain(|text| text.starts_with(range.prefix) && beyond(text));
    texts.truncate(range.limit);
    texts
}

/// And one page after another gives every item once.
pub async fn a_page_has_a_limit(store: &dyn Store) {
    let number = PAGE_ITEMS_MAX + WRITES_MAX / 2;
    let sorts: Vec<String> = (0..number).map(|number| format!("{number:05}")).collect();
    for some in sorts.chunks(WRITES_MAX) {
        let writes = some.iter().map(|sort| put(&key("p", sort), Condition::Absent, plain("x")));
        store.commit(writes.collect()).await.unwrap();
    }
    let mut found: Vec<String> = Vec::new();
    let mut pages = Vec::new();
    loop {
        let after = found.last().cloned();
        let range =
            Range { prefix: "", after: after.as_deref(), direction: Direction::Ascending, limit: usize::MAX };
        let page = store.query("p", range).await.unwrap();
        if page.is_empty() {
            break;
        }
        pages.push(page.len());
        found.extend(page.into_iter().map(|item| item.key.sort));
    }
    assert_eq!(pages, [PAGE_ITEMS_MAX, WRITES_MAX / 2]);
    assert_eq!(found, sorts);
}
