//! The properties every script task takes.

use std::path::Path;

use engine::{
    flow::{PropertyType, Shape},
    machine::{OUTPUT_DIR, WORKING_DIR},
};

use super::program::Source;
use crate::{
    files::{Globs, NamespaceFiles},
    properties::{Properties, fixed, property},
};

/// Kestra's name of the runner that is built here.
const PROCESS: &str = "io.kestra.plugin.core.runner.Process";

/// What the interpreter is when a flow names none (Kestra: the same, whatever the language).
const INTERPRETER: [&str; 2] = ["/bin/sh", "-c"];

/// How many properties every script task takes.
const SHARED: usize = 14;

/// Besides the text of the script itself.
const PROPERTIES: [PropertyType; SHARED] = [
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
    // Deprecated by Kestra.
    property("outputDirectory", Shape::Boolean),
];

/// The property that holds the text of the script, and those every script task takes.
pub(super) const fn with(own: PropertyType) -> [PropertyType; SHARED + 1] {
    let mut properties = [own; SHARED + 1];
    let mut index = 0;
    while index < SHARED {
        properties[index + 1] = PROPERTIES[index];
        index += 1;
    }
    properties
}

/// A script that can be run.
#[derive(Debug)]
pub(crate) struct Script {
    /// What the interpreter gets, before files are put in.
    pub(crate) text: String,
    /// What a program gets, which is started behind the text.
    pub(crate) source: Option<Source>,
    /// Never empty.
    pub(crate) interpreter: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
    /// Name to content or URI.
    pub(crate) input_files: Vec<(String, String)>,
    pub(crate) namespace_files: Option<NamespaceFiles>,
    pub(crate) output_files: Globs,
    /// Whether the script gets a directory whose files are outputs, too.
    pub(crate) output_directory: bool,
    pub(crate) warning_on_std_err: bool,
    pub(crate) has_container_image: bool,
}

impl Script {
    /// Reads everything but the script itself. Problems stay with `properties`.
    pub(crate) fn read(properties: &mut Properties<'_>, body: Vec<String>, source: Option<Source>) -> Self {
        let mut lines = Vec::new();
        if properties.flag("failFast", true) {
            lines.push("set -e".to_owned());
        }
        lines.extend(properties.strings("beforeCommands"));
        lines.extend(body);

        let mut given = properties.strings("interpreter");
        if given.is_empty() {
            given = INTERPRETER.map(str::to_owned).to_vec();
        }
        let output_files = Globs::new(&properties.strings("outputFiles")).unwrap_or_else(|problem| {
            properties.problem(format!("`outputFiles`: {problem}"));
            Globs::default()
        });
        let script = Self {
            text: lines.join("\n"),
            source,
            interpreter: given,
            environment: properties.texts_by_name("env"),
            input_files: properties.texts_by_name("inputFiles"),
            namespace_files: NamespaceFiles::read(properties),
            output_files,
            output_directory: properties.flag("outputDirectory", false),
            warning_on_std_err: properties.flag("warningOnStdErr", true),
            has_container_image: properties.has("containerImage"),
        };
        script.check(properties);
        script
    }

    /// Sets variables that the task does not set itself.
    pub(super) fn default_environment(&mut self, variables: &[(&str, &str)]) {
        for &(name, value) in variables {
            if !self.environment.iter().any(|(set, _)| set == name) {
                self.environment.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    /// Puts the directories in the place of what `{{ workingDir }}` and `{{ outputDir }}` were rendered to.
    ///
    /// # Errors
    /// When one of them is spoken of and has no name, or is not there.
    pub(super) fn in_directories(mut self, working: &Path, output: Option<&Path>) -> Result<Self, String> {
        let texts = std::iter::once(&mut self.text)
            .chain(self.source.as_mut().map(|source| &mut source.text))
            .chain(&mut self.interpreter)
            .chain(self.environment.iter_mut().map(|(_, value)| value))
            .chain(self.input_files.iter_mut().map(|(_, content)| content));
        for text in texts {
            for (name, placed, directory) in
                [("workingDir", WORKING_DIR, Some(working)), ("outputDir", OUTPUT_DIR, output)]
            {
                if text.contains(placed) {
                    let directory =
                        directory.ok_or_else(|| format!("`{name}` needs `outputDirectory: true`"))?;
                    let directory = directory.to_str().ok_or_else(|| {
                        format!("`{name}` has a name that is not UTF-8: {}", directory.display())
                    })?;
                    *text = text.replace(placed, directory);
                }
            }
        }
        if let Some(output) = output {
            self.environment.push(("OUTPUT_DIR".to_owned(), output.to_string_lossy().into_owned()));
        }
        Ok(self)
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
