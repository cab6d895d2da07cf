//! Work with an effect: it takes a while, and remembers who did what, and with whom beside him.

use std::{collections::BTreeSet, sync::Mutex, time::Duration};

use engine::{
    execution::{AttemptOutcome, Ending},
    flow::{PropertyType, Shape, TaskType},
    id::TaskRunId,
};
use ports::{
    Answer,
    run::{Attempt, Runnable, Surroundings},
};

const LABOUR: TaskType = TaskType {
    name: "test.Labour",
    aliases: &[],
    properties: &[
        PropertyType { name: "seconds", shape: Shape::Integer, required: false, dynamic: true },
        PropertyType { name: "breaks", shape: Shape::Boolean, required: false, dynamic: true },
    ],
};

#[derive(Debug, Default)]
pub(super) struct Labour {
    done: Mutex<Done>,
}

/// What has been done so far.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// Every attempt that began.
    pub(super) begun: BTreeSet<(TaskRunId, u32)>,
    /// Every attempt that came to its own end.
    pub(super) ended: BTreeSet<(TaskRunId, u32)>,
    active: BTreeSet<TaskRunId>,
}

impl Labour {
    pub(super) fn done<T>(&self, look: impl FnOnce(&mut Done) -> T) -> T {
        look(&mut self.done.lock().unwrap())
    }
}

/// While it exists, somebody works on the task run.
struct Active<'l>(&'l Labour, TaskRunId);

impl Drop for Active<'_> {
    fn drop(&mut self) {
        self.0.done(|done| done.active.remove(&self.1));
    }
}

impl Runnable for Labour {
    fn task_type(&self) -> &TaskType {
        &LABOUR
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, mut surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move {
            let (task_run, number) = (attempt.task_run, attempt.number);
            self.done(|done| {
                assert!(done.begun.insert((task_run, number)), "attempt {number} of {task_run} began twice");
                assert!(done.active.insert(task_run), "attempt {number} of {task_run} runs beside another");
            });
            let _active = Active(self, task_run);
            let seconds = attempt.properties.get("seconds").and_then(serde_json::Value::as_u64).unwrap_or(0);
            let breaks = attempt.properties.get("breaks").and_then(serde_json::Value::as_bool) == Some(true);
            let ending = tokio::select! {
                biased;
                _ = surroundings.stop.wait_for(|stop| *stop) => Ending::Killed,
                () = tokio::time::sleep(Duration::from_secs(seconds)) => if breaks { Ending::Failed { message: "on purpose".to_owned() } } else { Ending::Success },
            };
            self.done(|done| done.ended.insert((task_run, number)));
            AttemptOutcome::new(ending, [("attempt".to_owned(), number.into())].into_iter().collect())
        })
    }
}
