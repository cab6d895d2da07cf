//! The variables an expression sees. Nothing is built that no expression reads, and nothing is copied that can be
//! borrowed.

mod nest;
mod opened;
mod outputs;
mod vars;
mod workflow;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use expression::{List, Map, Value, Variables};
use serde_json::Value as Json;

use self::{
    nest::Nest,
    opened::Opened,
    outputs::{Outputs, States},
    vars::Vars,
    workflow::Workflow,
};
use super::{OUTPUT_DIR, WORKING_DIR, World};
use crate::{
    execution::{Execution, Level, LogEntry, TaskRun},
    flow::{Branch, Dialect, Flow, FlowableKind, Task, TaskKind},
    input,
    secrets::{Masks, Secrets, cipher_text},
};

/// ERROR lines that `errorLogs()` gives at most, the oldest. Kestra's limit.
const ERROR_LOGS_MAX: usize = 25;

/// The variables of one rendering. Kestra: `RunVariables`.
pub(super) struct Context<'c> {
    flow: &'c Flow,
    execution: &'c Execution,
    task: Option<(&'c Task, &'c TaskRun)>,
    batch: Option<Batch<'c>>,
    world: &'c World<'c>,
    outputs: Outputs<'c>,
    tasks: States<'c>,
    vars: Vars<'c>,
    workflow: Workflow<'c>,
}

/// One batch of the items of a `ForEachItem`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Batch<'c> {
    /// 1 for the first: `taskrun.iteration`.
    pub(super) iteration: u32,
    /// Of the file with its items: `taskrun.items`.
    pub(super) uri: &'c str,
}

impl<'c> Context<'c> {
    pub(super) fn of_execution(flow: &'c Flow, execution: &'c Execution, world: &'c World<'c>) -> Self {
        Self {
            flow,
            execution,
            task: None,
            batch: None,
            world,
            outputs: Outputs { runs: &execution.task_runs, opened: Opened::new(world.secrets) },
            tasks: States(&execution.task_runs),
            vars: Vars { flow: &flow.variables, execution: &execution.variables },
            workflow: Workflow {
                flow,
                execution,
                vars: Vars { flow: &flow.variables, execution: &execution.variables },
            },
        }
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

    /// As [`Self::of_task`], for the execution that is started for a batch.
    pub(super) fn of_batch(
        flow: &'c Flow,
        execution: &'c Execution,
        task: &'c Task,
        run: &'c TaskRun,
        batch: Batch<'c>,
        world: &'c World<'c>,
    ) -> Self {
        Self { batch: Some(batch), ..Self::of_task(flow, execution, task, run, world) }
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

    /// Whether what is rendered is for a script, which has directories of its own.
    fn is_script(&self) -> bool {
        self.task.is_some_and(|(task, _)| match &task.kind {
            TaskKind::Runnable(runnable) => runnable.type_name.starts_with(SCRIPTS),
            TaskKind::Flowable(_) | TaskKind::Pure(_) | TaskKind::Executable(_) | TaskKind::Worker(_) => {
                false
            }
        })
    }

    /// The task run of this rendering. One below a `WorkingDirectory` has the group's value.
    fn taskrun(&self, run: &'c TaskRun) -> Value<'c> {
        let value = run.value.as_ref().or_else(|| self.group(run)?.value.as_ref());
        let mut entries = taskrun(run, value);
        if let Some(Batch { iteration, uri }) = self.batch {
            entries.retain(|(key, _)| *key != "iteration");
            entries.push(("iteration", Value::Integer(i64::from(iteration))));
            entries.push(("items", text(uri)));
        }
        map(entries)
    }

    /// The run of the `WorkingDirectory` whose directory a run shares. Those of its error tasks share it no more.
    fn group(&self, run: &TaskRun) -> Option<&'c TaskRun> {
        let group = self.execution.task_runs.get(run.parent?)?;
        let TaskKind::Flowable(flowable) = &self.flow.task(&group.task_id)?.kind else { return None };
        let shares = matches!(flowable.kind, FlowableKind::WorkingDirectory { .. })
            && self.flow.branch_of(&run.task_id) == Some(Branch::Tasks);
        shares.then_some(group)
    }

    /// Dotted keys are nested: `labels.system.correlationId`. Kestra: of duplicates the first counts.
    fn labels(&self) -> Value<'_> {
        let mut labels = Nest::default();
        for label in &self.execution.labels {
            labels.add(&label.key, text(&label.value));
        }
        labels.into_value()
    }

    /// What was resolved, and the plain default of every input that was not: an execution that no call started has
    /// no others.
    fn inputs(&self) -> Option<Value<'_>> {
        let given = &self.execution.inputs;
        let defaults = || {
            let inputs = self.flow.inputs.iter().filter(|input| !is_given(given, &input.id));
            inputs.filter_map(|input| Some((&*input.id, input.defaults.as_ref()?)))
        };
        let secrets = || self.flow.inputs.iter().filter(|input| input::is_secret(&input.kind));
        if defaults().next().is_none() && secrets().next().is_none() {
            return (!given.is_empty()).then_some(Value::Map(Map::Borrowed(given)));
        }
        let mut inputs = Nest::of(given);
        for secret in secrets() {
            inputs.change(&secret.id, |kept| opened_input(kept, self.world.secrets));
        }
        for (id, value) in defaults() {
            inputs.add(id, Value::from(value));
        }
        Some(inputs.into_value())
    }

    /// What may not be logged: the values of SECRET inputs, and what was decrypted for this rendering.
    pub(super) fn masks(&self) -> Masks {
        let Secrets::Open(_) = self.world.secrets else { return Masks::default() };
        let mut texts = self.outputs.opened.texts();
        let secrets = self.flow.inputs.iter().filter(|input| input::is_secret(&input.kind));
        for input in secrets {
            let given = given(&self.execution.inputs, &input.id);
            // A default that was not resolved is seen as it stands in the flow.
            for value in given.or(input.defaults.as_ref()).into_iter().flat_map(one_or_all) {
                match given {
                    Some(_) => {
                        let kept = value.as_object().and_then(cipher_text);
                        texts.extend(kept.and_then(|kept| self.world.secrets.open(kept)));
                    }
                    None => texts.extend(value.as_str().map(str::to_owned)),
                }
            }
        }
        Masks::new(texts).and_given(self.world.supplied)
    }

    /// The ancestors that have something to show, nearest first.
    fn parents(&self) -> impl Iterator<Item = Value<'_>> {
        let ancestors = self.task.into_iter().flat_map(|(_, run)| self.execution.task_runs.ancestors(run));
        ancestors.filter_map(|run| {
            let mut entries = Vec::new();
            if let Some(value) = &run.value {
                entries.push(("taskrun", map([("value", text(value))])));
            }
            if !run.outputs.is_empty() {
                entries.push(("outputs", self.outputs.of(run)));
            }
            (!entries.is_empty()).then(|| map(entries))
        })
    }
}

/// How the names of tasks begin that run a script in a directory.
const SCRIPTS: &str = "io.kestra.plugin.scripts.";

const NAMES: [&str; 17] = [
    "envs",
    "globals",
    "flow",
    "vars",
    "task",
    "taskrun",
    "workerTaskrun",
    "parents",
    "parent",
    "execution",
    "outputs",
    "tasks",
    "inputs",
    "trigger",
    "labels",
    "workingDir",
    "outputDir",
];

impl Variables for Context<'_> {
    fn get(&self, name: &str) -> Option<Value<'_>> {
        if self.flow.dialect == Dialect::Conductor {
            return self.workflow.variable(name);
        }
        let execution = self.execution;
        let known = match name {
            "envs" => Some(Value::Map(Map::Borrowed(self.world.envs))),
            "globals" => Some(Value::Map(Map::Borrowed(self.world.globals))),
            "flow" => Some(self.flow()),
            "vars" => self.vars.all(),
            "task" => self.task.map(|(task, _)| Self::task(task)),
            "taskrun" => self.task.map(|(_, run)| self.taskrun(run)),
            "workerTaskrun" => {
                let group = self.task.and_then(|(_, run)| self.group(run));
                group.map(|group| map(taskrun(group, group.value.as_ref())))
            }
            "parents" => {
                self.task.map(|_| Value::List(List::Owned(self.parents().collect::<Vec<_>>().into())))
            }
            "parent" => self.parents().next(),
            "execution" => Some(self.execution()),
            "outputs" => Some(self.outputs.all()),
            "tasks" => Some(self.tasks.all()),
            "inputs" => self.inputs(),
            "trigger" => execution.trigger.as_ref().map(|it| Value::Map(Map::Borrowed(&it.variables))),
            "labels" => (!execution.labels.is_empty()).then(|| self.labels()),
            "workingDir" => self.is_script().then(|| text(WORKING_DIR)),
            "outputDir" => self.is_script().then(|| text(OUTPUT_DIR)),
            _ => None,
        };
        known.or_else(|| execution.variables.get(name).map(Value::from))
    }

    fn names(&self) -> Vec<Cow<'_, str>> {
        if self.flow.dialect == Dialect::Conductor {
            return self.workflow.names();
        }
        let known = NAMES.iter().copied().filter(|name| self.get(name).is_some());
        let own = self.execution.variables.keys().map(String::as_str).filter(|key| !NAMES.contains(key));
        known.chain(own).map(Cow::Borrowed).collect()
    }

    /// Lines that were moved out of the execution, because it had too many, are not among them.
    fn error_logs(&self) -> Option<Vec<Value<'_>>> {
        let errors = self.execution.logs.iter().filter(|line| line.level == Level::Error);
        Some(errors.take(ERROR_LOGS_MAX).map(line).collect())
    }
}

/// `taskrun`, with the value that it shows. `attemptsCount` are the attempts that went before.
fn taskrun<'c>(run: &'c TaskRun, value: Option<&'c String>) -> Vec<(&'static str, Value<'c>)> {
    let running = run.attempts.last().is_some_and(|attempt| !attempt.state.is_terminal());
    let before = run.attempts.len() - usize::from(running);
    let mut entries = vec![
        ("id", owned(run.id)),
        ("startDate", owned(run.state.first().date)),
        ("attemptsCount", Value::Integer(i64::try_from(before).unwrap_or(i64::MAX))),
    ];
    if let Some(parent) = run.parent {
        entries.push(("parentId", owned(parent)));
    }
    if let Some(value) = value {
        entries.push(("value", text(value)));
    }
    if let Some(iteration) = run.iteration {
        entries.push(("iteration", Value::Integer(i64::from(iteration))));
    }
    entries
}

fn line(line: &LogEntry) -> Value<'_> {
    let mut entries: Vec<_> = line.task_id.iter().map(|id| ("taskId", text(id))).collect();
    entries.extend([
        ("message", text(&line.message)),
        ("timestamp", owned(line.timestamp)),
        ("level", text(line.level.name())),
        ("attemptNumber", Value::Integer(i64::from(line.attempt))),
    ]);
    entries.extend(line.task_run.map(|id| ("taskRunId", owned(id))));
    map(entries)
}

/// The value of a SECRET input; of a list of them, the list. What cannot be decrypted is not there.
fn opened_input<'c>(kept: Value<'c>, secrets: Secrets<'_>) -> Option<Value<'c>> {
    match kept {
        Value::Map(Map::Borrowed(map)) if matches!(secrets, Secrets::Open(_)) => {
            secrets.open(cipher_text(map)?).map(owned)
        }
        Value::List(List::Borrowed(items)) => {
            let items = items.iter().map(|item| opened_input(Value::from(item), secrets));
            Some(Value::List(List::Owned(items.collect::<Option<Vec<_>>>()?.into())))
        }
        other => Some(other),
    }
}

/// A value, or the values of a list.
fn one_or_all(value: &Json) -> &[Json] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

/// Whether there is a value under a dotted id.
fn is_given(inputs: &serde_json::Map<String, Json>, id: &str) -> bool {
    let mut map = inputs;
    let mut rest = id;
    while let Some((segment, below)) = rest.split_once('.') {
        match map.get(segment) {
            Some(Json::Object(inner)) => map = inner,
            // A value stands where the map would have to be: nothing can be put there.
            Some(_) => return true,
            None => return false,
        }
        rest = below;
    }
    map.contains_key(rest)
}

/// The value under a dotted id.
fn given<'c>(inputs: &'c serde_json::Map<String, Json>, id: &str) -> Option<&'c Json> {
    match id.split_once('.') {
        None => inputs.get(id),
        Some((segment, below)) => given(inputs.get(segment)?.as_object()?, below),
    }
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
