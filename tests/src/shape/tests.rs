use serde_json::json;

use super::*;

fn difference(documented: &Json, answer: &Json) -> Option<String> {
    same(documented, answer, "", &mut StandIns::new()).err()
}

const FIRST: &str = "1KWLxLeaXEXNDaXWP7YSKA";
const SECOND: &str = "4536yghIDGwqeRWZEE7AEE";

#[test]
fn ids_dates_and_durations_may_differ() {
    let documented = json!({"id": FIRST, "startDate": "2024-07-12T05:13:42.140Z", "duration": "PT0.5S",
                            "url": format!("http://a/{FIRST}"), "originalId": FIRST});
    let answer = json!({"id": SECOND, "startDate": "2026-01-01T00:00:00Z", "duration": "PT1M2.25S",
                        "url": format!("http://a/{SECOND}"), "originalId": SECOND});
    assert_eq!(difference(&documented, &answer), None);
}

#[test]
fn everything_else_is_a_difference() {
    let documented = json!({"id": FIRST, "originalId": FIRST, "count": 1});
    let differs = |answer| difference(&documented, &answer).is_some();
    assert!(differs(json!({"originalId": SECOND, "id": SECOND, "count": 1})), "another order");
    assert!(differs(json!({"id": SECOND, "originalId": FIRST, "count": 1})), "ids that belong together");
    assert!(differs(json!({"id": SECOND, "originalId": SECOND, "count": "1"})), "another type");
    assert!(differs(json!({"id": SECOND, "originalId": SECOND, "count": 1, "more": 1})), "another key");
    assert!(difference(&json!({"date": "2024-07-12T05:13:42Z"}), &json!({"date": "yesterday"})).is_some());
    assert!(difference(&json!([1, 2]), &json!([1])).is_some());
}

#[test]
fn patterns_refuse() {
    for text in ["2024-07-12T05:13:42", "2024-07-12 05:13:42Z", "2024-07-12T05:13:42.Z", "x", ""] {
        assert!(!is_date(text), "{text}");
    }
    for text in ["0.5", "PT", "PT5", "PTS", "PT1S1M", ""] {
        assert!(!is_duration(text), "{text}");
    }
    for text in ["PT0.546S", "PT0S", "PT1M30S", "PT2H", "PT1H0.5S"] {
        assert!(is_duration(text), "{text}");
    }
}
