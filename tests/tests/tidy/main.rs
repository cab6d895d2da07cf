//! The rules of the house that a compiler does not check, each as a test that says how to put things right.
//!
//! A rule is a function over plain values that returns what is wrong; beside it, one test runs it over this
//! repository and another shows that it can fail.

mod documents;
mod files;
mod graph;
mod layout;
mod manifests;
mod names;
mod pure;
mod repository;

/// Fails with everything that is wrong, and the way out.
fn demand(problems: &[String], remedy: &str) {
    assert!(problems.is_empty(), "\n  {}\n\n{remedy}\n", problems.join("\n  "));
}
