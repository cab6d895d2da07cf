//! What workers report.

use std::time::Duration;

use engine::{
    conductor::TaskId,
    execution::{Execution, Level, LogLine, Report, State, TaskRun, Wait, WorkerEnd},
    id::{ExecutionId, TaskRunId},
    machine,
};
use ports::store::{Condition, Write};
use serde_json::{Map, Value as Json};

use super::{Delivery, Freed, Offer, key_of};
use crate::{Class, Error, Service, hold::Taken, record, signal::Signal};

/// How often a report is applied anew when somebody else wrote the execution meanwhile.
const TRIES_MAX: usize = 8;
/// Lines of one report; more are not kept.
const LINES_MAX: usize = 1_000;

/// What somebody says of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerSays {
    Completed,
    Failed,
    FailedWithTerminalError,
    /// It goes on: with whoever has it when he `extends`, else with whoever takes it after that time.
    InProgress {
        callback_after: Duration,
        extends: bool,
    },
}

/// An update of a task. Conductor: `TaskResult`.
#[derive(Debug, Clone)]
pub struct TaskUpdate {
    pub task: TaskId,
    pub says: WorkerSays,
    /// Added to what was reported before.
    pub outputs: Map<String, Json>,
    pub reason: Option<String>,
    pub worker: Option<String>,
    pub logs: Vec<String>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Updated {
    /// Where the next task of the same kind is found.
    pub task_type: Option<String>,
    pub domain: Option<String>,
    /// `false` when the task had ended, or its workflow: nothing was changed.
    pub heard: bool,
}

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    Applied,
    /// Written down for whoever holds the execution.
    Passed,
    /// It told of something that has moved on.
    Ignored,
}

impl Service {
    /// Takes an update of a task. One that comes late, or again, changes nothing.
    ///
    /// # Errors
    /// `NotFound` for a task that never was.
    pub async fn update_task(&self, tenant: &str, update: TaskUpdate) -> Result<Updated, Error> {
        let unknown = || Error::NotFound(format!("Task not found for taskId: {}", update.task));
        let TaskId { execution: id, task_run, number } = update.task;
        let (record, _) = self.read_record(tenant, id).await?.ok_or_else(unknown)?;
        let execution = record.execution;
        let run = execution.task_runs.get(task_run).ok_or_else(unknown)?;
        let (task_type, domain) =
            run.worker.as_deref().map(|it| (it.task_type.clone(), it.domain.clone())).unzip();
        let mut updated = Updated { task_type, domain: domain.flatten(), heard: false };
        let now = self.now();
        let lines: Vec<LogLine> = update
            .logs
            .iter()
            .take(LINES_MAX)
            .map(|message| LogLine { timestamp: now, level: Level::Info, message: message.clone() })
            .collect();
        if execution.is_over() {
            return Ok(updated);
        }
        if is_paused(run) {
            updated.heard = Box::pin(self.update_pause(&execution, run, update)).await?;
        } else if machine::open_offer(run).is_some_and(|(open, _)| open == number) {
            updated.heard = Box::pin(self.update_offer(&execution, run, update, lines)).await?;
        } else if machine::open_report(run) == Some(number) {
            updated.heard = Box::pin(self.update_sleep(&execution, update, lines)).await?;
        }
        Ok(updated)
    }

    /// Adds a line to the log of a task.
    ///
    /// # Errors
    /// `NotFound` for a task that never was.
    pub async fn log_of_task(&self, tenant: &str, task: TaskId, message: String) -> Result<(), Error> {
        let seen = self.task(tenant, task).await?;
        if seen.execution.is_over() {
            return Ok(());
        }
        let lines = vec![LogLine { timestamp: self.now(), level: Level::Info, message }];
        let signal = Signal::Logged { task_run: task.task_run, lines };
        self.signal(tenant, task.execution, &signal).await?;
        Ok(())
    }

    /// A task that waits for somebody is told how it goes on.
    async fn update_pause(
        &self,
        execution: &Execution,
        run: &TaskRun,
        update: TaskUpdate,
    ) -> Result<bool, Error> {
        let task_run = run.id;
        let signal = match update.says {
            WorkerSays::InProgress { .. } => return Ok(true),
            WorkerSays::Completed => Signal::Resume { task_run: Some(task_run), outputs: update.outputs },
            WorkerSays::Failed | WorkerSays::FailedWithTerminalError => {
                let message = update.reason.unwrap_or_else(|| "somebody said that it failed".to_owned());
                Signal::PauseFailed { task_run, message }
            }
        };
        self.signal(&execution.tenant, execution.id, &signal).await?;
        Ok(true)
    }

    /// A task of the system that waits for somebody is told how it ended, or that it goes on.
    async fn update_sleep(
        &self,
        execution: &Execution,
        update: TaskUpdate,
        lines: Vec<LogLine>,
    ) -> Result<bool, Error> {
        let (tenant, id) = (&execution.tenant, execution.id);
        let TaskId { task_run, number, .. } = update.task;
        let Some(end) = end_of(update.says) else {
            if !lines.is_empty() {
                self.signal(tenant, id, &Signal::Logged { task_run, lines }).await?;
            }
            return Ok(true);
        };
        let told =
            self.tell_report(tenant, id, (task_run, number), report(None, end, update), &lines).await?;
        Ok(told != Told::Ignored)
    }

    async fn update_offer(
        &self,
        execution: &Execution,
        run: &TaskRun,
        update: TaskUpdate,
        lines: Vec<LogLine>,
    ) -> Result<bool, Error> {
        let tenant = &execution.tenant;
        let TaskId { task_run, number, .. } = update.task;
        if let WorkerSays::InProgress { callback_after, extends } = update.says {
            let heard = self.go_on_with_offer(execution, run, &update, (callback_after, extends)).await?;
            if heard && !lines.is_empty() {
                self.signal(tenant, execution.id, &Signal::Logged { task_run, lines }).await?;
            }
            return Ok(heard);
        }
        let Some(end) = end_of(update.says) else { return Ok(false) };
        let delivered = self.delivery(execution, run).await?;
        let report = report(delivered, end, update);
        let told = self.tell_report(tenant, execution.id, (task_run, number), report, &lines).await?;
        Ok(told != Told::Ignored)
    }

    /// A worker goes on with it, or another one later.
    async fn go_on_with_offer(
        &self,
        execution: &Execution,
        run: &TaskRun,
        update: &TaskUpdate,
        (callback_after, extends): (Duration, bool),
    ) -> Result<bool, Error> {
        let Some(key) = key_of(execution, run) else { return Ok(false) };
        for _ in 0..TRIES_MAX {
            let Some(item) = self.store().get(&key).await? else { return Ok(false) };
            let mut offer: Offer = record::decode(&item.content.body)?;
            if offer.over.is_some() {
                return Ok(false);
            }
            let now = self.now();
            offer.outputs.extend(update.outputs.clone());
            if extends {
                offer.claimed_until = Some(now.plus(offer.terms.response_timeout));
            } else {
                offer.claimed_until = None;
                offer.since = now.plus(callback_after);
            }
            let content = offer.content()?;
            let body = content.body.clone();
            let put = Write::Put { key: key.clone(), condition: Condition::Version(item.version), content };
            match self.write(&key, &body, vec![put]).await {
                Ok(()) => {
                    if !extends {
                        let freed = Freed::until(&key, &offer, offer.polls);
                        self.free(&execution.tenant, &freed.into_iter().collect::<Vec<_>>()).await;
                    }
                    if !extends && let Some(offered) = run.worker.as_deref() {
                        self.shared.pollers.wake(&execution.tenant, &super::queue_of(offered));
                    }
                    return Ok(true);
                }
                Err(error) if error.class() == Class::Contention => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Contention("others update the same task again and again".to_owned()))
    }

    /// Ends an attempt: here, with what follows from it, where nobody holds the execution; else whoever does is told.
    pub(crate) async fn tell_report(
        &self,
        tenant: &str,
        id: ExecutionId,
        (task_run, number): (TaskRunId, u32),
        report: Report,
        lines: &[LogLine],
    ) -> Result<Told, Error> {
        let lines = lines.to_vec();
        self.tell_of_offer(tenant, id, &Signal::WorkerReported { task_run, number, report, lines }).await
    }

    /// Tells an execution something about one of its attempts, as [`Self::tell_report`] does.
    pub(super) async fn tell_of_offer(
        &self,
        tenant: &str,
        id: ExecutionId,
        signal: &Signal,
    ) -> Result<Told, Error> {
        for _ in 0..TRIES_MAX {
            let mut held = match self.take(tenant, id, false).await? {
                Taken::Held(held) => *held,
                Taken::Over => return Ok(Told::Ignored),
                Taken::Busy => {
                    self.signal(tenant, id, signal).await?;
                    return Ok(Told::Passed);
                }
            };
            for event in signal.clone().events(&held.record.execution) {
                let flow = held.flow.sound()?;
                if let Err(rejected) = machine::apply(flow, &mut held.record.execution, event, self.now()) {
                    tracing::debug!(%rejected, execution = %id, "a late report of a worker");
                    return Ok(Told::Ignored);
                }
            }
            let gone = match Box::pin(self.let_go(&mut held)).await {
                Err(Error::TooLarge(limit)) => self.end_oversized(&mut held, &limit).await,
                gone => gone,
            };
            match gone {
                Ok(()) => return Ok(Told::Applied),
                Err(error) if error.class() == Class::Contention => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Contention("others write the same execution again and again".to_owned()))
    }
}

/// `None` of what goes on.
fn end_of(says: WorkerSays) -> Option<WorkerEnd> {
    match says {
        WorkerSays::Completed => Some(WorkerEnd::Completed),
        WorkerSays::Failed => Some(WorkerEnd::Failed),
        WorkerSays::FailedWithTerminalError => Some(WorkerEnd::FailedWithTerminalError),
        WorkerSays::InProgress { .. } => None,
    }
}

fn report(delivered: Option<Delivery>, end: WorkerEnd, update: TaskUpdate) -> Report {
    let mut report = Report::ended(end, update.outputs, update.reason);
    if let Some(Delivery { worker, polls, begun, mut outputs, .. }) = delivered {
        outputs.extend(std::mem::take(&mut report.outputs));
        report.outputs = outputs;
        report.worked.worker = worker;
        report.worked.polls = polls;
        report.worked.begun = begun;
    }
    if update.worker.is_some() {
        report.worked.worker = update.worker;
    }
    report
}

/// Whether it waits for somebody, and not for a time alone.
pub(super) fn is_paused(run: &TaskRun) -> bool {
    run.state.current() == State::Paused && matches!(run.wait, Some(Wait::Resume { .. }))
}
