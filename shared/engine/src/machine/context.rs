//! The variables an expression sees. Nothing is built that no expression reads.

use std::borrow::Cow;

use expression::{List, Lookup, Map, Value, Variables};
use serde_json::Value as Json;

use super::World;
use crate::{
    execution::{Execution, TaskRun},
    flow::{Flow, Task},
    id::TaskRunId,
};

/// The variables of one rendering. Kestra: `RunVariables`.
pub(super) struct Context<'c> {
    flow: &'c Flow,
    execution: &'c Execution,
    task: Option<(&'c Task, &'c TaskRun)>,
    world: &'c World<'c>,
    outputs: Outputs<'c>,
    tasks: States<'c>,
}

impl<'c> Context<'c> {
    pub(super) fn of_execution(flow: &'c Flow, execution: &'c Execution, world: &'c World<'c>) -> Self {
        Self { flow, execution, task: None, world, outputs: Outputs(execution), tasks: States(execution) }
    }

    pub(super) fn of_task(
        flow: &'c Flow,
        execution: &'c Execution,
        task: &'c Task,
        run: &'c TaskRun,
        world: &'c World<'c>,
    ) -> Self {
        Self { task: Some((task, run)), ..Self::of_execution(flow, execution, world) }
    }

    fn flow(&self) -> Value<'_> {
        map([
            ("id", text(&self.flow.id)),
            ("namespace", text(&self.flow.namespace)),
            ("revision", Value::Integer(i64::from(self.execution.flow_revision))),
            ("tenantId", text(&self.execution.tenant)),
        ])
    }

    fn execution(&self) -> Value<'_> {
        let execution = self.execution;
        map([
            ("id", owned(execution.id)),
            ("startDate", owned(execution.state.first().date)),
            ("originalId", owned(execution.original_id)),
            ("state", text(execution.state.current().name())),
        ])
    }

    fn task(task: &'c Task) -> Value<'c> {
        map([("id", text(&task.id)), ("type", text(&task.type_name))])
    }

    fn taskrun(run: &'c TaskRun) -> Value<'c> {
        let mut entries = vec![
            ("id", owned(run.id)),
            ("startDate", owned(run.state.first().date)),
            ("attemptsCount", count(run.attempts.len())),
        ];
        if let Some(parent) = run.parent {
            entries.push(("parentId", owned(parent)));
        }
        if let Some(value) = &run.value {
            entries.push(("value", text(value)));
        }
        if let Some(iteration) = run.iteration {
            entries.push(("iteration", Value::Integer(i64::from(iteration))));
        }
        map(entries)
    }

    /// Dotted keys are nested: `labels.system.correlationId`. Kestra: of duplicates the first counts.
    fn labels(&self) -> Value<'_> {
        let mut root = serde_json::Map::new();
        for label in &self.execution.labels {
            let mut level = &mut root;
            let mut segments = label.key.split('.').peekable();
            while let Some(segment) = segments.next() {
                if segments.peek().is_none() {
                    level.entry(segment).or_insert_with(|| Json::String(label.value.clone()));
                    break;
                }
                let next = level.entry(segment).or_insert_with(|| Json::Object(serde_json::Map::new()));
                match next {
                    Json::Object(below) => level = below,
                    _ => break,
                }
            }
        }
        from_json(Json::Object(root))
    }

    /// The ancestors that have something to show, nearest first.
    fn parents(&self) -> Vec<Value<'_>> {
        let mut parents = Vec::new();
        let mut next: Option<TaskRunId> = self.task.and_then(|(_, run)| run.parent);
        while let Some(run) = next.and_then(|id| self.execution.task_runs.get(id)) {
            let mut entries = Vec::new();
            if let Some(value) = &run.value {
                entries.push(("taskrun", map([("value", text(value))])));
            }
            if !run.outputs.is_empty() {
                entries.push(("outputs", Value::Map(Map::Borrowed(&run.outputs))));
            }
            if !entries.is_empty() {
                parents.push(map(entries));
            }
            next = run.parent;
        }
        parents
    }
}

const NAMES: [&str; 14] = [
    "envs",
    "globals",
    "flow",
    "vars",
    "task",
    "taskrun",
    "parents",
    "parent",
    "execution",
    "outputs",
    "tasks",
    "inputs",
    "trigger",
    "labels",
];

impl Variables for Context<'_> {
    fn get(&self, name: &str) -> Option<Value<'_>> {
        let execution = self.execution;
        match name {
            "envs" => Some(Value::Map(Map::Borrowed(self.world.envs))),
            "globals" => Some(Value::Map(Map::Borrowed(self.world.globals))),
            "flow" => Some(self.flow()),
            "vars" => nonempty(&self.flow.variables),
            "task" => self.task.map(|(task, _)| Self::task(task)),
            "taskrun" => self.task.map(|(_, run)| Self::taskrun(run)),
            "parents" => self.task.map(|_| Value::List(List::Owned(self.parents().into()))),
            "parent" => self.parents().into_iter().next(),
            "execution" => Some(self.execution()),
            "outputs" => Some(Value::Map(Map::Lookup(&self.outputs))),
            "tasks" => Some(Value::Map(Map::Lookup(&self.tasks))),
            "inputs" => nonempty(&execution.inputs),
            "trigger" => execution.trigger.as_ref().map(|it| Value::Map(Map::Borrowed(&it.variables))),
            "labels" => (!execution.labels.is_empty()).then(|| self.labels()),
            other => execution.variables.get(other).map(Value::from),
        }
    }

    fn names(&self) -> Vec<Cow<'_, str>> {
        let known = NAMES.iter().copied().filter(|name| self.get(name).is_some()).map(Cow::Borrowed);
        known.chain(self.execution.variables.keys().map(|key| Cow::Borrowed(key.as_str()))).collect()
    }
}

/// `outputs.<task id>`, looked up among the task runs.
struct Outputs<'c>(&'c Execution);

impl Lookup for Outputs<'_> {
    fn get(&self, key: &str) -> Option<Value<'_>> {
        let run = last_run(self.0, key)?;
        Some(Value::Map(Map::Borrowed(&run.outputs)))
    }

    fn keys(&self) -> Vec<Cow<'_, str>> {
        task_ids(self.0)
    }
}

/// `tasks.<task id>.state`.
struct States<'c>(&'c Execution);

impl Lookup for States<'_> {
    fn get(&self, key: &str) -> Option<Value<'_>> {
        let run = last_run(self.0, key)?;
        Some(map([("state", text(run.state.current().name()))]))
    }

    fn keys(&self) -> Vec<Cow<'_, str>> {
        task_ids(self.0)
    }
}

fn last_run<'e>(execution: &'e Execution, task_id: &str) -> Option<&'e TaskRun> {
    execution.task_runs.iter().rev().find(|run| run.task_id == task_id)
}

fn task_ids(execution: &Execution) -> Vec<Cow<'_, str>> {
    execution.task_runs.iter().map(|run| Cow::Borrowed(run.task_id.as_str())).collect()
}

fn nonempty(map: &serde_json::Map<String, Json>) -> Option<Value<'_>> {
    (!map.is_empty()).then_some(Value::Map(Map::Borrowed(map)))
}

fn map<'v>(entries: impl IntoIterator<Item = (&'static str, Value<'v>)>) -> Value<'v> {
    let entries: Vec<_> = entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    Value::Map(Map::Owned(entries.into()))
}

fn text(text: &str) -> Value<'_> {
    Value::String(Cow::Borrowed(text))
}

fn owned<'v>(shown: impl std::fmt::Display) -> Value<'v> {
    Value::String(Cow::Owned(shown.to_string()))
}

fn count<'v>(number: usize) -> Value<'v> {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

/// A value of its own, for what is computed on the way.
fn from_json<'v>(json: Json) -> Value<'v> {
    match json {
        Json::Null => Value::Null,
        Json::Bool(it) => Value::Bool(it),
        Json::Number(number) => match number.as_i64() {
            Some(integer) => Value::Integer(integer),
            None => Value::Double(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::String(Cow::Owned(text)),
        Json::Array(items) => {
            Value::List(List::Owned(items.into_iter().map(from_json).collect::<Vec<_>>().into()))
        }
        Json::Object(map) => {
            let entries: Vec<_> = map.into_iter().map(|(key, value)| (key, from_json(value))).collect();
            Value::Map(Map::Owned(entries.into()))
        }
    }
}
