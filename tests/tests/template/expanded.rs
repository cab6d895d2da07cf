//! The templates without what SAM abbreviates.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use serde_json::Value as Json;
use tests::{command::Done, tools};

pub(crate) const TEMPLATE: &str = "template.yaml";
pub(crate) const WATCH: &str = "infra/watch.yaml";

/// The folder that holds the template.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package `tests` stands in the root").to_owned()
}

/// A command of `sam` and its kin, in the root.
pub(crate) fn command(executable: &Path) -> Command {
    let mut command = Command::new(executable);
    command.current_dir(root()).env("AWS_DEFAULT_REGION", "us-east-1").env("SAM_CLI_TELEMETRY", "0");
    command
}

/// `template.yaml`.
pub(crate) fn template() -> &'static Json {
    &templates().0
}

/// `infra/watch.yaml`.
pub(crate) fn watch() -> &'static Json {
    &templates().1
}

fn templates() -> &'static (Json, Json) {
    static TEMPLATES: OnceLock<(Json, Json)> = OnceLock::new();
    TEMPLATES.get_or_init(|| {
        let mut python = command(tools::sam_python());
        python.args(["tests/tests/template/expand.py", TEMPLATE, WATCH]);
        let expanded = Done::of(&mut python).expect_success().stdout;
        serde_json::from_str(&expanded).expect("it prints two")
    })
}

/// The resources of a type, by their names.
pub(crate) fn resources<'t>(template: &'t Json, kind: &str) -> Vec<(&'t str, &'t Json)> {
    let all = template["Resources"].as_object().expect("a template has resources").iter();
    let of_kind = all.filter(|(_, resource)| resource["Type"] == kind);
    of_kind.map(|(name, resource)| (name.as_str(), &resource["Properties"])).collect()
}

/// The resource that a `Ref` or `Fn::GetAtt` names.
pub(crate) fn named(value: &Json) -> Option<&str> {
    value["Ref"].as_str().or_else(|| value["Fn::GetAtt"][0].as_str())
}
