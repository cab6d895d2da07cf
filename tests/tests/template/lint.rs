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
