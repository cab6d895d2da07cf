//! The first record that fails is where the stream goes on; one that nobody can read stops nothing.

use std::future::ready;

use super::*;

/// A record as the stream has it: of a waiter's item, the smallest there is.
fn record(number: &str, partition: &str) -> EventRecord {
    let image = format!(r#"{{"pk":{{"S":"{partition}"}},"sk":{{"S":"state"}},"v":{{"N":"2"}}}}"#);
    let event = format!(
        r#"{{"awsRegion":"eu-central-1","eventID":"e{number}","eventName":"MODIFY","dynamodb":{{
            "ApproximateCreationDateTime":1700000000,"SequenceNumber":"{number}","SizeBytes":10,
            "Keys":{{"pk":{{"S":"{partition}"}},"sk":{{"S":"state"}}}},"NewImage":{image}}}}}"#
    );
    serde_json::from_str(&event).expect("the form of a stream's record")
}

/// One without an image.
fn unreadable(number: &str) -> EventRecord {
    let mut record = record(number, "p");
    record.change.new_image = record.change.old_image.clone();
    record
}

fn numbers(response: &DynamoDbEventResponse) -> Vec<&str> {
    response.batch_item_failures.iter().filter_map(|it| it.item_identifier.as_deref()).collect()
}

#[tokio::test]
async fn the_stream_goes_on_at_the_first_failure() {
    let records = vec![record("1", "fine"), record("2", "bad"), record("3", "fine"), record("4", "bad")];
    let outcomes = in_order(records, |change| {
        ready(if change.key.partition == "bad" { Outcome::Failed } else { Outcome::Done })
    });
    assert_eq!(numbers(&again(&outcomes.await)), ["2"]);
}

#[tokio::test]
async fn what_nobody_can_read_is_passed_over() {
    let outcomes = in_order(vec![unreadable("1"), record("2", "fine")], |_| ready(Outcome::Done)).await;
    assert_eq!(
        outcomes.iter().map(|(_, outcome)| *outcome).collect::<Vec<_>>(),
        [Outcome::Poisoned, Outcome::Done]
    );
    assert_eq!(numbers(&again(&outcomes)), Vec::<&str>::new());
}

#[test]
fn the_answer_has_the_form_of_lambda() {
    let failed = [(Some("7".to_owned()), Outcome::Failed), (Some("8".to_owned()), Outcome::Failed)];
    let json = serde_json::to_string(&again(&failed)).expect("it is JSON");
    assert_eq!(json, r#"{"batchItemFailures":[{"itemIdentifier":"7"}]}"#);
}
