//! Secrets in log lines.

use super::*;
use crate::execution::Metric;

fn masked(secrets: &[&str], message: &str) -> String {
    let mut message = message.to_owned();
    Masks::new(secrets.iter().map(|it| (*it).to_owned())).mask(&mut message);
    message
}

#[test]
fn a_secret_becomes_as_many_stars() {
    assert_eq!(masked(&["password"], "my password is password"), "my ******** is ********");
    assert_eq!(masked(&["ümläut"], "an ümläut"), "an ******");
    assert_eq!(masked(&["", "x"], "nothing ********* else"), "nothing ********* else");
}

#[test]
fn the_first_long_one_says_so() {
    assert_eq!(masked(&["long-password"], "long-password, long-password"), "**masked*****, *************");
}

#[test]
fn a_secret_within_another_leaves_nothing_of_it() {
    assert_eq!(masked(&["pass", "password"], "password pass"), "******** ****");
}

#[test]
fn masks_are_not_shown() {
    assert_eq!(format!("{:?}", Masks::new(["a".to_owned(), "b".to_owned(), "a".to_owned()])), "Masks(2)");
}

#[test]
fn metrics_hold_no_secret() {
    let mut metrics =
        [Metric::counter("of password", 1).tagged("password", "the password"), Metric::counter("rows", 2)];
    Masks::new(["password".to_owned()]).mask_metrics(&mut metrics);
    assert_eq!(
        metrics,
        [Metric::counter("of ********", 1).tagged("********", "the ********"), Metric::counter("rows", 2)]
    );
}
