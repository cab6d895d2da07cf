//! Which package may know which.

use std::collections::BTreeSet;

use crate::{
    demand,
    repository::{self, Package},
};

/// Crates that touch the world.
const ADAPTERS: [&str; 3] = ["aws", "embedded", "tasks"];
/// Crates that use the world through ports.
const USERS: [&str; 2] = ["rest", "service"];

#[test]
fn an_arrow_between_crates_is_a_visible_diff() {
    insta::assert_snapshot!(arrows(&repository::packages()), @"
    api -> embedded
    api -> lambda
    api -> ports
    api -> rest
    api -> service
    api -> tasks
    aws -> engine
    aws -> ports
    aws -> ports (in tests)
    cloud -> aws
    cloud -> embedded
    cloud -> engine
    cloud -> ports
    cloud -> service
    cloud -> tasks
    cloud -> tests
    embedded -> engine
    embedded -> ports
    embedded -> ports (in tests)
    engine -> expression
    engine -> script
    lambda -> aws
    lambda -> embedded
    lambda -> engine
    lambda -> ports
    lambda -> service
    lambda -> tasks
    local -> embedded
    local -> engine
    local -> ports
    local -> rest
    local -> service
    local -> tasks
    notifier -> aws
    notifier -> lambda
    notifier -> ports
    notifier -> service
    ports -> engine
    rest -> engine
    rest -> service
    roundtrip-duckdb -> tasks
    scheduler -> lambda
    scheduler -> service
    service -> engine
    service -> expression
    service -> ports
    tasks -> engine
    tasks -> expression (in tests)
    tasks -> ports
    tests -> embedded
    tests -> engine
    tests -> expression
    tests -> ports
    tests -> rest
    tests -> service
    tests -> tasks
    worker -> aws
    worker -> lambda
    worker -> ports
    worker -> service
    ");
}

#[test]
fn only_functions_and_tests_name_both_sides() {
    demand(
        &naming_both_sides(&repository::packages()),
        "Let the crate ask for a port (shared/ports), and let the main.rs of a function join the two.",
    );
}

#[test]
fn naming_both_sides_is_found() {
    let both = || ["ports", "embedded", "service"].map(dependency).into();
    let packages = [
        Package { name: "rest".to_owned(), folder: "shared/rest".to_owned(), dependencies: both() },
        Package { name: "local".to_owned(), folder: "functions/local".to_owned(), dependencies: both() },
        Package { name: "tests".to_owned(), folder: "tests".to_owned(), dependencies: both() },
    ];
    assert_eq!(naming_both_sides(&packages), ["shared/rest joins embedded and rest"]);
}

#[test]
fn an_adapter_that_knows_a_use_case_is_found() {
    let embedded = Package {
        name: "embedded".to_owned(),
        folder: "shared/embedded".to_owned(),
        dependencies: vec![dependency("service")],
    };
    assert_eq!(naming_both_sides(&[embedded]), ["shared/embedded joins embedded and service"]);
}

/// One line an arrow, so that a diff shows one.
fn arrows(packages: &[Package]) -> String {
    let names: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let arrow = |package: &Package| -> Vec<String> {
        let inside =
            package.dependencies.iter().filter(|dependency| names.contains(dependency.name.as_str()));
        let line = |dependency: &repository::Dependency| {
            let tests = if dependency.dev { " (in tests)" } else { "" };
            format!("{} -> {}{tests}", package.name, dependency.name)
        };
        inside.map(line).collect()
    };
    packages.iter().flat_map(arrow).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join("\n")
}

/// A crate counts as knowing itself: an adapter may not know a use case, nor a use case an adapter. Their tests neither,
/// or a test of a use case would pass only on what one adapter happens to do.
fn naming_both_sides(packages: &[Package]) -> Vec<String> {
    let bound = packages.iter().filter(|package| package.folder.starts_with("shared/"));
    let problem = |package: &Package| {
        let known =
            |name: &&str| *name == package.name || package.dependencies.iter().any(|one| one.name == *name);
        let (adapter, user) = (ADAPTERS.into_iter().find(known)?, USERS.into_iter().find(known)?);
        Some(format!("{} joins {adapter} and {user}", package.folder))
    };
    bound.filter_map(problem).collect()
}

fn dependency(name: &str) -> repository::Dependency {
    repository::Dependency { name: name.to_owned(), dev: false }
}
