//! Counting the ends of children, and keeping what they gave.

use engine::{
    execution::Execution,
    flow::Subflow,
    machine::{self, CallError, Event},
    secrets::Masks,
};
use expression::Supplied;
use futures_util::{StreamExt, TryStreamExt, stream};
use ports::blobs::Path;
use serde_json::{Map, Value as Json};

use super::{End, TOGETHER, keyed::known_id};
use crate::{Error, Service, carry::NEEDS_ROUNDS_MAX, files, hold::Held};

/// What a child left.
struct Left {
    end: End,
    outputs: Result<Option<Map<String, Json>>, String>,
}

impl Service {
    /// Counts those ends that are owed. `true` when there were some.
    pub(crate) async fn count_ends(&self, held: &mut Held, ends: Vec<End>) -> Result<bool, Error> {
        let owed = End::owed(ends, &held.record.execution);
        if owed.is_empty() {
            return Ok(false);
        }
        let parent: &Held = held;
        let left: Vec<Option<Left>> =
            stream::iter(owed).map(|end| self.left(parent, end)).buffered(TOGETHER).try_collect().await?;
        for Left { end, outputs } in left.into_iter().flatten() {
            self.count_end(held, &end, outputs)?;
        }
        Ok(true)
    }

    fn count_end(
        &self,
        held: &mut Held,
        end: &End,
        outputs: Result<Option<Map<String, Json>>, String>,
    ) -> Result<(), Error> {
        let (task_run, number, index) = (end.caller.task_run, end.caller.number, end.caller.index);
        // The last one before it may have ended the task run.
        if held.record.execution.task_runs.get(task_run).is_none_or(|run| machine::open(run).is_none()) {
            return Ok(());
        }
        let mut shown = Map::new();
        shown.insert("executionId".to_owned(), end.child.to_string().into());
        shown.insert("state".to_owned(), end.state.name().into());
        match outputs {
            Ok(outputs) => {
                if let Some(outputs) = outputs {
                    shown.insert("outputs".to_owned(), Json::Object(outputs));
                }
                let (state, timed_out) = (end.state, end.timed_out);
                let ended = Event::CallEnded { task_run, number, index, state, timed_out, outputs: shown };
                self.apply(held, ended)
            }
            // Kestra: the task fails, although the child did not.
            Err(message) => self.fail_calls(held, (task_run, number), message, shown),
        }
    }

    /// What a child left; `None` when it is not a child of this parent. Outputs of one of many are put where the task
    /// that merges them looks.
    async fn left(&self, parent: &Held, end: End) -> Result<Option<Left>, Error> {
        let execution = &parent.record.execution;
        let Some(run) = execution.task_runs.get(end.caller.task_run) else { return Ok(None) };
        let Some(subflow) = machine::subflow_of(parent.flow.sound()?, run) else { return Ok(None) };
        let of_many = is_items(parent, run);
        let first = known_id(execution, end.caller);
        let asked = end.has_outputs && end.outputs.is_none();
        let legacy = !of_many && subflow.outputs.is_some() && end.outputs.is_none();
        let mut outputs = Ok(end.outputs.clone());
        if asked || legacy || end.child != first {
            let Some((record, _)) = self.read_record(&execution.tenant, end.child).await? else {
                return Ok(Some(Left { end, outputs: Ok(None) }));
            };
            let child = record.execution;
            // One that tries a child again has another id, and says whose it is.
            if child.id != first && child.original_id != first {
                return Ok(None);
            }
            outputs = match child.outputs {
                Some(outputs) => Ok(Some(outputs)),
                None if legacy => self.legacy_outputs(subflow, &child).await?,
                None => Ok(None),
            };
        }
        if of_many && let Ok(Some(outputs)) = &outputs {
            let folder = files::task_run_folder(execution, &run.task_id, run.id);
            let iteration = u64::from(end.caller.index) + 1;
            self.keep(&format!("{folder}/{iteration}/outputs.ion"), outputs).await?;
        }
        Ok(Some(Left { end, outputs }))
    }

    /// One line of ION, which JSON is.
    async fn keep(&self, path: &str, outputs: &Map<String, Json>) -> Result<(), Error> {
        let path = Path::new(path).map_err(|error| Error::Internal(error.to_string()))?;
        let mut line = serde_json::to_vec(outputs).map_err(|error| Error::Internal(error.to_string()))?;
        line.push(b'\n');
        let size = line.len() as u64;
        let content = Box::pin(stream::once(std::future::ready(Ok(line.into()))));
        self.shared.outside.blobs.put(&path, content, size).await?;
        Ok(())
    }

    async fn legacy_outputs(
        &self,
        subflow: &Subflow,
        child: &Execution,
    ) -> Result<Result<Option<Map<String, Json>>, String>, Error> {
        let Some(outputs) = &subflow.outputs else { return Ok(Ok(None)) };
        let stored = self.flow_of(child).await?;
        let flow = stored.sound()?;
        if !flow.outputs.is_empty() {
            return Ok(Ok(None));
        }
        let mut supplied = Supplied::new();
        for _ in 0..NEEDS_ROUNDS_MAX {
            let rendered =
                self.with_world(&supplied, 0, |world| machine::legacy_outputs(outputs, (flow, child), world));
            match rendered {
                Ok(mut outputs) => {
                    Masks::of_given(&supplied).mask_outputs(&mut outputs);
                    return Ok(Ok(Some(outputs)));
                }
                Err(CallError::Failed(mut message)) => {
                    Masks::of_given(&supplied).mask(&mut message);
                    return Ok(Err(format!("Failed to extract outputs with the error: '{message}'")));
                }
                Err(CallError::Needs(needs)) => {
                    for need in needs {
                        let answer = self.fetch(child, &need).await?;
                        supplied.insert(need, answer);
                    }
                }
            }
        }
        Err(crate::carry::stuck())
    }
}

fn is_items(parent: &Held, run: &engine::execution::TaskRun) -> bool {
    use engine::flow::{Executable, TaskKind};
    let task = parent.flow.flow.as_ref().ok().and_then(|flow| flow.task(&run.task_id));
    task.is_some_and(|task| matches!(task.kind, TaskKind::Executable(Executable::Items { .. })))
}
