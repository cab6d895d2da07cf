//! The properties of a query.

use std::path::Path;

use engine::flow::{PropertyType, Shape, TaskType};
use serde_json::{Map, Value as Json};

use super::wire::Fetch;
use crate::{
    files::{Globs, within},
    properties::{Properties, fixed, property},
};

/// The task type. Flows can be checked against it where nothing runs them.
pub const QUERY: TaskType = TaskType {
    name: "io.kestra.plugin.jdbc.duckdb.Query",
    aliases: &[],
    properties: &[
        // Rendered with `workingDir` and `outputFiles`.
        PropertyType { required: true, ..fixed("sql", Shape::Expression) },
        property("url", Shape::String),
        // A database in a file asks for neither; flows carry them.
        property("username", Shape::String),
        property("password", Shape::String),
        property("timeZoneId", Shape::String),
        property("fetchType", Shape::OneOf(&["NONE", "FETCH", "FETCH_ONE", "STORE"])),
        // Deprecated by Kestra; flows still carry them.
        property("fetch", Shape::Boolean),
        property("fetchOne", Shape::Boolean),
        property("store", Shape::Boolean),
        // Rows are always fetched as they come.
        property("fetchSize", Shape::Integer),
        property("parameters", Shape::Any),
        property("inputFiles", Shape::StringMapOrString),
        property("outputFiles", Shape::Strings),
        property("databaseUri", Shape::String),
        property("outputDbFile", Shape::Boolean),
        fixed("afterSQL", Shape::NotBuilt),
        fixed("communityExtensions", Shape::NotBuilt),
    ],
};

/// What every URL starts with.
const SCHEME: &str = "jdbc:duckdb:";

/// What an attempt is to do.
#[derive(Debug)]
pub(super) struct Wanted {
    /// Not rendered yet.
    pub(super) sql: String,
    /// The file of the database that the URL names, below the working directory.
    pub(super) file: Option<String>,
    pub(super) time_zone: String,
    pub(super) fetch: Fetch,
    pub(super) parameters: Map<String, Json>,
    /// Name to content or URI.
    pub(super) input_files: Vec<(String, String)>,
    pub(super) output_files: Vec<String>,
    pub(super) globs: Globs,
    /// The URI of a database.
    pub(super) database: Option<String>,
    pub(super) output_database: bool,
}

impl Wanted {
    /// # Errors
    /// Everything that is wrong.
    pub(super) fn read(values: &Map<String, Json>, directory: &Path) -> Result<Self, String> {
        let mut properties = Properties::new(values);
        let output_files = properties.strings("outputFiles");
        let globs = Globs::new(&output_files).unwrap_or_else(|problem| {
            properties.problem(format!("`outputFiles`: {problem}"));
            Globs::default()
        });
        for name in &output_files {
            if within(directory, name).is_none() {
                properties.problem(format!(
                    "`outputFiles`: `{name}` must be a path below the working directory, such as out.csv"
                ));
            }
        }
        let url = properties.text("url").unwrap_or_else(|| SCHEME.to_owned());
        let file = file(&url, directory).unwrap_or_else(|problem| {
            properties.problem(format!("`url`: {problem}"));
            None
        });
        let wanted = Self {
            sql: properties.required_text("sql"),
            file,
            time_zone: properties.text("timeZoneId").unwrap_or_else(|| "UTC".to_owned()),
            fetch: fetch(&mut properties),
            parameters: parameters(&mut properties),
            input_files: properties.texts_by_name("inputFiles"),
            output_files,
            globs,
            database: properties.text("databaseUri"),
            output_database: properties.flag("outputDbFile", false),
        };
        properties.finish().map(|()| wanted)
    }
}

/// The file a URL names; none for a database in memory.
fn file(url: &str, directory: &Path) -> Result<Option<String>, String> {
    let Some(name) = url.strip_prefix(SCHEME) else {
        return Err(format!("`{url}` must start with `{SCHEME}`"));
    };
    if name.starts_with("md:") || name.starts_with("motherduck:") {
        return Err("MotherDuck is not built in this version: a query sees only its own files".to_owned());
    }
    if matches!(name, "" | ":memory:") {
        return Ok(None);
    }
    if name.contains([':', '?']) || within(directory, name).is_none() {
        return Err(format!(
            "`{url}` must name a file below the working directory, such as {SCHEME}my.db, or none for a database in \
             memory"
        ));
    }
    Ok(Some(name.to_owned()))
}

/// Kestra: the deprecated ones count first.
fn fetch(properties: &mut Properties<'_>) -> Fetch {
    let word = properties.word("fetchType", |word| match word {
        "NONE" => Some(Fetch::Nothing),
        "FETCH" => Some(Fetch::All),
        "FETCH_ONE" => Some(Fetch::One),
        "STORE" => Some(Fetch::Store),
        _ => None,
    });
    let deprecated = [("fetch", Fetch::All), ("fetchOne", Fetch::One), ("store", Fetch::Store)];
    let flags = deprecated.map(|(name, fetch)| properties.flag(name, false).then_some(fetch));
    flags.into_iter().flatten().next().or(word).unwrap_or(Fetch::Nothing)
}

fn parameters(properties: &mut Properties<'_>) -> Map<String, Json> {
    let parameters = properties.map("parameters");
    for (name, value) in &parameters {
        if value.is_array() || value.is_object() {
            properties.problem(format!("`parameters.{name}` must be a text, a number, a boolean or null"));
        }
    }
    parameters
}
