//! What BigQuery is told of a file and of a table, for each format.

use std::fmt::Write;

use serde_json::{Value as Json, json};

use super::{both, load};

/// The configuration of the load that a flow with these properties begins.
async fn configuration(own: &Json) -> String {
    let (google, world) = both().await;
    let ran = load(&google, &world, own.clone()).await;
    let state = google.state();
    let Some(session) = state.sessions.get("s0") else { panic!("{}", ran.story()) };
    serde_json::to_string_pretty(&session.request["configuration"]["load"]).unwrap()
}

#[tokio::test]
async fn every_property_reaches_the_job() {
    let all = json!({
        "destinationTable": "demo.orders$20240712",
        "csvOptions": {
            "allowJaggedRows": true,
            "allowQuotedNewLines": "true",
            "encoding": "ISO-8859-1",
            "fieldDelimiter": ";",
            "quote": "",
            "skipLeadingRows": "1",
        },
        "avroOptions": { "useAvroLogicalTypes": true },
        "autodetect": false,
        "createDisposition": "CREATE_NEVER",
        "writeDisposition": "WRITE_TRUNCATE",
        "ignoreUnknownValues": true,
        "maxBadRecords": 5,
        "schema": { "fields": [
            { "name": "id", "type": "INT64", "mode": "REQUIRED", "description": "its number" },
            { "name": "line", "type": "STRUCT", "fields": [{ "name": "amount", "type": "NUMERIC" }] },
        ] },
        "schemaUpdateOptions": ["ALLOW_FIELD_ADDITION"],
        "clusteringFields": ["id", "name"],
        "timePartitioningField": "day",
        "timePartitioningType": "MONTH",
    });
    insta::assert_snapshot!(configuration(&all).await, @r#"
    {
      "destinationTable": {
        "projectId": "own-project",
        "datasetId": "demo",
        "tableId": "orders$20240712"
      },
      "sourceFormat": "CSV",
      "allowJaggedRows": true,
      "allowQuotedNewlines": true,
      "encoding": "ISO-8859-1",
      "fieldDelimiter": ";",
      "quote": "",
      "skipLeadingRows": 1,
      "autodetect": false,
      "createDisposition": "CREATE_NEVER",
      "writeDisposition": "WRITE_TRUNCATE",
      "ignoreUnknownValues": true,
      "maxBadRecords": 5,
      "schema": {
        "fields": [
          {
            "name": "id",
            "type": "INT64",
            "mode": "REQUIRED",
            "description": "its number"
          },
          {
            "name": "line",
            "type": "STRUCT",
            "fields": [
              {
                "name": "amount",
                "type": "NUMERIC"
              }
            ]
          }
        ]
      },
      "schemaUpdateOptions": [
        "ALLOW_FIELD_ADDITION"
      ],
      "clustering": {
        "fields": [
          "id",
          "name"
        ]
      },
      "timePartitioning": {
        "type": "MONTH",
        "field": "day"
      }
    }
    "#);
}

#[tokio::test]
async fn each_format_has_its_options_and_no_others() {
    let mut all = String::new();
    for format in ["CSV", "JSON", "AVRO", "PARQUET", "ORC"] {
        let own = json!({
            "format": format,
            "csvOptions": { "skipLeadingRows": 1 },
            "avroOptions": { "useAvroLogicalTypes": true },
            "timePartitioningField": if format == "ORC" { Some("day") } else { None },
        });
        let shown = configuration(&own).await;
        let options = shown.split_once("},").unwrap().1.split_whitespace().collect::<Vec<_>>().join(" ");
        writeln!(all, "{format}: {options}").unwrap();
    }
    insta::assert_snapshot!(all, @r#"
    CSV: "sourceFormat": "CSV", "skipLeadingRows": 1 }
    JSON: "sourceFormat": "NEWLINE_DELIMITED_JSON" }
    AVRO: "sourceFormat": "AVRO", "useAvroLogicalTypes": true }
    PARQUET: "sourceFormat": "PARQUET" }
    ORC: "sourceFormat": "ORC", "timePartitioning": { "type": "DAY", "field": "day" } }
    "#);
}

#[tokio::test]
async fn what_is_wrong_is_told_at_once_and_nobody_is_asked() {
    let (google, world) = both().await;
    let wrong = json!({
        "destinationTable": "orders",
        "format": "XML",
        "writeDisposition": "WRITE_SOMETIMES",
        "maxBadRecords": "some",
        "schema": { "columns": [] },
        "schemaUpdateOptions": ["ALLOW_ALL"],
        "serviceAccount": null,
    });
    let ran = load(&google, &world, wrong).await;
    insta::assert_snapshot!(ran.failure().replace("; ", "\n"), @r#"
    Invalid table name 'orders': `destinationTable` must be project.dataset.table, or dataset.table
    `format` cannot be `XML`
    `writeDisposition` cannot be `WRITE_SOMETIMES`
    `maxBadRecords` must be a whole number, not `some`
    Unable to deserialize schema, no `fields` with data '{"columns":[]}'
    `schemaUpdateOptions` cannot have `ALLOW_ALL`
    `serviceAccount` must be set: the JSON text of the key of a service account that may run jobs and change the table, such as `{{ secret('GCP_SERVICE_ACCOUNT') }}`
    credentials of the machine are never used
    "#);
    let ran = load(&google, &world, json!({ "schema": { "fields": [{ "name": "id" }] } })).await;
    insta::assert_snapshot!(ran.failure(), @r#"Unable to deserialize schema, a field without `name` or `type` with data '{"fields":[{"name":"id"}]}'"#);
    let ran = load(&google, &world, json!({ "from": "kestra:///company/team/flow/none.csv" })).await;
    assert_eq!(ran.failure(), "there is no file kestra:///company/team/flow/none.csv");
    let ran = load(&google, &world, json!({ "from": "/etc/passwd" })).await;
    assert!(
        ran.failure().starts_with("`/etc/passwd` is not the URI of an internal-storage file"),
        "{}",
        ran.story()
    );
    let state = google.state();
    assert_eq!((state.tokens, state.requests.len()), (0, 0));
}

#[test]
fn a_flow_is_told_what_is_not_built() {
    let source = "id: it\nnamespace: company.team\ntasks:\n  - id: load\n    type: io.kestra.plugin.gcp.bigquery.Load\n    \
                  from: \"{{ inputs.file }}\"\n    destinationTable: a.b.c\n    format: CSV\n    \
                  impersonatedServiceAccount: me\n    csvOptions: { separator: \",\" }\n";
    let refused = engine::flow::parse(source, &tasks::Registry::catalogue()).unwrap_err().to_string();
    insta::assert_snapshot!(refused, @r#"
    Invalid entity: tasks[0].impersonatedServiceAccount: `impersonatedServiceAccount` is not built in this version (line 9, column 33)
    io.kestra.core.models.flows.Flow["tasks"]->java.util.ArrayList[0]->io.kestra.plugin.gcp.bigquery.Load["csvOptions"]->io.kestra.plugin.gcp.bigquery.AbstractLoad$CsvOptions["separator"]: Unrecognized field "separator" (class io.kestra.plugin.gcp.bigquery.AbstractLoad$CsvOptions), not marked as ignorable (6 known properties: "allowJaggedRows", "allowQuotedNewLines", "encoding", "fieldDelimiter", "quote", "skipLeadingRows") (line 10, column 19)
    "#);
}
