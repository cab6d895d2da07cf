//! An execution for each batch of a file.

use std::fmt::Write;

use engine::{
    execution::{Execution, State},
    id::ExecutionId,
    input::{Sent, Submitted},
};
use serde_json::json;
use service::{Begun, Start};

use super::{PURE, WAIT};
use crate::world::{TENANT, World};

/// A flow that calls `child` for each batch of its file.
fn each(batch: &str, properties: &str) -> String {
    format!(
        r#"
inputs: [{{ id: items, type: STRING }}]
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEachItem
    items: "{{{{ inputs.items }}}}"
    batch: {batch}
    namespace: test
    flowId: child
    inputs: {{ name: "{{{{ taskrun.iteration }}}}: {{{{ read(taskrun.items) | trim }}}}" }}
    {properties}
"#
    )
}

fn rows(number: usize) -> String {
    let mut rows = String::new();
    for row in 1..=number {
        writeln!(rows, "row {row}").unwrap();
    }
    rows
}

/// Calls the flow `each` with a file of that content.
async fn called(world: &World, content: String) -> Execution {
    let Begun::New(draft) = world.service.begin(TENANT, "test", "each", None, None).await.unwrap() else {
        panic!("it has no key")
    };
    let uri = world.file(draft.id, "each", content).await;
    let sent: Submitted = [("items".to_owned(), Sent::Text(uri))].into();
    let start = Start { wait: WAIT, ..Start::default() };
    world.service.start(draft, sent, start).await.unwrap().execution
}

async fn children(world: &World, parent: &Execution) -> Vec<ExecutionId> {
    let query = service::ExecutionQuery {
        trigger_execution: Some(parent.id.to_string()),
        ..service::ExecutionQuery::default()
    };
    let page = service::PageRequest { page: 1, size: 1_000 };
    let found = world.service.search_executions(TENANT, query, page).await.unwrap();
    found.results.iter().map(|it| it.id).collect()
}

async fn costs(batches: usize) -> u64 {
    let world = World::new();
    world.flow("child", PURE).await;
    world.flow("each", &each("{ rows: 1 }", "")).await;
    let before = world.counts();
    let execution = called(&world, rows(batches)).await;
    assert_eq!(execution.state.current(), State::Success, "{:?}", execution.logs);
    let cost = world.counts().since(before);
    let items = execution.task_runs.iter().find(|run| run.task_id == "each_items").unwrap();
    assert_eq!(items.outputs["numberOfBatches"], batches);
    assert_eq!(items.outputs["iterations"], json!({"CREATED": 0, "RUNNING": 0, "SUCCESS": batches}));
    let merge = execution.task_runs.iter().find(|run| run.task_id == "each_merge").unwrap();
    let merged = world.text(merge.outputs["subflowOutputs"].as_str().unwrap()).await;
    assert_eq!(merged.lines().count(), batches);
    let expected = format!("{{\"text\":\"hello {batches}: row {batches}\"}}");
    assert_eq!(merged.lines().last(), Some(expected.as_str()));
    assert_eq!(children(&world, &execution).await.len(), batches);
    let stored = serde_json::to_vec(&execution).unwrap().len();
    assert!(stored < 4_000 + batches, "the parent has {stored} bytes");
    assert_eq!(world.messages(), 0);
    let parents = cost.puts - u64::try_from(batches).unwrap();
    assert!(cost.gets + cost.queries < 100, "{cost:?}");
    parents
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_cost_a_write_each_and_the_parent_one_for_fifty_of_them() {
    // Split begun, calls planned, merge begun, the end; and each slice but the last.
    assert_eq!(costs(100).await, 4 + 1);
    assert_eq!(costs(1_000).await, 4 + 19);
}

#[tokio::test]
async fn no_items_need_no_child() {
    let world = World::new();
    world.flow("each", &each("{ rows: 1 }", "")).await;
    let execution = called(&world, String::new()).await;
    assert_eq!(execution.state.current(), State::Success, "{:?}", execution.logs);
    let names: Vec<_> = execution.task_runs.iter().map(|run| run.task_id.as_str()).collect();
    assert_eq!(names, ["each", "each_split", "each_items", "each_merge"]);
    assert!(execution.task_runs.iter().skip(2).all(|run| run.outputs.is_empty()));
}

#[tokio::test]
async fn batches_are_cut_by_rows_bytes_and_partitions() {
    for (batch, expected) in [
        ("{ rows: 4 }", vec!["row 1\nrow 2\nrow 3\nrow 4\n", "row 5\nrow 6\nrow 7\nrow 8\n", "row 9\n"]),
        (
            "{ bytes: 24, rows: 1 }",
            vec!["row 1\nrow 2\nrow 3\nrow 4\n", "row 5\nrow 6\nrow 7\nrow 8\n", "row 9\n"],
        ),
        ("{ partitions: 2 }", vec!["row 1\nrow 3\nrow 5\nrow 7\nrow 9\n", "row 2\nrow 4\nrow 6\nrow 8\n"]),
        ("{ rows: 5, separator: ';' }", vec!["row 1;row 2;row 3;row 4;row 5;", "row 6;row 7;row 8;row 9;"]),
    ] {
        let world = World::new();
        world.flow("child", PURE).await;
        world.flow("each", &each(batch, "")).await;
        let execution = called(&world, rows(9).trim_end().replace("row 5\n", "row 5\r\n")).await;
        let split = execution.task_runs.iter().find(|run| run.task_id == "each_split").unwrap();
        let splits = world.text(split.outputs["splits"].as_str().unwrap()).await;
        let mut texts = Vec::new();
        for uri in splits.lines() {
            assert!(
                uri.contains("/tasks/each-split/")
                    && uri.rsplit_once('.').is_some_and(|(_, end)| end == "txt"),
                "{uri}"
            );
            texts.push(world.text(uri).await);
        }
        assert_eq!(texts, expected, "{batch}");
    }
}

#[tokio::test]
async fn one_batch_that_fails_fails_them_all_but_the_others_run() {
    let world = World::new();
    let child = r#"
inputs: [{ id: name, type: STRING }]
tasks:
  - id: fail
    type: io.kestra.plugin.core.execution.Fail
    condition: "{{ inputs.name == '2: row 2' }}"
"#;
    world.flow("child", child).await;
    world.flow("each", &each("{ rows: 1 }", "")).await;
    let execution = called(&world, rows(3)).await;
    assert_eq!(execution.state.current(), State::Failed);
    let items = execution.task_runs.iter().find(|run| run.task_id == "each_items").unwrap();
    let iterations = json!({"CREATED": 0, "RUNNING": 0, "SUCCESS": 2, "FAILED": 1});
    assert_eq!(items.outputs["iterations"], iterations);
    assert!(execution.task_runs.iter().all(|run| run.task_id != "each_merge"));
}

#[tokio::test]
async fn batches_that_nobody_waits_for_are_begun_and_counted_as_done() {
    let world = World::new();
    world.flow("child", PURE).await;
    world.flow("each", &each("{ rows: 1 }", "wait: false")).await;
    let execution = called(&world, rows(3)).await;
    assert_eq!(execution.state.current(), State::Success, "{:?}", execution.logs);
    let items = execution.task_runs.iter().find(|run| run.task_id == "each_items").unwrap();
    assert_eq!(items.outputs["iterations"], json!({"RUNNING": 0, "SUCCESS": 3}));
    let merge = execution.task_runs.iter().find(|run| run.task_id == "each_merge").unwrap();
    assert!(merge.outputs.is_empty());
}

#[tokio::test]
async fn items_that_are_no_file_of_ours_are_refused() {
    let world = World::new();
    world.flow("each", &each("{ rows: 1 }", "")).await;
    let Begun::New(draft) = world.service.begin(TENANT, "test", "each", None, None).await.unwrap() else {
        panic!("it has no key")
    };
    let sent: Submitted = [("items".to_owned(), Sent::Text("/etc/passwd".to_owned()))].into();
    let start = Start { wait: WAIT, ..Start::default() };
    let execution = world.service.start(draft, sent, start).await.unwrap().execution;
    assert_eq!(execution.state.current(), State::Failed);
    let message = &execution.logs.last().unwrap().message;
    assert_eq!(message, "Unable to split the items from /etc/passwd, this is not an internal storage URI!");
}
