use ports::store::{Direction, Range};
use proptest::prelude::*;

use super::{Bounds, Upper};

fn bounds_hold(bounds: &Bounds, text: &str) -> bool {
    let below = match &bounds.upper {
        Upper::Before(upper) => text < upper.as_str(),
        Upper::End => true,
    };
    text >= bounds.lower.as_str() && below
}

/// Characters at the edges of UTF-8's lengths and of the gap of surrogates, so that prefixes and texts meet often.
fn text() -> impl Strategy<Value = String> {
    let edges =
        vec!['\0', 'a', 'b', '\u{7f}', '\u{80}', '\u{d7ff}', '\u{e000}', '\u{ffff}', '\u{10000}', char::MAX];
    prop::collection::vec(prop::sample::select(edges), 0..4)
        .prop_map(|characters| characters.into_iter().collect())
}

proptest! {
    #[test]
    fn bounds_mean_what_the_range_says(
        prefix in text(), after in prop::option::of(text()), descending: bool, candidate in text(),
    ) {
        let direction = if descending { Direction::Descending } else { Direction::Ascending };
        let range = Range { prefix: &prefix, after: after.as_deref(), direction, limit: 1 };
        let beyond = after.as_deref().is_none_or(|after| match direction {
            Direction::Ascending => candidate.as_str() > after,
            Direction::Descending => candidate.as_str() < after,
        });
        prop_assert_eq!(bounds_hold(&Bounds::of(&range), &candidate), candidate.starts_with(&prefix) && beyond);
    }
}
