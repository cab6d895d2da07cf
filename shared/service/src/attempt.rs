//! Running attempts side by side, and hearing from them.

use std::{sync::Arc, time::Duration};

use engine::{
    duration,
    execution::{AttemptOutcome, Ending, Execution, Level, LogLine},
    id::{ExecutionId, TaskRunId},
    machine::{Ready, Work},
    secrets::Masks,
};
use ports::{
    clock::Clock,
    engine::Engine,
    run::{Attempt, Runnable, Surroundings},
    seal::Seal,
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

use crate::{Service, calls::Carrying, files, hold::Held, namespace_files::FilesOfTasks};

/// Log lines on their way from an attempt; a full channel slows it down.
const LINES_UNDERWAY_MAX: usize = 256;
/// Children of one execution that are carried in the process of their parent; the others are dispatched.
const CHILDREN_MAX: usize = 32;

/// An attempt that has ended.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) task_run: TaskRunId,
    pub(crate) number: u32,
    pub(crate) lines: Vec<LogLine>,
    pub(crate) outcome: AttemptOutcome,
}

impl Finished {
    /// Keeps secrets out of what is logged and put out.
    fn mask(&mut self, masks: &Masks) {
        self.lines.iter_mut().for_each(|line| masks.mask(&mut line.message));
        masks.mask_outputs(&mut self.outcome.outputs);
        masks.mask_metrics(&mut self.outcome.metrics);
        match &mut self.outcome.ending {
            Ending::Failed { message } | Ending::TimedOut { message } => masks.mask(message),
            Ending::Success | Ending::Warning | Ending::Killed => {}
        }
    }
}

/// The attempts of one execution that run in this process. Dropping it stops them, and with them goes the directory
/// that some of them share.
#[derive(Debug)]
pub(crate) struct Running {
    attempts: JoinSet<Finished>,
    /// Waits for each child of the execution that is carried in this process. They go on when nobody waits any more.
    children: JoinSet<()>,
    kill: watch::Sender<bool>,
    /// Who may keep a directory between attempts, once one of them shares one.
    keepers: Option<(ExecutionId, Vec<Arc<dyn Runnable>>)>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.attempts.abort_all();
        if let Some((execution, keepers)) = &self.keepers {
            for keeper in keepers {
                keeper.let_go(*execution);
            }
        }
    }
}

impl Running {
    pub(crate) fn new() -> Self {
        let (attempts, children) = Default::default();
        Self { attempts, children, kill: watch::Sender::new(false), keepers: None }
    }

    pub(crate) fn len(&self) -> usize {
        self.attempts.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.attempts.is_empty() && self.children.is_empty()
    }

    pub(crate) fn has_attempts(&self) -> bool {
        !self.attempts.is_empty()
    }

    /// How many more children may be carried here.
    pub(crate) fn room_for_children(&self) -> usize {
        CHILDREN_MAX.saturating_sub(self.children.len())
    }

    /// Stays with a child until it is let go.
    pub(crate) fn accompany(&mut self, carrying: Carrying) {
        self.children.spawn(async move {
            let _ = carrying.await;
        });
    }

    /// The next attempt that ends; `None` when a child was let go. Waits for ever when there is neither.
    pub(crate) async fn news(&mut self) -> Option<Finished> {
        loop {
            tokio::select! {
                biased;
                Some(finished) = self.attempts.join_next() => {
                    if let Ok(finished) = finished {
                        return Some(finished);
                    }
                }
                Some(_) = self.children.join_next() => return None,
                else => std::future::pending().await,
            }
        }
    }

    /// Tells every attempt to stop.
    pub(crate) fn kill(&self) {
        self.kill.send_replace(true);
    }

    /// Ends whatever has not stopped by itself, and comes back when it is gone.
    pub(crate) async fn end(&mut self) {
        self.attempts.shutdown().await;
        self.kill.send_replace(false);
    }

    /// The next attempt that ends. Waits for ever when none runs.
    pub(crate) async fn finished(&mut self) -> Finished {
        loop {
            match self.attempts.join_next().await {
                Some(Ok(finished)) => return finished,
                // `run` catches what a task does wrong; only an abort ends here, and then nobody listens.
                Some(Err(_)) => {}
                None => std::future::pending().await,
            }
        }
    }

    /// One that has ended already, besides those that were waited for.
    pub(crate) fn finished_too(&mut self) -> Option<Finished> {
        loop {
            if let Ok(finished) = self.attempts.try_join_next()? {
                return Some(finished);
            }
        }
    }

    pub(crate) fn begin(&mut self, service: &Service, held: &Held, ready: Ready) {
        let Work::Run { type_name, properties, directory } = ready.work else { return };
        let execution = &held.record.execution;
        let attempt = Attempt {
            tenant: execution.tenant.clone(),
            namespace: execution.namespace.clone(),
            flow_id: execution.flow_id.clone(),
            execution: execution.id,
            task_run: ready.task_run,
            folder: files::task_run_folder(execution, &ready.task_id, ready.task_run),
            task_folder: files::task_folder(execution, &ready.task_id),
            value: value_of(execution, ready.task_run),
            directory,
            task_id: ready.task_id,
            number: ready.number,
            properties,
        };
        let runnable = service.shared.runnables.get(type_name.as_str()).cloned();
        if directory.is_some() {
            let keepers = || (execution.id, service.shared.outside.runnables.clone());
            self.keepers.get_or_insert_with(keepers);
        }
        let blobs = Arc::new(FilesOfTasks(service.clone()));
        let asked = Arc::new(service.asked());
        let engine: Arc<dyn Engine> = asked.clone();
        let kill = self.kill.subscribe();
        let (timeout, alert, masks) = (ready.timeout, ready.alert, ready.masks);
        let clock = Arc::clone(&service.shared.outside.clock);
        let seal: Arc<dyn Seal> = Arc::new(service.clone());
        self.attempts.spawn(async move {
            let (stop, stopped) = watch::channel(false);
            let (log, lines) = mpsc::channel(LINES_UNDERWAY_MAX);
            let surroundings = Surroundings { blobs, engine, seal, stop: stopped, log };
            let Some(runnable) = runnable else {
                return Finished {
                    task_run: attempt.task_run,
                    number: attempt.number,
                    lines: Vec::new(),
                    outcome: AttemptOutcome::failed(format!(
                        "this server cannot run tasks of type {type_name}"
                    )),
                };
            };
            let mut finished =
                run(runnable, attempt, surroundings, lines, Limits { kill, stop, timeout, alert, clock })
                    .await;
            finished.mask(&masks);
            finished.mask(&asked.told());
            finished
        });
    }
}

/// The value of a task run, or of the nearest run around it that has one.
fn value_of(execution: &Execution, task_run: TaskRunId) -> Option<String> {
    let mut next = execution.task_runs.get(task_run);
    while let Some(run) = next {
        if run.value.is_some() {
            return run.value.clone();
        }
        next = execution.task_runs.get(run.parent?);
    }
    None
}

/// What may end an attempt before it ends by itself.
struct Limits {
    kill: watch::Receiver<bool>,
    stop: watch::Sender<bool>,
    timeout: Option<Duration>,
    /// When a line is written, and nothing else happens.
    alert: Option<Duration>,
    clock: Arc<dyn Clock>,
}

/// Why an attempt was told to stop.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stopped {
    Killed,
    TimedOut(Duration),
}

async fn run(
    runnable: Arc<dyn Runnable>,
    attempt: Attempt,
    surroundings: Surroundings,
    mut incoming: mpsc::Receiver<LogLine>,
    mut limits: Limits,
) -> Finished {
    let task_run = attempt.task_run;
    let number = attempt.number;
    // A task that panics must not take the carrier with it; a carrier that is dropped takes its task along.
    let mut work = JoinSet::new();
    work.spawn(async move { runnable.run(&attempt, surroundings).await });
    let mut lines = Vec::new();
    let mut stopped = None;
    let mut alerted = false;
    let (deadline, late) = (after(limits.timeout), after(limits.alert));
    tokio::pin!(deadline, late);
    let outcome = loop {
        tokio::select! {
            biased;
            Some(outcome) = work.join_next() => break outcome,
            () = asked(&mut limits.kill), if stopped.is_none() => {
                stopped = Some(Stopped::Killed);
                limits.stop.send_replace(true);
            }
            () = &mut deadline, if stopped.is_none() => {
                stopped = limits.timeout.map(Stopped::TimedOut);
                limits.stop.send_replace(true);
            }
            () = &mut late, if !alerted => {
                alerted = true;
                let after = limits.alert.unwrap_or_default().as_secs();
                let message = format!("Task timed out after {after} seconds; it goes on");
                lines.push(LogLine { timestamp: limits.clock.now(), level: Level::Warn, message });
            }
            // The last, so that a task that never stops talking can be stopped.
            Some(line) = incoming.recv() => lines.push(line),
        }
    };
    while let Some(line) = incoming.recv().await {
        lines.push(line);
    }
    let outcome = match (outcome, stopped) {
        (Err(_), _) => AttemptOutcome::failed("the task broke off with a fault of its own (a panic)"),
        (Ok(outcome), Some(Stopped::TimedOut(timeout))) => AttemptOutcome {
            ending: Ending::TimedOut { message: format!("Timeout after {}", duration::format(timeout)) },
            ..outcome
        },
        (Ok(outcome), Some(Stopped::Killed) | None) => outcome,
    };
    Finished { task_run, number, lines, outcome }
}

/// Comes back then; never without a time.
async fn after(time: Option<Duration>) {
    match time {
        Some(time) => tokio::time::sleep(time).await,
        None => std::future::pending().await,
    }
}

/// Comes back once `true` was sent; never when the sender is gone without it.
async fn asked(signal: &mut watch::Receiver<bool>) {
    if signal.wait_for(|asked| *asked).await.is_err() {
        std::future::pending::<()>().await;
    }
}
