//! What the description of the cloud has to keep, beyond what AWS itself would refuse.
//!
//! A rule is a function over plain values that returns what is wrong; beside it, one test runs it over the templates
//! and another shows that it can fail.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod expanded;
mod functions;
mod lint;
mod queues;
mod roles;
mod rules;
mod stream;

/// Fails with everything that is wrong, and the way out.
fn demand(problems: &[String], remedy: &str) {
    assert!(problems.is_empty(), "\n  {}\n\n{remedy}\n", problems.join("\n  "));
}
