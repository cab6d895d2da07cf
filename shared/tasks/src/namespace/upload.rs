//! `io.kestra.plugin.core.namespace.UploadFiles`: writes files of a namespace, from the working directory or by URI.

use std::{path::Path, sync::Arc};

use engine::{
    execution::AttemptOutcome,
    flow::{Shape, TaskType},
};
use ports::{
    Answer,
    blobs::{self, ByteStream},
    engine::Existing,
    run::{Attempt, Runnable, Surroundings},
    uri,
};
use serde_json::{Map, Value as Json};

use crate::{
    directories::Directories,
    files::{FILES_MAX, Globs, find, open, read},
    plain::{self, Done, outputs, said},
    properties::{Properties, property, required},
    registry::Parts,
};

pub(crate) const UPLOAD: TaskType = TaskType {
    name: "io.kestra.plugin.core.namespace.UploadFiles",
    aliases: &[],
    properties: &[
        required("namespace", Shape::String),
        // A map is what `filesMap` is, as in older flows.
        property("files", Shape::Any),
        property("filesMap", Shape::StringMapOrString),
        property("destination", Shape::String),
        property("conflict", Shape::OneOf(&["OVERWRITE", "ERROR", "SKIP"])),
    ],
};

/// The task type.
#[derive(Debug)]
pub(crate) struct UploadFiles {
    directories: Arc<Directories>,
}

/// What becomes of a file that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Conflict {
    Overwrite,
    Error,
    Skip,
}

/// What is to be written, and where.
#[derive(Debug, Default)]
struct Order {
    /// Paths in the namespace, and the URIs of their contents.
    by_uri: Vec<(String, String)>,
    /// In the working directory.
    patterns: Vec<String>,
    destination: String,
}

impl UploadFiles {
    pub(crate) fn new(parts: &Parts) -> Self {
        Self { directories: Arc::clone(&parts.directories) }
    }

    async fn upload(&self, attempt: &Attempt, surroundings: &Surroundings) -> Done {
        let mut properties = Properties::new(&attempt.properties);
        let namespace = properties.required_text("namespace");
        let conflict = properties.word("conflict", Conflict::from_name).unwrap_or(Conflict::Overwrite);
        let order = order(&mut properties, attempt);
        let globs = Globs::new(&order.patterns).unwrap_or_else(|problem| {
            properties.problem(format!("`files`: {problem}"));
            Globs::default()
        });
        properties.finish()?;
        let mut uploading = Uploading { attempt, surroundings, namespace, conflict, files: Map::new() };
        for (path, from) in &order.by_uri {
            uploading.copy(path, from).await?;
        }
        if !globs.is_empty() {
            let place = self.directories.enter(attempt)?;
            let done = async {
                for (name, file) in find(globs, place.path().to_owned()).await? {
                    uploading.send(&order.at(&name), &file).await?;
                }
                Ok(())
            };
            let done: Result<(), String> = done.await;
            place.leave().await;
            done?;
        }
        Ok(outputs([("files", Json::Object(uploading.files))]))
    }
}

impl Runnable for UploadFiles {
    fn task_type(&self) -> &TaskType {
        &UPLOAD
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(
            async move { plain::run(surroundings.stop.clone(), self.upload(attempt, &surroundings)).await },
        )
    }
}

impl Conflict {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "OVERWRITE" => Some(Self::Overwrite),
            "ERROR" => Some(Self::Error),
            "SKIP" => Some(Self::Skip),
            _ => None,
        }
    }
}

impl Order {
    /// Where a file of that name goes.
    fn at(&self, name: &str) -> String {
        format!("{}/{name}", self.destination)
    }
}

fn order(properties: &mut Properties<'_>, attempt: &Attempt) -> Order {
    let destination = properties.text("destination").unwrap_or_default();
    let destination = destination.trim_matches('/').to_owned();
    let mut order = Order { destination, ..Order::default() };
    if !properties.has("files") && !properties.has("filesMap") {
        properties.problem("files or filesMap is required".to_owned());
    }
    order.by_uri = properties.texts_by_name("filesMap");
    if matches!(properties.any("files"), Some(Json::Object(_))) {
        order.by_uri.extend(properties.texts_by_name("files"));
    } else {
        for file in properties.strings_or_one("files") {
            if uri::is_uri(&file) {
                match attempt.path_of(&file) {
                    Ok(path) => order.by_uri.push((order.at(path.file_name()), file)),
                    Err(error) => properties.problem(format!("`files`: {error}")),
                }
            } else {
                order.patterns.push(file);
            }
        }
    }
    if order.by_uri.len() > FILES_MAX {
        properties.problem(format!("a task uploads at most {FILES_MAX} files"));
    }
    order
}

/// The files of one attempt on their way.
struct Uploading<'a> {
    attempt: &'a Attempt,
    surroundings: &'a Surroundings,
    namespace: String,
    conflict: Conflict,
    /// What was written: URIs by path.
    files: Map<String, Json>,
}

impl Uploading<'_> {
    /// Writes what a URI means.
    async fn copy(&mut self, path: &str, from: &str) -> Result<(), String> {
        let refused = |why: String| format!("file `{path}`: {why}");
        let source = self.attempt.path_of(from).map_err(|error| refused(error.to_string()))?;
        let reading = self.surroundings.blobs.get(&source, None).await.map_err(|error| match error {
            blobs::Error::NotFound(_) => refused(format!("there is no file {from}")),
            blobs::Error::Source(_) | blobs::Error::TooLarge { .. } | blobs::Error::Unavailable(_) => {
                refused(error.to_string())
            }
        })?;
        self.write(path, reading.stream).await
    }

    /// Writes a file of the working directory.
    async fn send(&mut self, path: &str, file: &Path) -> Result<(), String> {
        let content = open(file).map_err(|error| format!("file `{path}`: {error}"))?;
        self.write(path, read(content)).await
    }

    async fn write(&mut self, path: &str, content: ByteStream) -> Result<(), String> {
        let existing = match self.conflict {
            Conflict::Overwrite => Existing::Replaced,
            Conflict::Error | Conflict::Skip => Existing::Kept,
        };
        let path = path.strip_prefix('/').unwrap_or(path);
        let engine = &*self.surroundings.engine;
        let written = engine.write_file(&self.attempt.tenant, &self.namespace, path, content, existing);
        match written.await.map_err(said)? {
            Some(uri) => {
                self.files.insert(format!("/{path}"), Json::String(uri));
            }
            None if self.conflict == Conflict::Error => {
                return Err(format!("File '/{path}' already exists and conflict is set to ERROR"));
            }
            None => {}
        }
        Ok(())
    }
}
