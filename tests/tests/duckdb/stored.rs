//! Rows in files.

use tests::execution::{self, id, state, task_run};

use crate::desk::Desk;

const CHILD: &str = r#"
inputs:
  - id: items
    type: STRING
tasks:
  - id: for_each_item
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner:
      type: io.kestra.plugin.core.runner.Process
    commands:
      - cat "{{ inputs.items }}"
  - id: read
    type: io.kestra.plugin.core.log.Log
    message: "{{ read(inputs.items) }}"
"#;

/// The documented flow, with a file in the place of the URL.
const PARENT: &str = r#"
inputs:
  - id: orders
    type: FILE
tasks:
  - id: extract
    type: io.kestra.plugin.jdbc.duckdb.Query
    inputFiles:
      orders.csv: "{{ inputs.orders }}"
    sql: |
      SELECT *
      FROM read_csv_auto('orders.csv', header=True);
    store: true

  - id: each
    type: io.kestra.plugin.core.flow.ForEachItem
    items: "{{ outputs.extract.uri }}"
    batch:
      rows: 10
    namespace: NAMESPACE
    flowId: subflow
    wait: true
    transmitFailed: true
    inputs:
      items: "{{ taskrun.items }}"
"#;

#[test]
fn rows_of_a_file_go_to_subflows() {
    let desk = Desk::new("stored");
    let space = &desk.space;
    space.create("subflow", CHILD);
    space.create("each_parent", &PARENT.replace("NAMESPACE", &space.namespace));
    let rows: Vec<String> = (1..=25).map(|n| format!("{n},order {n},{n}.5,2024-01-02\n")).collect();
    let form = tests::multipart::Form::new().file(
        "orders",
        "orders.csv",
        format!("id,name,price,day\n{}", rows.concat()).as_bytes(),
    );
    let ended = space.run_with("each_parent", form);
    assert_eq!(state(&ended), "SUCCESS", "{:?}", space.messages(id(&ended)));
    let extract = &task_run(&ended, "extract")["outputs"];
    assert_eq!(extract["size"], 25);
    let stored = desk.file(&ended, &extract["uri"]);
    let lines: Vec<&str> = stored.lines().collect();
    assert_eq!(lines.len(), 25);
    assert_eq!(lines[24], r#"{id:25,name:"order 25",price:25.5e0,day:2024-01-02}"#);
    let children = space.client().get(&format!(
        "/api/v1/executions/search?namespace={}&flowId=subflow&size=10&sort=state.startDate:asc",
        space.namespace
    ));
    let children = children.expect(200).json();
    let mut logged: Vec<String> = Vec::new();
    for child in children["results"].as_array().unwrap() {
        execution::check(child);
        assert_eq!(state(child), "SUCCESS");
        logged.extend(space.messages(id(child)).iter().flat_map(|text| text.lines()).map(str::to_owned));
    }
    assert_eq!(children["total"], 3);
    // Each batch is printed and logged.
    assert_eq!(logged.len(), 50);
    assert!(lines.iter().all(|line| logged.iter().filter(|it| it == line).count() == 2), "{logged:?}");
}

#[test]
fn a_million_rows_are_stored_in_bounded_memory() {
    let desk = Desk::new("million");
    desk.query("STORE", "SELECT 1");
    desk.server.forget_peak();
    let before = desk.server.memory().now;
    let sql = "SELECT range AS id, repeat('x', 100) AS text FROM range(1000000)";
    let outputs = desk.query("STORE", sql);
    assert_eq!(outputs["size"], 1_000_000);
    assert!(outputs.get("rows").is_none(), "{outputs}");
    let grown = desk.server.memory().peak.saturating_sub(before);
    assert!(grown < 60 << 20, "the server grew by {grown} bytes for 120 MB of rows");
}
