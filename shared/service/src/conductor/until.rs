//! When a wait for a workflow is over, and what it has seen then.

use std::{collections::VecDeque, time::Duration};

use engine::{
    conductor::{reference, tries},
    execution::{Caller, Calls, Execution, State, TaskRun, Wait},
    flow::{Flow, PureTask, SystemTask, TaskKind},
    id::{ExecutionId, TaskRunId},
};

use crate::{Error, Service, calls};

/// Sub-workflows that run which one look goes into, all levels together.
const LOOKED_INTO_MAX: usize = 100;

/// What is waited for, besides the end.
#[derive(Debug, Clone, Default)]
pub struct Until {
    /// References of tasks: one try of one of them has ended. A name that there is not is never reached.
    pub tasks: Vec<String>,
    pub at_most: Duration,
}

/// A workflow at the end of a wait.
#[derive(Debug, Clone)]
pub struct Seen {
    pub target: Execution,
    pub blocking: Option<Blocking>,
    /// Whether the time was over before anything that was waited for.
    pub timed_out: bool,
}

/// The first task for whose sake a wait was over before the end.
#[derive(Debug, Clone)]
pub struct Blocking {
    /// The sub-workflow it belongs to, the innermost one; `None` for the workflow itself.
    pub within: Option<Box<Execution>>,
    pub task_run: TaskRunId,
    /// Of the try, 1 for the first.
    pub number: u32,
}

/// What one look has found.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) target: Execution,
    pub(super) blocking: Option<Blocking>,
    /// Sub-workflows that run, as far as they were looked into.
    pub(super) children: Vec<ExecutionId>,
}

impl Seen {
    /// The execution that `BLOCKING_WORKFLOW` shows.
    pub fn blocking_workflow(&self) -> &Execution {
        self.blocking.as_ref().and_then(|it| it.within.as_deref()).unwrap_or(&self.target)
    }
}

impl Look {
    /// What is answered, if it is time to; else the sub-workflows that run.
    pub(super) fn answer(self, over: bool) -> Result<Seen, Vec<ExecutionId>> {
        let Self { target, blocking, children } = self;
        let reached = target.is_over() || blocking.is_some();
        if reached || over { Ok(Seen { target, blocking, timed_out: !reached }) } else { Err(children) }
    }
}

impl Service {
    /// Reads a workflow, and the sub-workflows that run in it, in order, until one blocks. What cannot be read of these is
    /// left out.
    ///
    /// # Errors
    /// `NotFound`, and what goes wrong with reading the workflow itself.
    pub(super) async fn look_at(&self, tenant: &str, id: ExecutionId, until: &Until) -> Result<Look, Error> {
        let target = self.execution(tenant, id).await?;
        if let Some((task_run, number)) = self.blocking(&target, until).await {
            let blocking = Some(Blocking { within: None, task_run, number });
            return Ok(Look { target, blocking, children: Vec::new() });
        }
        let mut children = Vec::new();
        let mut next: VecDeque<ExecutionId> = running_children(&target).collect();
        while let Some(child) = next.pop_front() {
            if children.len() == LOOKED_INTO_MAX {
                break;
            }
            children.push(child);
            let Ok(child) = self.execution(tenant, child).await else { continue };
            if child.is_over() {
                continue;
            }
            if let Some((task_run, number)) = self.blocking(&child, until).await {
                let blocking = Some(Blocking { within: Some(Box::new(child)), task_run, number });
                return Ok(Look { target, blocking, children });
            }
            let below: Vec<ExecutionId> = running_children(&child).collect();
            below.into_iter().rev().for_each(|it| next.push_front(it));
        }
        Ok(Look { target, blocking: None, children })
    }

    /// As [`blocking`], with the flow of the execution where that says what a task waits for.
    async fn blocking(&self, execution: &Execution, until: &Until) -> Option<(TaskRunId, u32)> {
        let sleeps = |run: &TaskRun| matches!(run.wait, Some(Wait::Sleep { until: None }));
        if !execution.task_runs.open().any(sleeps) {
            return blocking(execution, None, until);
        }
        let flow = self.flow_of(execution).await.ok();
        blocking(execution, flow.as_ref().and_then(|it| it.flow.as_ref().ok()), until)
    }
}

/// What has ended in one go. A task that was waited for is still the one that is shown.
pub(super) fn seen_at_the_end(target: Execution, until: &Until) -> Seen {
    let blocking =
        blocking(&target, None, until).map(|(task_run, number)| Blocking { within: None, task_run, number });
    Seen { target, blocking, timed_out: false }
}

/// The first task, in the order of scheduling, that is waited for and has ended, or that waits for somebody.
fn blocking(execution: &Execution, flow: Option<&Flow>, until: &Until) -> Option<(TaskRunId, u32)> {
    let runs = &execution.task_runs;
    let awaited = |run: &TaskRun| {
        !until.tasks.is_empty() && {
            let reference = reference(run, runs);
            until.tasks.contains(&reference)
        }
    };
    let blocking = tries(execution).into_iter().find(|it| {
        waits_for_somebody(it.run, flow) && !it.status.is_terminal()
            || it.status.is_terminal() && awaited(it.run)
    })?;
    Some((blocking.run.id, blocking.number))
}

/// Whether it goes on only when somebody says so: no moment at which it does by itself, besides one at which it fails.
/// Conductor: a `WAIT` blocks a call, and a `HUMAN` does not.
pub(crate) fn waits_for_somebody(run: &TaskRun, flow: Option<&Flow>) -> bool {
    match run.wait {
        Some(Wait::Resume { delay: None, .. }) => run.state.current() == State::Paused,
        Some(Wait::Sleep { until: None }) => {
            let kind = flow.and_then(|flow| flow.task(&run.task_id)).map(|task| &task.kind);
            matches!(kind, Some(TaskKind::Pure(PureTask::System(SystemTask::Wait))))
        }
        Some(
            Wait::Resume { delay: Some(_), .. }
            | Wait::Sleep { until: Some(_) }
            | Wait::Start { .. }
            | Wait::Retry { .. }
            | Wait::Round { .. }
            | Wait::Directory(_)
            | Wait::Worker,
        )
        | None => false,
    }
}

/// The executions that open task runs wait for.
fn running_children(execution: &Execution) -> impl Iterator<Item = ExecutionId> {
    let open = execution.task_runs.iter().filter(|run| !run.state.is_terminal());
    open.flat_map(move |run| {
        let number = u32::try_from(run.attempts.len()).unwrap_or(u32::MAX);
        let indices = run.calls.iter().flat_map(Calls::open).take(LOOKED_INTO_MAX);
        indices.map(move |index| {
            calls::child_id(&Caller { execution: execution.id, task_run: run.id, number, index })
        })
    })
}
