//! From a step to a task.

use expression::Template;
use serde_json::{Map, Value as Json};

use super::{
    super::{Evaluator, Step, StepKind},
    call,
    value::rendered,
};
use crate::flow::{
    Chooser, Decision, DoWhile, Flowable, FlowableKind, Growth, NESTING_MAX, PureTask, Rendered,
    RunnableTask, SystemTask, TASKS_MAX, Task, TaskKind, WorkerTask, WorkflowTask,
};

/// How many rounds of a loop are kept when it names none.
const KEEP_LAST: &str = "keepLastN";

/// The name by which those who run attempts know `HTTP`.
pub const HTTP: &str = "io.roundtrip.conductor.Http";

/// The name by which those who run attempts know an `EVENT` to a queue of SQS: `sink` is a property of it, and the
/// `message`.
pub const EVENT: &str = "io.roundtrip.conductor.Event";
/// The type of a task of which nobody knows yet what it becomes.
pub(crate) const DYNAMIC: &str = "DYNAMIC";

/// What a `JOIN` is shown to wait for.
pub(crate) const JOIN_ON: &str = "joinOn";

/// What the steps of a definition share.
pub(super) struct Steps<'d> {
    pub(super) namespace: &'d str,
    pub(super) problems: Vec<String>,
    count: usize,
    /// Lists around the one that is read.
    depth: usize,
    /// Whether one of them takes its shape when its turn comes.
    pub(super) grows: bool,
}

impl<'d> Steps<'d> {
    pub(super) fn at(namespace: &'d str, depth: usize) -> Self {
        Self { namespace, problems: Vec::new(), count: 0, depth, grows: false }
    }
}

impl Steps<'_> {
    pub(super) fn template(&mut self, of: &str, text: &str) -> Template {
        Template::conductor(text).unwrap_or_else(|error| {
            self.problems.push(format!("{of}: {error}"));
            Template::plain("")
        })
    }

    pub(super) fn value(&mut self, of: &str, value: &Json) -> Rendered {
        rendered(value).unwrap_or_else(|error| {
            self.problems.push(format!("{of}: {error}"));
            Rendered::Literal(Json::Null)
        })
    }

    pub(super) fn list(&mut self, steps: &[Step]) -> Vec<Task> {
        self.depth += 1;
        let tasks = if self.depth > NESTING_MAX {
            self.problems.push(format!("tasks may stand {NESTING_MAX} levels deep within each other"));
            Vec::new()
        } else {
            steps.iter().map(|step| self.step(step)).collect()
        };
        self.depth -= 1;
        tasks
    }

    fn step(&mut self, step: &Step) -> Task {
        self.count += 1;
        if self.count == TASKS_MAX + 1 {
            self.problems.push(format!("a workflow has {TASKS_MAX} tasks at most"));
        }
        let input = self.value(&step.reference, &Json::Object(shown_input(step)));
        let (type_name, kind) = self.kind(step);
        let growth = growth(step);
        self.grows |= growth.is_some();
        Task {
            id: step.reference.clone(),
            type_name,
            description: step.description.clone(),
            disabled: false,
            run_if: None,
            allow_failure: step.optional,
            allow_warning: false,
            timeout: None,
            retry: None,
            log_level: None,
            log_to_file: false,
            worker_group: None,
            workflow: Some(Box::new(WorkflowTask {
                name: step.name.clone(),
                input,
                permissive: step.permissive,
                start_delay: step.start_delay,
                async_complete: step.async_complete,
                retry_count: step.retry_count,
                definition: step.definition.clone(),
                growth: growth.map(Box::new),
            })),
            kind,
        }
    }

    fn kind(&mut self, step: &Step) -> (String, TaskKind) {
        if let StepKind::Worker { task_type } = &step.kind {
            let task = WorkerTask {
                task_type: Template::plain(task_type),
                domain: None,
                input: self.value(&step.reference, &Json::Object(step.input.clone())),
                retry_count: step.retry_count,
                definition: step.definition.clone(),
            };
            return (task_type.clone(), TaskKind::Worker(task));
        }
        let (type_name, kind) = self.of_system(step);
        (type_name.to_owned(), kind)
    }

    fn of_system(&mut self, step: &Step) -> (&'static str, TaskKind) {
        let system = |task| TaskKind::Pure(PureTask::System(task));
        let reference = &step.reference;
        match &step.kind {
            StepKind::Inline => ("INLINE", system(SystemTask::Inline)),
            StepKind::Lambda => ("LAMBDA", system(SystemTask::Lambda)),
            StepKind::SetVariable => ("SET_VARIABLE", system(SystemTask::SetVariable)),
            StepKind::Join { on, mode: _ } => ("JOIN", system(SystemTask::Join { on: on.clone() })),
            StepKind::ExclusiveJoin { on, default } => (
                "EXCLUSIVE_JOIN",
                system(SystemTask::ExclusiveJoin { on: on.clone(), default: default.clone() }),
            ),
            StepKind::Wait => ("WAIT", system(SystemTask::Wait)),
            StepKind::Human => ("HUMAN", system(SystemTask::Human)),
            StepKind::Terminate => ("TERMINATE", system(SystemTask::Terminate)),
            StepKind::Jq => ("JSON_JQ_TRANSFORM", system(SystemTask::Jq)),
            StepKind::Noop => ("NOOP", system(SystemTask::Noop)),
            StepKind::Switch { legacy, evaluator, expression, cases, default } => {
                let by = match evaluator {
                    Evaluator::Parameter => Chooser::Input(expression.clone()),
                    Evaluator::Script => Chooser::Script(expression.clone()),
                };
                let cases = cases.iter().map(|(case, steps)| (case.clone(), self.list(steps))).collect();
                let decision = Decision { legacy: *legacy, by, cases, defaults: self.list(default) };
                let name = if *legacy { "DECISION" } else { "SWITCH" };
                (name, flowable(FlowableKind::Decision(decision)))
            }
            StepKind::Fork { branches } => {
                let branches: Vec<_> = branches.iter().map(|steps| self.list(steps)).collect();
                let branches = branches.into_iter().filter(|it| !it.is_empty()).collect();
                ("FORK_JOIN", flowable(FlowableKind::Fork { branches }))
            }
            StepKind::DoWhile { condition, over, items } => {
                let items = items.as_ref().or_else(|| step.input.get("_items"));
                let items = items.map(|items| self.value(reference, items));
                let keep_last = step.input.get(KEEP_LAST).and_then(Json::as_u64);
                let keep_last = keep_last.and_then(|it| u32::try_from(it).ok());
                let tasks = self.list(over);
                let it = DoWhile { condition: condition.clone(), items, keep_last, tasks };
                ("DO_WHILE", flowable(FlowableKind::DoWhile(it)))
            }
            StepKind::SubWorkflow(it) => ("SUB_WORKFLOW", call::sub_workflow(self, step, it)),
            StepKind::StartWorkflow => ("START_WORKFLOW", call::start_workflow(self, step)),
            StepKind::Http => {
                let input =
                    step.input.iter().map(|(name, value)| (name.clone(), self.value(reference, value)));
                let task = RunnableTask { type_name: HTTP.to_owned(), properties: input.collect() };
                ("HTTP", TaskKind::Runnable(task))
            }
            StepKind::Event { sink } if sink.starts_with("sqs:") => {
                let sink = ("sink".to_owned(), self.value(reference, &Json::String(sink.clone())));
                let task = RunnableTask { type_name: EVENT.to_owned(), properties: vec![sink] };
                ("EVENT", TaskKind::Runnable(task))
            }
            StepKind::Event { sink } => ("EVENT", system(SystemTask::Event { sink: sink.clone() })),
            StepKind::Worker { .. } => unreachable!("a worker's task is none of the system's"),
            // Both are shaped by their input before they begin.
            StepKind::DynamicFork(_) => {
                ("FORK_JOIN_DYNAMIC", flowable(FlowableKind::Fork { branches: Vec::new() }))
            }
            StepKind::Dynamic { .. } => (DYNAMIC, system(SystemTask::Noop)),
        }
    }
}

/// The input of a step as its run keeps it.
fn shown_input(step: &Step) -> Map<String, Json> {
    let mut input = step.input.clone();
    if let StepKind::Join { on, .. } | StepKind::ExclusiveJoin { on, .. } = &step.kind {
        input.insert(JOIN_ON.to_owned(), on.iter().map(String::as_str).collect());
    }
    input
}

fn growth(step: &Step) -> Option<Growth> {
    match &step.kind {
        StepKind::DynamicFork(form) => Some(Growth::Forks(form.clone())),
        StepKind::Dynamic { name_from } => {
            Some(Growth::Becomes { name_from: name_from.clone(), step: Box::new(step.clone()) })
        }
        StepKind::Worker { .. }
        | StepKind::Http
        | StepKind::Inline
        | StepKind::Lambda
        | StepKind::SetVariable
        | StepKind::Switch { .. }
        | StepKind::Fork { .. }
        | StepKind::Join { .. }
        | StepKind::ExclusiveJoin { .. }
        | StepKind::DoWhile { .. }
        | StepKind::SubWorkflow(_)
        | StepKind::StartWorkflow
        | StepKind::Wait
        | StepKind::Human
        | StepKind::Terminate
        | StepKind::Jq
        | StepKind::Event { .. }
        | StepKind::Noop => None,
    }
}

fn flowable(kind: FlowableKind) -> TaskKind {
    TaskKind::Flowable(Flowable { kind, errors: Vec::new(), finally: Vec::new() })
}

/// The input as a map of its own, for what names parameters by themselves.
pub(super) fn parameter<'s>(input: &'s Map<String, Json>, name: &str) -> Option<&'s Json> {
    input.get(name).filter(|it| !it.is_null())
}
