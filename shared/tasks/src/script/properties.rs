//! The properties every script task takes.

use engine::flow::{PropertyType, Shape};

use crate::{
    files::{Globs, NamespaceFiles},
    properties::{Properties, fixed, property},
};

/// Kestra's name of the runner that is built here.
const PROCESS: &str = "io.kestra.plugin.core.runner.Process";

/// A property to be overwritten, where an array is put together.
pub(crate) const UNUSED: PropertyType = fixed("", Shape::NotBuilt);

/// Besides the text of the script itself.
pub(crate) const PROPERTIES: [PropertyType; 14] = [
    fixed("taskRunner", Shape::Plugin { types: &[PROCESS], properties: &[] }),
    // Deprecated by Kestra; flows still carry it.
    fixed("runner", Shape::OneOf(&["PROCESS"])),
    property("containerImage", Shape::String),
    property("beforeCommands", Shape::Strings),
    property("interpreter", Shape::Strings),
    property("failFast", Shape::Boolean),
    property("env", Shape::StringMapOrString),
    property("inputFiles", Shape::StringMapOrString),
    property("outputFiles", Shape::Strings),
    property("warningOnStdErr", Shape::Boolean),
    fixed("targetOS", Shape::OneOf(&["AUTO", "LINUX"])),
    fixed("docker", Shape::NotBuilt),
    property("namespaceFiles", Shape::NAMESPACE_FILES),
    fixed("outputDirectory", Shape::NotBuilt),
];

/// A script that can be run.
#[derive(Debug)]
pub(crate) struct Script {
    /// What the interpreter gets, before files are put in.
    pub(crate) text: String,
    /// Never empty.
    pub(crate) interpreter: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
    /// Name to content or URI.
    pub(crate) input_files: Vec<(String, String)>,
    pub(crate) namespace_files: Option<NamespaceFiles>,
    pub(crate) output_files: Globs,
    pub(crate) warning_on_std_err: bool,
    pub(crate) has_container_image: bool,
}

impl Script {
    /// Reads everything but the text of the script. Problems stay with `properties`.
    pub(crate) fn read(properties: &mut Properties<'_>, body: Vec<String>, interpreter: &[&str]) -> Self {
        let mut lines = Vec::new();
        if properties.flag("failFast", true) {
            lines.push("set -e".to_owned());
        }
        lines.extend(properties.strings("beforeCommands"));
        lines.extend(body);

        let mut given = properties.strings("interpreter");
        if given.is_empty() {
            given = interpreter.iter().map(|&it| it.to_owned()).collect();
        }
        let output_files = Globs::new(&properties.strings("outputFiles")).unwrap_or_else(|problem| {
            properties.problem(format!("`outputFiles`: {problem}"));
            Globs::default()
        });
        let script = Self {
            text: lines.join("\n"),
            interpreter: given,
            environment: properties.texts_by_name("env"),
            input_files: properties.texts_by_name("inputFiles"),
            namespace_files: NamespaceFiles::read(properties),
            output_files,
            warning_on_std_err: properties.flag("warningOnStdErr", true),
            has_container_image: properties.has("containerImage"),
        };
        script.check(properties);
        script
    }

    /// What the system would refuse, or read otherwise than it is meant.
    fn check(&self, properties: &mut Properties<'_>) {
        for (name, value) in &self.environment {
            if name.is_empty() || name.contains(['=', '\0']) {
                properties
                    .problem(format!("`env`: `{}` is not the name of a variable", name.escape_default()));
            }
            if value.contains('\0') {
                properties.problem(format!("`env.{}` holds a NUL character", name.escape_default()));
            }
        }
        if self.text.contains('\0') || self.interpreter.iter().any(|it| it.contains('\0')) {
            properties.problem("the commands hold a NUL character".to_owned());
        }
    }
}
