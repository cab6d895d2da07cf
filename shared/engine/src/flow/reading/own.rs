//! The task types that are the engine's own: their names, and who reads each.
#![allow(clippy::unnecessary_wraps, reason = "every type is read by a function of one shape")]

mod branches;
mod dag;
mod debug;
mod directory;
mod each;
mod execution;
mod items;
mod pause;
mod rounds;
mod subflow;
mod template;
mod variables;
mod worker;

use super::{Reading, bean::Bean, task};
use crate::flow::{Executable, Flowable, FlowableKind, PureTask, TaskKind, WorkerTask};

/// Reads what a type has besides the properties of every task. `None` when it told a problem.
type Read<T> = fn(&mut Reading<'_>, &Bean<'_>) -> Option<T>;

#[derive(Debug)]
enum Reader {
    /// Its `errors` and `finally` are read for it.
    Flowable(Read<FlowableKind>),
    Pure(Read<PureTask>),
    Executable(Read<Executable>),
    Worker(Read<WorkerTask>),
}

#[derive(Debug)]
pub(super) struct OwnType {
    /// The canonical name.
    pub(super) name: &'static str,
    /// Older names, compared without regard to case.
    pub(super) aliases: &'static [&'static str],
    /// Its own, besides those of every task.
    pub(super) properties: &'static [&'static str],
    reader: Reader,
}

const fn flowable(
    name: &'static str,
    aliases: &'static [&'static str],
    properties: &'static [&'static str],
    read: Read<FlowableKind>,
) -> OwnType {
    OwnType { name, aliases, properties, reader: Reader::Flowable(read) }
}

const fn pure(
    name: &'static str,
    aliases: &'static [&'static str],
    properties: &'static [&'static str],
    read: Read<PureTask>,
) -> OwnType {
    OwnType { name, aliases, properties, reader: Reader::Pure(read) }
}

pub(super) const OWN: [OwnType; 28] = [
    flowable(
        "io.kestra.plugin.core.flow.Sequential",
        &["io.kestra.core.tasks.flows.Sequential"],
        &["tasks", "errors", "finally"],
        branches::sequential,
    ),
    flowable(
        "io.kestra.plugin.core.flow.AllowFailure",
        &["io.kestra.core.tasks.flows.AllowFailure"],
        &["tasks", "errors", "finally"],
        branches::allow_failure,
    ),
    flowable(
        "io.kestra.plugin.core.flow.Parallel",
        &["io.kestra.core.tasks.flows.Parallel"],
        &["tasks", "concurrent", "errors", "finally"],
        branches::parallel,
    ),
    flowable(
        "io.kestra.plugin.core.flow.Dag",
        &["io.kestra.core.tasks.flows.Dag"],
        &["tasks", "concurrent", "errors", "finally"],
        dag::read,
    ),
    flowable(
        "io.kestra.plugin.core.flow.If",
        &["io.kestra.core.tasks.flows.If"],
        &["condition", "then", "else", "errors", "finally"],
        branches::if_,
    ),
    flowable(
        "io.kestra.plugin.core.flow.Switch",
        &["io.kestra.core.tasks.flows.Switch"],
        &["value", "cases", "defaults", "errors", "finally"],
        branches::switch,
    ),
    flowable(
        "io.kestra.plugin.core.flow.ForEach",
        &[],
        &["values", "concurrencyLimit", "tasks", "errors", "finally"],
        each::for_each,
    ),
    flowable(
        "io.kestra.plugin.core.flow.EachSequential",
        &["io.kestra.core.tasks.flows.EachSequential"],
        &["value", "tasks", "errors", "finally"],
        each::sequential,
    ),
    flowable(
        "io.kestra.plugin.core.flow.EachParallel",
        &["io.kestra.core.tasks.flows.EachParallel"],
        &["value", "concurrent", "tasks", "errors", "finally"],
        each::parallel,
    ),
    flowable(
        "io.kestra.plugin.core.flow.LoopUntil",
        &["io.kestra.plugin.core.flow.WaitFor"],
        &["condition", "tasks", "failOnMaxReached", "checkFrequency", "errors", "finally"],
        rounds::read,
    ),
    flowable(
        "io.kestra.plugin.core.flow.Pause",
        &["io.kestra.core.tasks.flows.Pause"],
        &["delay", "pauseDuration", "behavior", "onPause", "onResume", "tasks", "errors", "finally"],
        pause::read,
    ),
    flowable(
        "io.kestra.plugin.core.flow.WorkingDirectory",
        &["io.kestra.core.tasks.flows.WorkingDirectory", "io.kestra.core.tasks.flows.Worker"],
        &["tasks", "inputFiles", "outputFiles", "namespaceFiles", "cache", "errors", "finally"],
        directory::read,
    ),
    flowable(
        "io.kestra.plugin.core.flow.ForEachItem",
        &["io.kestra.core.tasks.flows.ForEachItem"],
        &[
            "items",
            "batch",
            "namespace",
            "flowId",
            "revision",
            "inputs",
            "labels",
            "wait",
            "transmitFailed",
            "inheritLabels",
            "scheduleDate",
            "restartBehavior",
            "errors",
            "finally",
        ],
        items::read,
    ),
    // Its `errors` and `finally` are those of the template.
    flowable(
        "io.kestra.plugin.core.flow.Template",
        &["io.kestra.core.tasks.flows.Template"],
        &["namespace", "templateId", "args"],
        template::read,
    ),
    OwnType {
        name: "io.kestra.plugin.core.flow.Subflow",
        aliases: &["io.kestra.core.tasks.flows.Subflow", "io.kestra.core.tasks.flows.Flow"],
        properties: &[
            "namespace",
            "flowId",
            "revision",
            "inputs",
            "labels",
            "wait",
            "transmitFailed",
            "inheritLabels",
            "scheduleDate",
            "restartBehavior",
            "outputs",
        ],
        reader: Reader::Executable(subflow::read),
    },
    pure(
        "io.kestra.plugin.core.debug.Return",
        &["io.kestra.core.tasks.debugs.Return"],
        &["format"],
        debug::format,
    ),
    pure(
        "io.kestra.plugin.core.debug.Echo",
        &["io.kestra.core.tasks.debugs.Echo"],
        &["format", "level"],
        debug::echo,
    ),
    pure(
        "io.kestra.plugin.core.log.Log",
        &["io.kestra.core.tasks.log.Log"],
        &["message", "level"],
        debug::log,
    ),
    pure("io.kestra.plugin.core.output.OutputValues", &[], &["values"], variables::output_values),
    pure("io.kestra.plugin.core.flow.Sleep", &[], &["duration"], execution::sleep),
    pure(
        "io.kestra.plugin.core.execution.Fail",
        &["io.kestra.core.tasks.executions.Fail"],
        &["condition", "errorMessage"],
        execution::fail,
    ),
    pure("io.kestra.plugin.core.execution.Assert", &[], &["conditions", "errorMessage"], execution::assert),
    pure("io.kestra.plugin.core.execution.Exit", &[], &["state"], execution::exit),
    pure(
        "io.kestra.plugin.core.execution.Labels",
        &["io.kestra.core.tasks.executions.Labels"],
        &["labels"],
        variables::labels,
    ),
    pure("io.kestra.plugin.core.execution.SetVariables", &[], &["variables", "overwrite"], variables::set),
    pure(
        "io.kestra.plugin.core.execution.UnsetVariables",
        &[],
        &["variables", "ignoreMissing"],
        variables::unset,
    ),
    pure(
        "io.kestra.plugin.core.templating.TemplatedTask",
        &["io.kestra.core.tasks.templating.TemplatedTask"],
        &["spec"],
        execution::templated,
    ),
    // Kestra has nothing like it.
    OwnType {
        name: "io.roundtrip.worker.Task",
        aliases: &[],
        properties: &["taskType", "input", "domain"],
        reader: Reader::Worker(worker::read),
    },
];

/// The one of that name or alias.
pub(super) fn find(name: &str) -> Option<&'static OwnType> {
    OWN.iter().find(|it| it.name == name || it.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name)))
}

impl OwnType {
    pub(super) fn read(&self, reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<TaskKind> {
        match self.reader {
            Reader::Flowable(read) => {
                let kind = read(reading, bean);
                let errors = task::list(reading, bean, "errors");
                let finally = task::list(reading, bean, "finally");
                Some(TaskKind::Flowable(Flowable { kind: kind?, errors, finally }))
            }
            Reader::Pure(read) => read(reading, bean).map(TaskKind::Pure),
            Reader::Executable(read) => read(reading, bean).map(TaskKind::Executable),
            Reader::Worker(read) => read(reading, bean).map(TaskKind::Worker),
        }
    }
}
