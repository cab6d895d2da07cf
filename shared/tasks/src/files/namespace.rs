//! Files of namespaces, by patterns.

use std::path::Path;

use ports::{
    engine::{Engine, FileOfNamespace},
    run::Attempt,
};
use serde_json::Value as Json;

use super::{Fetch, Globs, inputs::within};
use crate::{plain::said, properties::Properties};

/// Namespaces that one task brings files of.
const NAMESPACES_MAX: usize = 20;

/// Which files are meant: those that a pattern of the first matches, or all, but for those of the second.
#[derive(Debug)]
pub(crate) struct Wanted {
    include: Option<Globs>,
    exclude: Globs,
}

/// `namespaceFiles` of a task: what it brings into its directory.
#[derive(Debug)]
pub(crate) struct NamespaceFiles {
    /// In this order: a later one replaces files of an earlier. That of the flow alone when empty.
    namespaces: Vec<String>,
    wanted: Wanted,
}

impl Wanted {
    /// # Errors
    /// What is wrong with a pattern.
    pub(crate) fn new(include: &[String], exclude: &[String]) -> Result<Self, String> {
        let include = if include.is_empty() { None } else { Some(globs(include)?) };
        Ok(Self { include, exclude: globs(exclude)? })
    }

    /// The files of a namespace that are meant.
    ///
    /// # Errors
    /// The engine's.
    pub(crate) async fn find(
        &self,
        engine: &dyn Engine,
        tenant: &str,
        namespace: &str,
    ) -> Result<Vec<FileOfNamespace>, String> {
        let mut files = engine.files(tenant, namespace).await.map_err(said)?;
        files.retain(|file| {
            let is_included = self.include.as_ref().is_none_or(|it| it.matches(&file.path));
            is_included && !self.exclude.matches(&file.path)
        });
        Ok(files)
    }
}

/// Kestra: a pattern that begins with a letter or digit is looked for in every directory.
fn globs(patterns: &[String]) -> Result<Globs, String> {
    let is_of_name = |first: char| first.is_ascii_alphanumeric() || first == '_';
    let anywhere = |pattern: &String| {
        let has_syntax = pattern.starts_with("glob:") || pattern.starts_with("regex:");
        if pattern.starts_with(is_of_name) && !has_syntax { format!("**/{pattern}") } else { pattern.clone() }
    };
    Globs::new(&patterns.iter().map(anywhere).collect::<Vec<_>>())
}

impl NamespaceFiles {
    /// What the property asks for; `None` for no files. Problems stay with `properties`.
    pub(crate) fn read(properties: &mut Properties<'_>) -> Option<Self> {
        let Json::Object(given) = properties.any("namespaceFiles")? else {
            properties.problem("`namespaceFiles` must be a map".to_owned());
            return None;
        };
        let mut inner = Properties::new(given);
        let enabled = inner.flag("enabled", true);
        let (include, exclude) = (inner.strings_or_one("include"), inner.strings_or_one("exclude"));
        let namespaces = inner.strings_or_one("namespaces");
        if namespaces.len() > NAMESPACES_MAX {
            inner.problem(format!("`namespaces` has more than {NAMESPACES_MAX}"));
        }
        let wanted = Wanted::new(&include, &exclude).map_err(|problem| inner.problem(problem)).ok();
        if let Err(problem) = inner.finish() {
            properties.problem(format!("`namespaceFiles`: {problem}"));
            return None;
        }
        wanted.filter(|_| enabled).map(|wanted| Self { namespaces, wanted })
    }

    /// Copies the files into a directory, under their paths.
    ///
    /// # Errors
    /// When there are too many, or one of them cannot be had or put there.
    pub(crate) async fn bring(
        &self,
        fetch: &mut Fetch<'_>,
        engine: &dyn Engine,
        attempt: &Attempt,
        directory: &Path,
    ) -> Result<(), String> {
        let own = std::slice::from_ref(&attempt.namespace);
        for namespace in if self.namespaces.is_empty() { own } else { &self.namespaces } {
            for file in self.wanted.find(engine, &attempt.tenant, namespace).await? {
                let refused =
                    |why: String| format!("file `{}` of the namespace {namespace}: {why}", file.path);
                let to = within(directory, &file.path)
                    .ok_or_else(|| refused("it cannot stand in a working directory".to_owned()))?;
                fetch.copy(&file.uri, &to).await.map_err(refused)?;
            }
        }
        Ok(())
    }
}
