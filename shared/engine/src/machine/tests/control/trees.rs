//! Flows with tasks of every kind, and executions of them put together by hand.

use std::iter::Peekable;

use serde_json::{Value as Json, json};

use crate::{
    execution::{Attempt, Execution, State, StateLog, TaskRun},
    flow::{self, Catalogue, Flow, FlowableKind, PropertyType, Shape, Task, TaskKind, TaskType},
    id::{ExecutionId, TaskRunId},
    time::Timestamp,
};

const VALUES: &[&str] = &["a", "b", "c"];

const RUNNABLE: TaskType = TaskType {
    name: "test.Work",
    aliases: &[],
    properties: &[PropertyType { name: "what", shape: Shape::String, required: false, dynamic: true }],
};

/// Tasks as an outline, two blanks a level: `id kind`, or `id` alone for one that is run.
pub(super) fn flow(outline: &str) -> Flow {
    let mut lines = outline
        .lines()
        .map(|line| ((line.len() - line.trim_start().len()) / 2, line.trim()))
        .collect::<Vec<_>>()
        .into_iter()
        .peekable();
    let tasks = tasks(&mut lines, 0);
    let source = json!({"id": "tree", "namespace": "test", "tasks": tasks}).to_string();
    flow::parse(&source, &Catalogue::new(vec![RUNNABLE])).unwrap_or_else(|it| panic!("{it}\n{source}"))
}

fn tasks<'o>(lines: &mut Peekable<impl Iterator<Item = (usize, &'o str)>>, depth: usize) -> Vec<Json> {
    let mut all = Vec::new();
    while let Some((_, line)) = lines.next_if(|(of, _)| *of == depth) {
        let Some((id, kind)) = line.split_once(' ') else {
            all.push(json!({"id": line, "type": "test.Work"}));
            continue;
        };
        let mut tasks = tasks(lines, depth + 1);
        let (class, own) = match kind {
            "sequential" => ("Sequential", json!({})),
            "parallel" => ("Parallel", json!({})),
            "directory" => ("WorkingDirectory", json!({})),
            "each" => ("EachSequential", json!({"value": VALUES})),
            "each-at-once" => ("ForEach", json!({"values": VALUES, "concurrencyLimit": 0})),
            "scattered" => ("EachParallel", json!({"value": VALUES})),
            // Each task waits for the first one, the first for none.
            "dag" => {
                let first = tasks[0]["id"].clone();
                let waits = |(index, task)| match index {
                    0 => json!({"task": task}),
                    _ => json!({"task": task, "dependsOn": [first]}),
                };
                tasks = tasks.into_iter().enumerate().map(waits).collect();
                ("Dag", json!({}))
            }
            other => panic!("no kind {other}"),
        };
        let mut task =
            json!({"id": id, "type": format!("io.kestra.plugin.core.flow.{class}"), "tasks": tasks});
        task.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        all.push(task);
    }
    all
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
        let mut run = TaskRun { parent, value, index, ..TaskRun::created(id, task.id.as_str(), now) };
        run.state.enter(State::Running, now);
        run.state.enter(State::Success, now);
        if let TaskKind::Flowable(flowable) = &task.kind {
            if matches!(flowable.kind, FlowableKind::ForEach(_)) {
                run.values = VALUES.iter().map(|&it| it.to_owned()).collect();
            }
        } else {
            let mut state = StateLog::new(State::Running, now);
            state.enter(State::Success, now);
            run.attempts.push(Attempt {
                state,
                deadline: None,
                lost: false,
                alerted: false,
                log_file: None,
                metrics: Vec::new(),
                worked: None,
            });
        }
        execution.task_runs.push(run);
    }
}
