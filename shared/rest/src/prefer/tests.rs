use axum::http::{HeaderMap, HeaderValue};

use super::{PREFER, preferred_seconds};

#[test]
fn the_first_wait_counts() {
    let seconds = |values: &[&'static str]| {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(PREFER, HeaderValue::from_static(value));
        }
        preferred_seconds(&headers)
    };
    assert_eq!(seconds(&["wait=10"]), Some(10));
    assert_eq!(seconds(&["respond-async, Wait = \"7\"; foo=bar"]), Some(7));
    assert_eq!(seconds(&["return=minimal", "wait=0", "wait=9"]), Some(0));
    assert_eq!(seconds(&["wait"]), None);
    assert_eq!(seconds(&["wait=-1"]), None);
    assert_eq!(seconds(&["wait=99999999999999999999"]), None);
    assert_eq!(seconds(&[]), None);
}
