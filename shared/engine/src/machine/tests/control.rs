//! Restart, replay and changes of state: what is left, what begins again, and laws of both.

mod graph;
mod laws;
mod onto;
mod stories;
mod trees;

use std::{cell::Cell, fmt::Write, sync::LazyLock};

use crate::{
    execution::{Execution, State, TaskRun, Templates},
    id::TaskRunId,
    time::Timestamp,
};

/// States and task runs, one a line, indented as they belong together.
fn outline(execution: &Execution) -> String {
    let mut text = execution.state.current().name().to_owned();
    for run in &execution.task_runs {
        let depth = 1 + above(execution, run).len();
        let value = run.value.as_ref().map(|value| format!("[{value}]")).unwrap_or_default();
        write!(text, "\n{:1$}{2}{value} {3}", "", depth * 2, run.task_id, run.state.current().name())
            .unwrap();
    }
    text
}

fn above<'e>(execution: &'e Execution, run: &TaskRun) -> Vec<&'e TaskRun> {
    let up = |id: Option<TaskRunId>| execution.task_runs.get(id?);
    std::iter::successors(up(run.parent), |it| up(it.parent)).collect()
}

fn run<'e>(execution: &'e Execution, task_id: &str) -> &'e TaskRun {
    execution.task_runs.of_task(task_id).next().unwrap()
}

fn path(run: &TaskRun) -> Vec<State> {
    run.state.histories().map(|it| it.state).collect()
}

/// Ids that no play gives.
struct Ids(Cell<u128>);

impl Ids {
    fn new() -> Self {
        Self(Cell::new(1 << 100))
    }

    fn next(&self) -> u128 {
        self.0.set(self.0.get() + 1);
        self.0.get()
    }
}

/// Of a flow that names none.
static NO_TEMPLATES: LazyLock<Templates> = LazyLock::new(Templates::default);
const LATER: Timestamp = Timestamp::from_millis(1_000_000_000);
