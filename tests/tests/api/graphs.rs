//! Graphs of flows and of executions.

use std::fmt::Write as _;

use insta::assert_snapshot;
use serde_json::Value as Json;

use crate::app::App;

const FLOW: &str = "
tasks:
  - id: if
    type: io.kestra.plugin.core.flow.If
    condition: '{{ true }}'
    then: [{ id: yes, type: io.kestra.plugin.core.debug.Return }]
    else: [{ id: no, type: io.kestra.plugin.core.debug.Return }]
    errors: [{ id: mend, type: io.kestra.plugin.core.debug.Return }]
  - id: both
    type: io.kestra.plugin.core.flow.Parallel
    tasks:
      - { id: a, type: io.kestra.plugin.core.debug.Return }
      - { id: b, type: io.kestra.plugin.core.flow.Subflow, namespace: company.team, flowId: child }
";
const CHILD: &str = "tasks: [{ id: c, type: io.kestra.plugin.core.debug.Return }]";

fn edges(graph: &Json) -> String {
    let mut shown = String::new();
    for edge in graph["edges"].as_array().unwrap() {
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let Json::Object(relation) = &edge["relation"] else { unreachable!("every edge has one") };
        let kind = text(&relation["relationType"]);
        let value = relation.get("value").map(text).unwrap_or_default();
        let line = format!("{} > {} {kind} {value}", text(&edge["source"]), text(&edge["target"]));
        writeln!(shown, "{}", line.trim_end()).unwrap();
    }
    shown
}

#[tokio::test]
async fn a_graph_tells_who_follows_whom() {
    let app = App::new();
    app.flow("child", CHILD).await;
    app.flow("f", FLOW).await;
    let graph = app.get("/api/v1/flows/company.team/f/graph?subflows=b").await.json();
    assert_snapshot!(edges(&graph));
    assert_eq!(graph["clusters"].as_array().unwrap().len(), 3);
    assert_snapshot!(app.get("/api/v1/flows/company.team/f/graph?subflows=a").await.error());
    assert_snapshot!(app.get("/api/v1/flows/company.team/none/graph").await.error());
}
