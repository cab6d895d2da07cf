//! What executions cost in the cloud: requests and units counted on the emulator, and the page made of them.

mod page;
mod site;

use engine::execution::State;

use page::Row;
use site::Site;

/// The flow of Kestra's page about synchronous executions.
const MYFLOW: &str =
    "tasks: [{ id: mytask, type: io.kestra.plugin.core.debug.Return, format: hello from kestra }]
outputs: [{ id: mydata, type: STRING, value: '{{ outputs.mytask.value }}' }]";

fn row(tasks: usize, task: &str) -> String {
    let tasks: Vec<String> = (1..=tasks).map(|number| format!("  - {{ id: t{number}, {task} }}\n")).collect();
    format!("tasks:\n{}", tasks.concat())
}

fn pure(tasks: usize) -> String {
    row(tasks, "type: io.kestra.plugin.core.debug.Return, format: 'result {{ execution.id }}'")
}

fn shell(tasks: usize) -> String {
    row(tasks, "type: io.kestra.plugin.scripts.shell.Commands, commands: ['true']")
}

#[tokio::test]
async fn a_synchronous_call_is_one_write_one_read_and_no_message() {
    let site = Site::new().await;
    site.flow("myflow", MYFLOW).await;
    site.call("myflow").await;
    let before = site.counts();
    let execution = site.call("myflow").await;
    assert_eq!(execution.outputs.unwrap()["mydata"], "hello from kestra");
    let cost = site.counts().since(before);
    assert_eq!((cost.writes(), cost.reads(), site.messages()), (1, 1, 0), "{cost:?}");
}

#[tokio::test]
async fn five_shell_tasks_in_a_row_are_six_writes_and_no_message() {
    let site = Site::new().await;
    site.flow("five", &shell(5)).await;
    let before = site.counts();
    let execution = site.call("five").await;
    assert_eq!(execution.state.current(), State::Success);
    let cost = site.counts().since(before);
    assert_eq!((cost.writes(), site.messages()), (6, 0), "{cost:?}");
}

#[tokio::test]
async fn not_waiting_is_one_write_and_one_message_more() {
    let site = Site::new().await;
    site.flow("myflow", MYFLOW).await;
    let before = site.counts();
    site.call_without_waiting("myflow").await;
    let cost = site.counts().since(before);
    assert_eq!((cost.writes(), site.messages()), (2, 1), "{cost:?}");
}

#[tokio::test]
async fn a_worker_carries_five_shell_tasks_without_handing_over() {
    let site = Site::new().await;
    site.flow("five", &shell(5)).await;
    let before = site.counts();
    site.call_without_waiting("five").await;
    let cost = site.counts().since(before);
    assert_eq!((cost.writes(), site.messages()), (7, 1), "{cost:?}");
}

/// The page says what is counted; with `UPDATE_COSTS=1` it is written.
#[tokio::test]
async fn the_page_of_costs_is_true() {
    let mut rows = Vec::new();
    for tasks in [1, 5, 100] {
        rows.push(counted(format!("{tasks} pure, `wait=true`"), tasks, &pure(tasks), true).await);
    }
    for tasks in [1, 5, 100] {
        rows.push(counted(format!("{tasks} shell, `wait=true`"), tasks, &shell(tasks), true).await);
    }
    for tasks in [1, 5, 100] {
        rows.push(counted(format!("{tasks} pure, not waiting"), tasks, &pure(tasks), false).await);
    }
    let page = page::page(&rows);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/COSTS.md");
    if std::env::var_os("UPDATE_COSTS").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == page, "infra/COSTS.md is not what is counted now; UPDATE_COSTS=1 writes it:\n{page}");
}

async fn counted(name: String, tasks: usize, body: &str, wait: bool) -> Row {
    let site = Site::new().await;
    site.flow("flow", body).await;
    // Who listens to executions of others is looked up every few seconds, and not for each.
    site.flow("before", "tasks: [{ id: a, type: io.kestra.plugin.core.debug.Return }]").await;
    site.call("before").await;
    let before = site.counts();
    if wait {
        site.call("flow").await;
    } else {
        site.call_without_waiting("flow").await;
    }
    let counts = site.counts().since(before);
    assert_eq!(counts.units, counts.told, "{name}: our arithmetic and the service's");
    Row { name, tasks, counts, messages: site.messages() }
}
