//! A task that the test holds in its hands.

use std::sync::atomic::{AtomicUsize, Ordering};

use engine::{
    execution::{AttemptOutcome, Ending},
    flow::{PropertyType, Shape, TaskType},
};
use ports::{
    Answer,
    run::{Attempt, Runnable, Surroundings},
};
use tokio::sync::Semaphore;

const WORK: TaskType = TaskType {
    name: "test.Work",
    aliases: &[],
    properties: &[
        PropertyType { name: "hold", shape: Shape::Boolean, required: false, dynamic: true },
        PropertyType { name: "fail", shape: Shape::Boolean, required: false, dynamic: true },
    ],
};

/// A task that counts how often it runs. With `hold: true` it runs until it is let go or stopped, and with
/// `fail: true` it fails then.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) started: AtomicUsize,
    pub(crate) stopped: AtomicUsize,
    pub(crate) let_go: Semaphore,
    begun: Semaphore,
}

impl Default for Work {
    fn default() -> Self {
        let (started, stopped) = Default::default();
        Self { started, stopped, let_go: Semaphore::new(0), begun: Semaphore::new(0) }
    }
}

impl Work {
    /// Comes back when so many attempts have begun since the last call.
    pub(crate) async fn begun(&self, attempts: u32) {
        self.begun.acquire_many(attempts).await.unwrap().forget();
    }
}

impl Runnable for Work {
    fn task_type(&self) -> &TaskType {
        &WORK
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, mut surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move {
            self.started.fetch_add(1, Ordering::Relaxed);
            self.begun.add_permits(1);
            // An expression renders to text.
            let is = |name| attempt.properties.get(name).is_some_and(|it| *it == true || *it == "true");
            let (hold, fail) = (is("hold"), is("fail"));
            let done =
                || if fail { Ending::Failed { message: "as asked".to_owned() } } else { Ending::Success };
            let ending = if hold {
                tokio::select! {
                    permit = self.let_go.acquire() => {
                        permit.unwrap().forget();
                        done()
                    }
                    _ = surroundings.stop.wait_for(|stop| *stop) => {
                        self.stopped.fetch_add(1, Ordering::Relaxed);
                        Ending::Killed
                    }
                }
            } else {
                done()
            };
            let outputs = [("attempt".to_owned(), attempt.number.into())].into_iter().collect();
            AttemptOutcome::new(ending, outputs)
        })
    }
}
