//! Flows with tasks of every kind, and executions of them put together by hand.

use serde_json::json;

use crate::{
    execution::{Attempt, Execution, State, StateLog, TaskRun},
    flow::{
        self, Catalogue, Flow, FlowableKind, ForEach, PropertyType, Rendered, Shape, Task, TaskKind, TaskType,
    },
    id::{ExecutionId, TaskRunId},
    time::Timestamp,
};

const RUNNABLE: TaskType = TaskType {
    name: "test.Work",
    aliases: &[],
    properties: &[PropertyType { name: "what", shape: Shape::String, required: false, dynamic: true }],
};

/// Tasks as an outline, two blanks a level: `id kind`, or `id` alone for one that is run.
pub(super) fn flow(outline: &str) -> Flow {
    let lines: Vec<(usize, &str)> =
        outline.lines().map(|line| ((line.len() - line.trim_start().len()) / 2, line.trim())).collect();
    let mut yaml = String::from("id: tree\nnamespace: test\ntasks:\n");
    for (index, (depth, line)) in lines.iter().enumerate() {
        let indent = "    ".repeat(*depth);
        let (id, _) = line.split_once(' ').unwrap_or((line, ""));
        let nested = lines.get(index + 1).is_some_and(|(next, _)| next > depth);
        if nested {
            yaml += &format!(
                "{indent}- id: {id}\n{indent}  type: io.kestra.plugin.core.flow.Sequential\n{indent}  tasks:\n"
            );
        } else {
            yaml += &format!("{indent}- {{ id: {id}, type: test.Work }}\n");
        }
    }
    let mut flow =
        flow::parse(&yaml, &Catalogue::new(vec![RUNNABLE])).unwrap_or_else(|it| panic!("{it}\n{yaml}"));
    let kinds = lines.iter().filter_map(|(_, line)| line.split_once(' '));
    for (id, kind) in kinds {
        become_kind(&mut flow.tasks, id, kind);
    }
    flow
}

fn become_kind(tasks: &mut [Task], id: &str, kind: &str) {
    for task in tasks {
        let TaskKind::Flowable(flowable) = &mut task.kind else { continue };
        let FlowableKind::Sequential { tasks } = &mut flowable.kind else {
            match &mut flowable.kind {
                FlowableKind::Parallel { tasks, .. }
                | FlowableKind::Dag { tasks, .. }
                | FlowableKind::WorkingDirectory { tasks, .. } => become_kind(tasks, id, kind),
                FlowableKind::ForEach(it) => become_kind(&mut it.tasks, id, kind),
                _ => {}
            }
            continue;
        };
        become_kind(tasks, id, kind);
        if task.id != id {
            continue;
        }
        let tasks = std::mem::take(tasks);
        let each = |concurrent, scattered, tasks| {
            let values = Rendered::Literal(json!(["a", "b", "c"]));
            FlowableKind::ForEach(ForEach { values, tasks, concurrent, scattered })
        };
        flowable.kind = match kind {
            "sequential" => FlowableKind::Sequential { tasks },
            "parallel" => FlowableKind::Parallel { tasks, concurrent: None },
            "directory" => FlowableKind::WorkingDirectory { tasks, properties: Vec::new() },
            "each" => each(std::num::NonZeroU32::new(1), false, tasks),
            "each-at-once" => each(None, false, tasks),
            "scattered" => each(None, true, tasks),
            // Each task waits for the first one, the first for none.
            "dag" => {
                let depends_on = (0..tasks.len()).map(|it| if it == 0 { vec![] } else { vec![0] }).collect();
                FlowableKind::Dag { tasks, depends_on, concurrent: None }
            }
            other => panic!("no kind {other}"),
        };
    }
}

/// A complete execution: every task of `tasks` once, or once for each value, with all below it.
pub(super) fn complete(flow: &Flow, values: &[&str]) -> Execution {
    let now = Timestamp::from_millis(0);
    let mut execution = Execution::created(ExecutionId::from_u128(7), "main", ("test", "tree", 1), now);
    execution.state.enter(State::Running, now);
    grow(&mut execution, &flow.tasks, None, None);
    for task in &flow.tasks {
        descend(&mut execution, task, values);
    }
    execution.state.enter(State::Success, now);
    execution
}

fn descend(execution: &mut Execution, task: &Task, values: &[&str]) {
    let TaskKind::Flowable(flowable) = &task.kind else { return };
    let parents: Vec<TaskRunId> = execution.task_runs.of_task(&task.id).map(|run| run.id).collect();
    let tasks = flowable.branch(flow::Branch::Tasks);
    for parent in parents {
        if matches!(flowable.kind, FlowableKind::ForEach(_)) {
            for (index, value) in values.iter().enumerate() {
                grow(execution, tasks, Some(parent), Some((u32::try_from(index).unwrap(), value)));
            }
        } else {
            grow(execution, tasks, Some(parent), None);
        }
    }
    for task in tasks {
        descend(execution, task, values);
    }
}

fn grow(execution: &mut Execution, tasks: &[Task], parent: Option<TaskRunId>, value: Option<(u32, &&str)>) {
    let now = Timestamp::from_millis(0);
    for task in tasks {
        let id = TaskRunId::from_u128(execution.task_runs.len() as u128 + 1);
        let (index, value) = value.map(|(index, value)| (index, (*value).to_owned())).unzip();
        let mut run = TaskRun { parent, index, value, ..TaskRun::created(id, task.id.as_str(), now) };
        run.state.enter(State::Running, now);
        run.state.enter(State::Success, now);
        if let TaskKind::Flowable(flowable) = &task.kind {
            if matches!(flowable.kind, FlowableKind::ForEach(_)) {
                run.values = ["a", "b", "c"].map(str::to_owned).into();
            }
        } else {
            let mut state = StateLog::new(State::Running, now);
            state.enter(State::Success, now);
            run.attempts.push(Attempt { state, deadline: None, lost: false, log_file: None });
        }
        execution.task_runs.push(run);
    }
}
