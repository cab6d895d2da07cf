//! A flow, an execution of it, and a clock that moves one second with every step.

use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering},
};

use expression::{Need, Supplied};
use serde_json::{Map, Value as Json, json};

use crate::{
    execution::{AttemptOutcome, Ending, Execution, StateLog},
    flow::{self, Catalogue, Flow, PropertyType, Shape, TaskType},
    id::ExecutionId,
    machine::{Event, Next, Ready, Rejected, Work, World, apply, fold, wake_at},
    time::Timestamp,
};

pub(super) const RUNNABLE: TaskType = TaskType {
    name: "test.Work",
    aliases: &[],
    properties: &[PropertyType { name: "what", shape: Shape::String, required: false, dynamic: true }],
};

pub(super) struct Play {
    pub(super) flow: Flow,
    pub(super) execution: Execution,
    pub(super) now: Timestamp,
    /// Attempts that may be made ready.
    pub(super) room: usize,
    /// What is defined for tasks, by name.
    pub(super) defined: Map<String, Json>,
    ids: AtomicU64,
}

impl Play {
    /// `tasks` and what follows, without id and namespace.
    pub(super) fn of(body: &str) -> Self {
        let source = format!("id: played\nnamespace: test\n{body}");
        Self::with(flow::parse(&source, &Catalogue::new(vec![RUNNABLE])).unwrap())
    }

    pub(super) fn with(flow: Flow) -> Self {
        let now = Timestamp::from_millis(0);
        let id = ExecutionId::from_u128(7);
        let mut execution = Execution::created(id, "main", ("test", "played", 1), now);
        execution.inputs = json!({"amount": 5}).as_object().unwrap().clone();
        Self { flow, execution, now, room: usize::MAX, defined: Map::new(), ids: AtomicU64::new(1) }
    }

    pub(super) fn fold(&mut self) -> Next {
        self.now = self.now.plus(std::time::Duration::from_secs(1));
        let mut supplied = Supplied::new();
        loop {
            match self.fold_with(&supplied) {
                Next::Needs(needs) => {
                    for need in needs {
                        let Need::Definition { name } = &need else { panic!("{need:?}: {self}") };
                        let answer = self.defined.get(name).cloned().unwrap_or(Json::Null);
                        supplied.insert(need, Ok(answer));
                    }
                }
                next => return next,
            }
        }
    }

    fn fold_with(&mut self, supplied: &Supplied) -> Next {
        let ids = || u128::from(self.ids.fetch_add(1, Ordering::Relaxed));
        let world = World {
            now: self.now,
            ids: &ids,
            supplied,
            zone: &jiff::tz::TimeZone::UTC,
            envs: &Map::new(),
            globals: &Map::new(),
            catalogue: &Catalogue::new(vec![RUNNABLE]),
            secrets: crate::secrets::Secrets::Open(None),
            room: self.room,
        };
        let folded = fold(&self.flow, &mut self.execution, &world).unwrap();
        if let Some(grown) = folded.grown {
            self.flow = *grown;
        }
        folded.next
    }

    pub(super) fn tell(&mut self, event: Event) -> Result<(), Rejected> {
        self.now = self.now.plus(std::time::Duration::from_secs(1));
        apply(&self.flow, &mut self.execution, event, self.now)
    }

    /// Starts what is owed.
    pub(super) fn begin(&mut self) -> Vec<Ready> {
        let Next::Attempts(ready) = self.fold() else { panic!("no attempts are owed: {self}") };
        for attempt in &ready {
            self.tell(Event::AttemptStarted {
                task_run: attempt.task_run,
                number: attempt.number,
                deadline: attempt.timeout.map(|it| self.now.plus(it)),
            })
            .unwrap();
        }
        ready
    }

    pub(super) fn finish(&mut self, ready: &Ready, ending: Ending) -> Result<(), Rejected> {
        let outcome = AttemptOutcome::new(ending, Map::new());
        self.tell(Event::AttemptFinished { task_run: ready.task_run, number: ready.number, outcome })
    }

    /// Folds until nothing moves it any more. An attempt ends at once, as its `what` says; time passes when all wait.
    pub(super) fn played(mut self) -> Self {
        loop {
            match self.fold() {
                Next::Ended => return self,
                Next::Attempts(ready) => {
                    for attempt in ready {
                        self.tell(Event::AttemptStarted {
                            task_run: attempt.task_run,
                            number: attempt.number,
                            deadline: None,
                        })
                        .unwrap();
                        let what = match &attempt.work {
                            Work::Run { properties, .. } => properties.get("what").and_then(|it| it.as_str()),
                            Work::Calls { .. } | Work::Offer { .. } => None,
                        };
                        let ending = match what {
                            Some("fail") => Ending::Failed { message: "it failed".to_owned() },
                            Some("warn") => Ending::Warning,
                            _ => Ending::Success,
                        };
                        self.finish(&attempt, ending).unwrap();
                    }
                }
                Next::More => {}
                Next::Waiting => match wake_at(&self.execution) {
                    Some(at) => self.now = at,
                    None => return self,
                },
                other @ (Next::Needs(_) | Next::Place) => panic!("{other:?}: {self}"),
            }
        }
    }
}

impl std::fmt::Display for Play {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = |log: &StateLog| {
            let mut text = String::new();
            for entry in log.histories() {
                let separator = if text.is_empty() { "" } else { " > " };
                write!(text, "{separator}{}", entry.state.name()).unwrap();
            }
            text
        };
        writeln!(f, "{}", path(&self.execution.state))?;
        for run in &self.execution.task_runs {
            let mut depth = 1;
            let mut parent = run.parent;
            while let Some(id) = parent {
                depth += 1;
                parent = self.execution.task_runs.get(id).and_then(|run| run.parent);
            }
            write!(f, "{:indent$}{}: {}", "", run.task_id, path(&run.state), indent = depth * 2)?;
            for attempt in &run.attempts {
                let lost = if attempt.lost { ", lost" } else { "" };
                write!(f, " [{}{lost}]", attempt.state.current().name())?;
            }
            if !run.outputs.is_empty() {
                write!(f, " {}", serde_json::to_string(&run.outputs).unwrap())?;
            }
            writeln!(f)?;
        }
        if let Some(outputs) = &self.execution.outputs {
            writeln!(f, "outputs {}", serde_json::to_string(outputs).unwrap())?;
        }
        for line in &self.execution.logs {
            let task = line.task_id.as_deref().unwrap_or("-");
            writeln!(f, "{} {task}: {}", line.level.name(), line.message)?;
        }
        Ok(())
    }
}
