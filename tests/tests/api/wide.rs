//! Executions of many task runs.

use insta::assert_snapshot;

use crate::app::App;

const WIDE: &str = r#"
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: "{{ range(1, 300) }}"
    concurrencyLimit: 0
    tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return, format: "{{ taskrun.value }}" }]
"#;

#[tokio::test]
async fn a_wide_execution_is_shown_whole_in_part_or_without_its_task_runs() {
    let app = App::new();
    app.flow("f", WIDE).await;
    let ended = app.post("/api/v1/executions/company.team/f?wait=true").await;
    assert_eq!(ended.header("content-length"), "", "it comes in pieces");
    assert_eq!(ended.json()["taskRunList"].as_array().unwrap().len(), 301);
    let uri = format!("/api/v1/executions/{}", ended.id());
    assert_eq!(app.get(&uri).await.json()["taskRunList"], ended.json()["taskRunList"]);

    let without = app.get(&format!("{uri}?taskRuns=false")).await.json();
    assert_eq!((&without["state"]["current"], without.get("taskRunList")), (&"SUCCESS".into(), None));
    let page = async |query: &str| {
        let runs = app.get(&format!("{uri}?{query}")).await.json()["taskRunList"].take();
        let values = runs.as_array().map(|runs| runs.iter().map(|it| it["value"].to_string()).collect());
        values.map_or_else(|| "none".to_owned(), |values: Vec<String>| values.join(" "))
    };
    assert_eq!(page("taskRunPage=1&taskRunSize=3").await, r#"null "1" "2""#);
    assert_eq!(page("taskRunPage=101&taskRunSize=3").await, r#""300""#);
    assert_eq!(page("taskRunPage=102&taskRunSize=3").await, "none");
    assert_eq!(page("taskRunSize=2").await, r#"null "1""#);
    assert_snapshot!(app.get(&format!("{uri}?taskRunPage=0")).await.error(), @"422 Invalid entity: taskRunPage: must be greater than or equal to 1");
}
