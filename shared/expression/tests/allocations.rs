//! Rendering copies what it prints, not what it looks at: counted by the allocator, never timed.

use std::borrow::Cow;

use allocation_counter::measure;
use expression::{Environment, Limits, Supplied, Template, Value, Variables};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value as Json, json};

const RENDERINGS: u64 = 1_000;

/// Of a megabyte each, which a debug build takes its time to write.
const FEW: u64 = 10;

/// What a rendering may allocate beside what it prints: its scopes, and the growth of its text.
const OVERHEAD_BYTES: u64 = 4 << 10;

struct Root(Json);

impl Variables for Root {
    fn get(&self, name: &str) -> Option<Value<'_>> {
        self.0.get(name).map(Value::from)
    }

    fn names(&self) -> Vec<Cow<'_, str>> {
        self.0.as_object().into_iter().flat_map(|map| map.keys()).map(|name| name.as_str().into()).collect()
    }
}

/// Variables of that many rows, of a kilobyte each.
fn variables(rows: usize) -> Root {
    let row = |id: usize| json!({"id": id, "name": format!("row {id:04}"), "text": "x".repeat(960)});
    Root(
        json!({"rows": (0..rows).map(row).collect::<Vec<_>>(), "name": "World", "big": "y".repeat(rows * 1_000)}),
    )
}

/// Bytes that so many renderings allocate, and those that they print.
fn rendered(source: &str, root: &Root, renderings: u64) -> (u64, u64) {
    let dialect = if source.contains("${") { Template::conductor } else { Template::parse };
    let template = dialect(source).expect("a template");
    let supplied = Supplied::new();
    let environment = Environment {
        variables: root,
        supplied: &supplied,
        now: Timestamp::UNIX_EPOCH,
        zone: &TimeZone::UTC,
        seed: 1,
        limits: Limits::default(),
    };
    let mut printed = 0;
    let counted = measure(|| {
        for _ in 0..renderings {
            printed += template.render(&environment).expect("it renders").len() as u64;
        }
    });
    (counted.bytes_total, printed)
}

#[test]
fn what_is_looked_at_is_not_copied() {
    let (small, big) = (variables(10), variables(1_000));
    assert!(big.0.to_string().len() > 1_000_000);
    for source in [
        "Hello {{ name }}!",
        "{{ rows[9].name }} of {{ rows | length }}",
        "{% set row = rows[5] %}{{ row.id }}: {{ row['name'] }}{{ missing ?? '' }}",
        "{{ rows is empty ? 'none' : rows | first | className }}",
        "{% macro m(rows) %}{{ rows[0].name }}{% endmacro %}{{ m(rows) }}",
        "{{ (big is empty or rows == null or big == name) ? 1 : 2 }}",
        "{{ (rows | last).name | length }}",
        "Hello ${name}!",
        "${rows[9].name} of ${rows.length()}, then ${rows[-1].id} and ${rows[0:2].name}",
        "${rows[5]['id','name']}${missing}${rows[3][?(@.id > 2)].id}",
    ] {
        let (with_small, printed) = rendered(source, &small, RENDERINGS);
        let (with_big, _) = rendered(source, &big, RENDERINGS);
        let limit = 4 * printed + RENDERINGS * OVERHEAD_BYTES;
        assert!(with_big <= limit, "{source}: {with_big} bytes for {printed} printed");
        // Numbers and hashes of other lengths, no more.
        assert!(
            with_big <= with_small + with_small / 10 + 1_000,
            "{source}: {with_small} grew to {with_big}"
        );
    }
}

#[test]
fn what_is_printed_is_allocated_a_few_times() {
    let big = variables(1_000);
    for source in ["{{ big }}", "{{ rows }}", "{% for row in rows %}{{ row.text }}{% endfor %}"] {
        let (allocated, printed) = rendered(source, &big, FEW);
        assert!(printed > 900_000 * FEW);
        assert!(allocated <= 4 * printed, "{source}: {allocated} bytes for {printed} printed");
    }
}
