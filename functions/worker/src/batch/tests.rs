//! A message fails alone, whatever is wrong with it.

use std::future::ready;

use super::*;

fn message(id: &str, body: &str, sent: &str) -> SqsMessage {
    let event = format!(
        r#"{{"messageId":"{id}","body":{},"attributes":{{"SentTimestamp":"{sent}"}}}}"#,
        serde_json::to_string(body).expect("a text is JSON")
    );
    serde_json::from_str(&event).expect("the form of SQS")
}

const SOUND: &str = r#"{"tenant":"main","execution":"0351OrhAmIodYJTYE2GGsT"}"#;

fn sound() -> Vec<(String, Dispatch)> {
    decode(["a", "b", "c"].map(|id| message(id, SOUND, "0")).into()).readable
}

#[test]
fn a_poisoned_message_is_set_apart() {
    let bodies = [("a", SOUND), ("b", "no JSON"), ("c", r#"{"tenant":"main"}"#), ("d", SOUND)];
    let batch = decode(bodies.map(|(id, body)| message(id, body, "0")).into());
    let readable: Vec<&str> = batch.readable.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!((readable, batch.poisoned), (vec!["a", "d"], vec!["b".to_owned(), "c".to_owned()]));
    assert_eq!(batch.readable[0].1.execution.to_string(), "0351OrhAmIodYJTYE2GGsT");
}

#[tokio::test]
async fn a_panic_fails_its_message_alone() {
    let turn = std::sync::atomic::AtomicUsize::new(0);
    let failed = side_by_side(sound(), |_| {
        let turn = turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        async move {
            assert!(turn != 1, "the second one panics");
            true
        }
    });
    assert_eq!(failed.await, ["b"]);
}

#[tokio::test]
async fn what_fails_is_delivered_again() {
    assert!(side_by_side(sound(), |_| ready(true)).await.is_empty());
    let mut failed = side_by_side(sound(), |_| ready(false)).await;
    failed.sort();
    assert_eq!(failed, ["a", "b", "c"]);
}

#[tokio::test]
async fn messages_are_worked_on_beside_each_other() {
    let barrier = std::sync::Arc::new(tokio::sync::Barrier::new(3));
    let failed = side_by_side(sound(), |_| {
        let barrier = std::sync::Arc::clone(&barrier);
        async move {
            // Comes back when all three wait: one after the other they would wait for ever.
            barrier.wait().await;
            true
        }
    });
    let failed = tokio::time::timeout(Duration::from_secs(10), failed).await.expect("none waits for another");
    assert!(failed.is_empty());
}

#[test]
fn the_age_of_a_message_is_what_it_has_waited() {
    assert_eq!(age_millis(&message("a", SOUND, "1000"), 1_250), Some(250));
    assert_eq!(age_millis(&message("a", SOUND, "1000"), 900), Some(0), "clocks differ");
    assert_eq!(age_millis(&message("a", SOUND, "?"), 1_250), None);
}

/// Otherwise every task without a timeout would be handed over, and the longest begun again and again.
#[test]
fn a_batch_outlasts_the_longest_attempt() {
    let settings = lambda::Variables::new([]).settings().expect("every variable has a default");
    let attempt = settings.attempt_max.expect("a function has a limit");
    assert!(attempt + Duration::from_secs(30) <= AT_MOST, "{attempt:?} of {AT_MOST:?}");
}
