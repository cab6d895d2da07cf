use aws_sdk_dynamodb::primitives::Blob;

use super::*;
use crate::store::item;

fn attributes(body: usize, more: &[(&str, AttributeValue)]) -> Attributes {
    let mut attributes = Attributes::from([
        ("pk".to_owned(), text("p")),
        ("sk".to_owned(), text("s")),
        ("v".to_owned(), item::number(1)),
        ("b".to_owned(), AttributeValue::B(Blob::new(vec![0; body]))),
    ]);
    attributes.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    attributes
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// Bytes of an item beside its body: names, the two parts of the key, the version.
const REST: usize = 2 + 2 + 1 + 1 + 2 + 2;

fn written(old: Option<&Attributes>, new: Option<&Attributes>) -> Units {
    let [old, new] = [old, new].map(|item| item.map(view));
    write(old.as_ref(), new.as_ref(), false)
}

/// Of the table, of `due`, of `list`.
fn costs([writes, due_writes, list_writes]: [f64; 3]) -> Units {
    Units { writes, due_writes, list_writes, ..Units::default() }
}

#[test]
fn a_number_takes_a_byte_for_two_digits() {
    for (digits, bytes) in [
        ("0", 1),
        ("1", 2),
        ("99", 2),
        ("100", 2),
        ("101", 3),
        ("1000", 2),
        ("1720761222140", 8),
        ("-1", 3),
        ("18446744073709551615", 11),
    ] {
        assert_eq!(number_bytes(digits), bytes, "{digits}");
    }
}

#[test]
fn a_write_costs_each_kilobyte_begun_of_the_larger_item() {
    let sized = |bytes: usize| attributes(bytes - REST, &[]);
    for (bytes, units) in [(REST, 1.0), (1_024, 1.0), (1_025, 2.0), (10_240, 10.0)] {
        let (item, small) = (sized(bytes), sized(REST));
        assert_eq!(written(None, Some(&item)), costs([units, 0.0, 0.0]), "{bytes}");
        assert_eq!(written(Some(&small), Some(&item)), costs([units, 0.0, 0.0]), "{bytes}");
        assert_eq!(written(Some(&item), Some(&small)), costs([units, 0.0, 0.0]), "{bytes}");
        assert_eq!(written(Some(&item), None), costs([units, 0.0, 0.0]), "{bytes}");
    }
    assert_eq!(written(None, None), costs([1.0, 0.0, 0.0]));
}

#[test]
fn a_transaction_costs_twice_in_the_table_and_once_in_an_index() {
    let item = attributes(2_000, &[("ws", text("0")), ("w", item::number(5))]);
    let units = write(None, Some(&view(&item)), true);
    assert_eq!((units.writes, units.due_writes, units.list_writes), (4.0, 1.0, 0.0));
}

#[test]
fn an_index_costs_when_what_it_shows_changes() {
    let waking = |at: i64| attributes(3_000, &[("ws", text("0")), ("w", item::number(at))]);
    let plain = attributes(3_000, &[]);
    assert_eq!(written(None, Some(&waking(1))), costs([3.0, 1.0, 0.0]));
    assert_eq!(written(Some(&waking(1)), Some(&waking(2))), costs([3.0, 2.0, 0.0]));
    assert_eq!(written(Some(&waking(1)), Some(&waking(1))), costs([3.0, 0.0, 0.0]));
    assert_eq!(written(Some(&waking(1)), Some(&plain)), costs([3.0, 1.0, 0.0]));
    assert_eq!(written(Some(&waking(1)), None), costs([3.0, 1.0, 0.0]));

    let summary = |bytes: usize| AttributeValue::B(Blob::new(vec![0; bytes]));
    let listed = |place: &str, bytes: usize| {
        attributes(0, &[("l", text("0/l")), ("p", text(place)), ("s", summary(bytes))])
    };
    let (short, long, elsewhere) = (listed("a", 10), listed("a", 2_000), listed("b", 2_000));
    assert_eq!(written(None, Some(&long)), costs([2.0, 0.0, 2.0]));
    assert_eq!(written(Some(&short), Some(&long)), costs([2.0, 0.0, 2.0]));
    assert_eq!(written(Some(&short), Some(&elsewhere)), costs([2.0, 0.0, 3.0]));
    // Half a key is none.
    assert_eq!(written(None, Some(&attributes(0, &[("l", text("0/l"))]))), costs([1.0, 0.0, 0.0]));
}

#[test]
fn a_put_over_something_unknown_is_taken_to_move_it() {
    let item =
        attributes(2_000, &[("ws", text("0")), ("w", item::number(5)), ("l", text("l")), ("p", text("p"))]);
    let units = write_of_unknown(Some(&view(&item)), false);
    assert_eq!((units.writes, units.due_writes, units.list_writes), (2.0, 2.0, 1.0));
    assert_eq!(write_of_unknown(None, true), Units { writes: 2.0, ..Units::default() });
}

#[test]
fn a_read_costs_each_four_kilobytes_begun_of_the_page() {
    let page = |items: usize, bytes: usize| vec![attributes(bytes - REST, &[]); items];
    for (items, bytes, units) in
        [(0, REST, 1.0), (1, 4_096, 1.0), (1, 4_097, 2.0), (8, 1_024, 2.0), (9, 1_024, 3.0)]
    {
        assert_eq!(read(&page(items, bytes), false), Units { reads: units, ..Units::default() });
        assert_eq!(read(&page(items, bytes), true), Units { index_reads: units / 2.0, ..Units::default() });
    }
}
