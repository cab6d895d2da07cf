//! What a load job is told of the file and of the table, as the API has it.

use engine::flow::{PropertyType, Shape};
use serde_json::{Map, Value as Json, json};

use super::table::Table;
use crate::properties::{Properties, property, required};

/// Where a schema or a list of columns ends.
const COLUMNS_MAX: usize = 10_000;

pub(super) const PROPERTIES: [PropertyType; 14] = [
    required("destinationTable", Shape::String),
    required("format", Shape::OneOf(&["CSV", "JSON", "AVRO", "PARQUET", "ORC"])),
    property("csvOptions", CSV_OPTIONS),
    property("avroOptions", AVRO_OPTIONS),
    property("autodetect", Shape::Boolean),
    property("createDisposition", Shape::OneOf(CREATE_DISPOSITIONS)),
    property("writeDisposition", Shape::OneOf(WRITE_DISPOSITIONS)),
    property("ignoreUnknownValues", Shape::Boolean),
    property("maxBadRecords", Shape::Integer),
    property("schema", Shape::Any),
    property("schemaUpdateOptions", Shape::Strings),
    property("clusteringFields", Shape::Strings),
    property("timePartitioningField", Shape::String),
    property("timePartitioningType", Shape::OneOf(PARTITIONINGS)),
];

const CSV_OPTIONS: Shape = Shape::Map {
    class: "io.kestra.plugin.gcp.bigquery.AbstractLoad$CsvOptions",
    properties: &[
        property("allowJaggedRows", Shape::Boolean),
        property("allowQuotedNewLines", Shape::Boolean),
        property("encoding", Shape::String),
        property("fieldDelimiter", Shape::String),
        property("quote", Shape::String),
        property("skipLeadingRows", Shape::Integer),
    ],
};
const AVRO_OPTIONS: Shape = Shape::Map {
    class: "io.kestra.plugin.gcp.bigquery.AbstractLoad$AvroOptions",
    properties: &[property("useAvroLogicalTypes", Shape::Boolean)],
};

const CREATE_DISPOSITIONS: &[&str] = &["CREATE_IF_NEEDED", "CREATE_NEVER"];
const WRITE_DISPOSITIONS: &[&str] = &["WRITE_TRUNCATE", "WRITE_TRUNCATE_DATA", "WRITE_APPEND", "WRITE_EMPTY"];
const UPDATES: &[&str] = &["ALLOW_FIELD_ADDITION", "ALLOW_FIELD_RELAXATION"];
const PARTITIONINGS: &[&str] = &["DAY", "HOUR", "MONTH", "YEAR"];

/// The configuration of a load, but for its table: `project` may depend on what is read later.
#[derive(Debug)]
pub(super) struct Configuration {
    pub(super) table: Option<Table>,
    load: Map<String, Json>,
}

impl Configuration {
    /// Reads it; what is wrong is told by `task`.
    pub(super) fn read(task: &mut Properties<'_>) -> Self {
        let name = task.required_text("destinationTable");
        let table = Table::parse(&name).map_err(|problem| task.problem(problem)).ok();
        let mut load = Map::new();
        let mut put = |name: &str, value: Option<Json>| {
            if let Some(value) = value {
                load.insert(name.to_owned(), value);
            }
        };
        let format = task.word("format", format);
        if format.is_none() && !task.has("format") {
            task.problem("`format` must not be null".to_owned());
        }
        put("sourceFormat", format.map(Json::from));
        let csv = task.section("csvOptions", csv);
        let avro = task.section("avroOptions", |avro| flag(avro, "useAvroLogicalTypes"));
        match format {
            Some("CSV") => csv.into_iter().for_each(|(name, value)| put(name, value)),
            Some("AVRO") => put("useAvroLogicalTypes", avro),
            Some(_) | None => {}
        }
        put("autodetect", flag(task, "autodetect"));
        put("createDisposition", word(task, "createDisposition", CREATE_DISPOSITIONS));
        put("writeDisposition", word(task, "writeDisposition", WRITE_DISPOSITIONS));
        put("ignoreUnknownValues", flag(task, "ignoreUnknownValues"));
        put("maxBadRecords", task.whole("maxBadRecords").map(Json::from));
        put("schema", schema(task));
        let updates = task.words("schemaUpdateOptions", |it| UPDATES.contains(&it).then(|| it.to_owned()));
        put("schemaUpdateOptions", (!updates.is_empty()).then(|| json!(updates)));
        let clustering = task.strings("clusteringFields");
        put("clustering", (!clustering.is_empty()).then(|| json!({ "fields": clustering })));
        let kind = word(task, "timePartitioningType", PARTITIONINGS).unwrap_or_else(|| json!("DAY"));
        let field = task.text("timePartitioningField");
        put("timePartitioning", field.map(|field| json!({ "type": kind, "field": field })));
        Self { table, load }
    }

    /// For a job of that project.
    pub(super) fn json(&self, project: &str) -> Json {
        let mut load = Map::new();
        if let Some(table) = &self.table {
            load.insert("destinationTable".to_owned(), table.reference(project));
        }
        load.extend(self.load.clone());
        json!({ "load": load })
    }
}

/// What the API calls a format.
fn format(name: &str) -> Option<&'static str> {
    match name {
        "CSV" => Some("CSV"),
        "JSON" => Some("NEWLINE_DELIMITED_JSON"),
        "AVRO" => Some("AVRO"),
        "PARQUET" => Some("PARQUET"),
        "ORC" => Some("ORC"),
        _ => None,
    }
}

fn csv(options: &mut Properties<'_>) -> [(&'static str, Option<Json>); 6] {
    let mut text = |name: &str| options.text(name).map(Json::from);
    let (encoding, delimiter, quote) = (text("encoding"), text("fieldDelimiter"), text("quote"));
    [
        ("allowJaggedRows", flag(options, "allowJaggedRows")),
        // The API writes it as one word.
        ("allowQuotedNewlines", flag(options, "allowQuotedNewLines")),
        ("encoding", encoding),
        ("fieldDelimiter", delimiter),
        ("quote", quote),
        ("skipLeadingRows", options.whole("skipLeadingRows").map(Json::from)),
    ]
}

fn flag(task: &mut Properties<'_>, name: &str) -> Option<Json> {
    task.has(name).then(|| Json::Bool(task.flag(name, false)))
}

fn word(task: &mut Properties<'_>, name: &str, words: &[&str]) -> Option<Json> {
    task.word(name, |it| words.contains(&it).then(|| Json::from(it)))
}

fn schema(task: &mut Properties<'_>) -> Option<Json> {
    let schema = task.has("schema").then(|| task.map("schema"))?;
    if let Err(problem) = schema.get("fields").map_or(Err("no `fields`"), columns) {
        let shown = Json::from(schema).to_string();
        let end = shown.floor_char_boundary(500);
        task.problem(format!("Unable to deserialize schema, {problem} with data '{}'", &shown[..end]));
        return None;
    }
    Some(Json::from(schema))
}

/// Each has a name and a type; what else it has is the API's to judge.
fn columns(fields: &Json) -> Result<(), &'static str> {
    let fields = fields.as_array().ok_or("`fields` is no list")?;
    if fields.len() > COLUMNS_MAX {
        return Err("more than 10,000 `fields`");
    }
    for field in fields {
        if !(field["name"].is_string() && field["type"].is_string()) {
            return Err("a field without `name` or `type`");
        }
        if let Some(inner) = field.get("fields").filter(|it| !it.is_null()) {
            columns(inner)?;
        }
    }
    Ok(())
}
