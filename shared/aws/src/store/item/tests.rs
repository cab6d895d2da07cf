use super::*;

fn a_key() -> Key {
    Key { partition: "main/execution/1".to_owned(), sort: "state".to_owned() }
}

fn names(condition: Condition, content: &Content) -> String {
    let mut names: Vec<_> = content_attributes(&a_key(), condition, content).into_keys().collect();
    names.sort_unstable();
    names.join(" ")
}

fn whole() -> Content {
    Content {
        body: Bytes::from_static(b"body"),
        wake_at: Some(Timestamp::from_millis(-5)),
        entry: Some(Entry {
            list: "a/b".to_owned(),
            place: "c/d".to_owned(),
            summary: Bytes::from_static(b"summary"),
        }),
        expires_at: Some(Timestamp::from_millis(1_001)),
    }
}

#[test]
fn what_is_empty_takes_no_place() {
    assert_eq!(names(Condition::Absent, &Content::default()), "");
    let entry = Entry { list: "l".to_owned(), place: "p".to_owned(), summary: Bytes::new() };
    assert_eq!(names(Condition::None, &Content { entry: Some(entry), ..Content::default() }), "l p");
    assert_eq!(names(Condition::Absent, &whole()), "b l p s w ws x");
    assert!(names(Condition::Absent, &whole()).split(' ').all(|name| OPTIONAL.contains(&name)));
}

#[test]
fn a_later_version_that_nothing_wakes_is_notable() {
    let asleep = Content { wake_at: None, ..whole() };
    for (condition, content, notable) in [
        (Condition::Version(Version(1)), &asleep, true),
        (Condition::Version(Version(1)), &whole(), false),
        (Condition::Absent, &asleep, false),
        (Condition::None, &asleep, false),
    ] {
        let found = content_attributes(&a_key(), condition, content).contains_key(NOTABLE);
        assert_eq!(found, notable, "{condition:?}");
    }
}

#[test]
fn a_moment_to_expire_at_is_rounded_up() {
    for (millis, seconds) in [(0, "0"), (1, "1"), (1_000, "1"), (1_001, "2"), (-1, "0"), (-1_000, "-1")] {
        let content = Content { expires_at: Some(Timestamp::from_millis(millis)), ..Content::default() };
        let attributes = content_attributes(&a_key(), Condition::None, &content);
        assert_eq!(attributes[EXPIRES], AttributeValue::N(seconds.to_owned()), "{millis} ms");
    }
}

#[test]
fn what_is_written_is_read() {
    let mut attributes = content_attributes(&a_key(), Condition::Absent, &whole());
    attributes.extend(key_attributes(&a_key()));
    attributes.insert(VERSION.to_owned(), number(7));
    let expected =
        Item { key: a_key(), version: Version(7), content: Content { expires_at: None, ..whole() } };
    assert_eq!(item(attributes), Ok(expected));
}

#[test]
fn what_is_not_ours_is_refused() {
    let sound = || {
        let mut attributes = content_attributes(&a_key(), Condition::Absent, &whole());
        attributes.extend(key_attributes(&a_key()));
        attributes.insert(VERSION.to_owned(), number(7));
        attributes
    };
    for name in [PARTITION, SORT, VERSION, PLACE] {
        let mut attributes = sound();
        attributes.remove(name);
        assert_eq!(item(attributes), Err(damaged(name)));
    }
    for name in [PARTITION, SORT, VERSION, BODY, WAKE_AT, LIST, PLACE, SUMMARY] {
        let mut attributes = sound();
        attributes.insert(name.to_owned(), AttributeValue::Bool(true));
        assert_eq!(item(attributes), Err(damaged(name)));
    }
    let mut attributes = sound();
    attributes.insert(LIST.to_owned(), AttributeValue::S("no shard".to_owned()));
    assert_eq!(item(attributes), Err(damaged(LIST)));
    let mut attributes = sound();
    attributes.insert(VERSION.to_owned(), AttributeValue::N("1.5".to_owned()));
    assert_eq!(item(attributes), Err(damaged(VERSION)));
}
