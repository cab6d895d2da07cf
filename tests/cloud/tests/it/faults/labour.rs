//! Work with an effect: it remembers which attempts began.

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
    properties: &[PropertyType { name: "breaks", shape: Shape::Boolean, required: false, dynamic: true }],
};
const TAKES: Duration = Duration::from_millis(20);

#[derive(Debug, Default)]
pub(super) struct Labour {
    begun: Mutex<BTreeSet<(TaskRunId, u32)>>,
}

impl Labour {
    /// Every attempt that began.
    pub(super) fn begun(&self) -> BTreeSet<(TaskRunId, u32)> {
        self.begun.lock().unwrap().clone()
    }
}

impl Runnable for Labour {
    fn task_type(&self) -> &TaskType {
        &LABOUR
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, _: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move {
            let first = self.begun.lock().unwrap().insert((attempt.task_run, attempt.number));
            assert!(first, "attempt {} of {} began twice", attempt.number, attempt.task_run);
            tokio::time::sleep(TAKES).await;
            let breaks = attempt.properties.get("breaks").and_then(serde_json::Value::as_bool) == Some(true);
            let ending =
                if breaks { Ending::Failed { message: "on purpose".to_owned() } } else { Ending::Success };
            AttemptOutcome::new(ending, serde_json::Map::new())
        })
    }
}
