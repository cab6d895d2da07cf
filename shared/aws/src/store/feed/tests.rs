use bytes::Bytes;
use engine::time::Timestamp;
use ports::store::{Content, Entry, Key, Version};

use super::*;

const KEYS: &str = r#"{ "pk": { "S": "main/execution/1" }, "sk": { "S": "state" } }"#;
const FIRST: &str = r#"{
    "pk": { "S": "main/execution/1" }, "sk": { "S": "state" }, "v": { "N": "1" }, "b": { "B": "Zmlyc3Q=" },
    "ws": { "S": "2" }, "w": { "N": "1720761222140" },
    "l": { "S": "3/main/executions/company.team/hello" }, "p": { "S": "001720761222140/1" }, "s": { "B": "c3VtbWFyeQ==" }
}"#;
const LAST: &str = r#"{
    "pk": { "S": "main/execution/1" }, "sk": { "S": "state" }, "v": { "N": "2" }, "b": { "B": "bGFzdA==" },
    "x": { "N": "1720764822" }, "n": { "N": "1" }
}"#;

/// As the event source mapping hands it to a function.
fn record(name: &str, images: &str, identity: &str) -> EventRecord {
    let text = format!(
        r#"{{
            "eventID": "c9fbe7d0261a5163fcb6940593e41797", "eventName": "{name}", "eventVersion": "1.1",
            "eventSource": "aws:dynamodb", "awsRegion": "eu-central-1", {identity}
            "dynamodb": {{
                "ApproximateCreationDateTime": 1720761222.0, "Keys": {KEYS}, {images}
                "SequenceNumber": "100000000005391461882", "SizeBytes": 190, "StreamViewType": "NEW_AND_OLD_IMAGES"
            }},
            "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/roundtrip/stream/2024-07-12T05:13:42.140"
        }}"#
    );
    serde_json::from_str(&text).unwrap()
}

fn key() -> Key {
    Key { partition: "main/execution/1".to_owned(), sort: "state".to_owned() }
}

#[test]
fn a_put_is_told_with_what_it_left() {
    let first = Content {
        body: Bytes::from_static(b"first"),
        wake_at: Some(Timestamp::from_millis(1_720_761_222_140)),
        entry: Some(Entry {
            list: "main/executions/company.team/hello".to_owned(),
            place: "001720761222140/1".to_owned(),
            summary: Bytes::from_static(b"summary"),
        }),
        expires_at: None,
    };
    let told = change(record("INSERT", &format!("\"NewImage\": {FIRST},"), ""));
    assert_eq!(told, Ok(Change { key: key(), version: Version(1), content: Some(first) }));
    let last = Content { body: Bytes::from_static(b"last"), ..Content::default() };
    let told = change(record("MODIFY", &format!("\"NewImage\": {LAST}, \"OldImage\": {FIRST},"), ""));
    assert_eq!(told, Ok(Change { key: key(), version: Version(2), content: Some(last) }));
}

#[test]
fn a_removal_is_told_with_the_removed_version_whoever_removed() {
    let service = r#""userIdentity": { "type": "Service", "principalId": "dynamodb.amazonaws.com" },"#;
    for identity in ["", service] {
        let told = change(record("REMOVE", &format!("\"OldImage\": {LAST},"), identity));
        assert_eq!(told, Ok(Change { key: key(), version: Version(2), content: None }));
    }
}

#[test]
fn a_record_that_is_not_ours_is_refused() {
    let without_images = change(record("MODIFY", "", ""));
    let Err(Error::Corrupt(why)) = without_images else { panic!("{without_images:?}") };
    assert!(why.contains("c9fbe7d0261a5163fcb6940593e41797"), "{why}");
    let others = r#""NewImage": { "id": { "S": "1" }, "pk": { "S": "p" }, "sk": { "S": "s" } },"#;
    assert!(matches!(change(record("INSERT", others, "")), Err(Error::Corrupt(_))));
}
