//! What the tools say.

use std::fs;

use tests::{command::Done, tools};

use crate::expanded::{TEMPLATE, WATCH, command, root, template};

#[test]
fn sam_takes_the_template() {
    let _ = Done::of(command(tools::sam()).args(["validate", "--template-file", TEMPLATE])).expect_success();
    let lint = ["validate", "--lint", "--template-file", TEMPLATE];
    let _ = Done::of(command(tools::sam()).args(lint)).expect_success();
}

/// Of what SAM abbreviates, the linter alone looks at nothing.
#[test]
fn the_linter_takes_what_sam_makes_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let expanded = folder.path().join("template.json");
    fs::write(&expanded, template().to_string()).unwrap();
    let watch = folder.path().join(WATCH);
    fs::create_dir_all(watch.parent().unwrap()).unwrap();
    fs::copy(root().join(WATCH), &watch).unwrap();
    let _ = Done::of(command(tools::cfn_lint()).arg(&expanded).arg(&watch)).expect_success();
}

#[test]
fn the_settings_name_parameters() {
    let settings = fs::read_to_string(root().join("infra/samconfig.toml")).unwrap();
    let known = |name: &str| template()["Parameters"].get(name).is_some();
    let strangers: Vec<&str> = overridden(&settings).into_iter().filter(|name| !known(name)).collect();
    assert!(
        strangers.is_empty(),
        "infra/samconfig.toml sets what template.yaml does not know: {strangers:?}"
    );
}

#[test]
fn every_overridden_parameter_is_looked_at() {
    let settings = "tags = [\"a=b\"]\nparameter_overrides = [\"Stage=dev\", \"LogDays=7\"]\n";
    assert_eq!(overridden(settings), ["Stage", "LogDays"]);
}

/// The names in lines such as `parameter_overrides = ["Stage=dev"]`.
fn overridden(settings: &str) -> Vec<&str> {
    let lines = settings.lines().filter(|line| line.starts_with("parameter_overrides"));
    lines
        .flat_map(|line| line.split('"').skip(1).step_by(2))
        .filter_map(|pair| pair.split('=').next())
        .collect()
}
