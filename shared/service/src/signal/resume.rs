//! Resuming an execution: what the pause asks for, and what was answered.

use std::sync::Arc;

use engine::{
    execution::{Execution, State, Wait},
    flow::{Flow, FlowableKind, TaskKind},
    id::{ExecutionId, TaskRunId},
    input::{self, Input, Resolution, Submitted},
    secrets::Masks,
};
use expression::Supplied;
use ports::blobs::{ByteStream, Path};
use serde_json::{Map, Value as Json};

use super::Signal;
use crate::{
    Error, Service, StoredFlow,
    carry::{self, NEEDS_ROUNDS_MAX},
    files,
};

/// The output of a pause that holds what it was answered.
const ON_RESUME: &str = "onResume";

/// A pause that is about to be resumed, so that what it asks for can be read and files be stored for it.
#[derive(Debug)]
pub struct Resumption {
    execution: Execution,
    flow: Arc<StoredFlow>,
    /// The run of a `Pause`; `None` when somebody paused the execution.
    paused: Option<(TaskRunId, String)>,
    /// Where the files of this answer are: another answer to the same pause has another folder.
    folder: String,
}

impl Resumption {
    /// The flow, known to be sound.
    #[allow(clippy::missing_panics_doc, reason = "made of executions of sound flows alone")]
    pub fn flow(&self) -> &Flow {
        self.flow.flow.as_ref().expect("a resumption is only made of a flow that can be read")
    }

    /// What the pause asks for.
    pub fn inputs(&self) -> &[Input] {
        let task = self.paused.as_ref().and_then(|(_, task_id)| self.flow().task(task_id));
        match task.map(|it| &it.kind) {
            Some(TaskKind::Flowable(flowable)) => match &flowable.kind {
                FlowableKind::Pause(pause) => &pause.on_resume,
                FlowableKind::Sequential { .. }
                | FlowableKind::AllowFailure { .. }
                | FlowableKind::Parallel { .. }
                | FlowableKind::Dag { .. }
                | FlowableKind::If { .. }
                | FlowableKind::Switch { .. }
                | FlowableKind::ForEach(_)
                | FlowableKind::LoopUntil(_)
                | FlowableKind::WorkingDirectory { .. }
                | FlowableKind::ForEachItem { .. }
                | FlowableKind::Template(_) => &[],
            },
            Some(
                TaskKind::Pure(_) | TaskKind::Runnable(_) | TaskKind::Executable(_) | TaskKind::Worker(_),
            )
            | None => &[],
        }
    }

    /// The task that asks; `None` when somebody paused the execution.
    pub fn task_id(&self) -> Option<&str> {
        self.paused.as_ref().map(|(_, task_id)| task_id.as_str())
    }

    pub(super) fn task_run(&self) -> Option<TaskRunId> {
        self.paused.as_ref().map(|(task_run, _)| *task_run)
    }

    /// The outputs of a pause that goes on though nobody answered.
    pub(super) fn unanswered(&self) -> Map<String, Json> {
        let nulls = self.inputs().iter().map(|input| (input.id.clone(), Json::Null)).collect();
        self.outputs(nulls)
    }

    fn outputs(&self, values: Map<String, Json>) -> Map<String, Json> {
        if self.inputs().is_empty() {
            Map::new()
        } else {
            Map::from_iter([(ON_RESUME.to_owned(), Json::Object(values))])
        }
    }
}

impl Service {
    /// Finds what is to be resumed: the first run of a `Pause` that waits, or else the pause that somebody asked for.
    ///
    /// # Errors
    /// `NotFound`; `IllegalState` when it is not paused.
    pub async fn begin_resume(&self, tenant: &str, id: ExecutionId) -> Result<Resumption, Error> {
        let execution = self.execution(tenant, id).await?;
        let resumption = match execution.state.current() {
            State::Paused => self.resumption_of(execution).await?,
            State::Created
            | State::Running
            | State::Restarted
            | State::Killing
            | State::Success
            | State::Warning
            | State::Failed
            | State::Killed
            | State::Cancelled
            | State::Queued
            | State::Retrying
            | State::Retried
            | State::Skipped => None,
        };
        resumption
            .ok_or_else(|| Error::IllegalState(format!("Execution '{id}' is not paused, can't resume it")))
    }

    /// `None` when there is no pause that anybody could end.
    pub(super) async fn resumption_of(&self, execution: Execution) -> Result<Option<Resumption>, Error> {
        let paused = execution
            .task_runs
            .iter()
            .find(|run| run.state.current() == State::Paused && matches!(run.wait, Some(Wait::Resume { .. })))
            .map(|run| (run.id, run.task_id.clone()));
        if paused.is_none() && !execution.course.held_back {
            return Ok(None);
        }
        let flow = self.flow_of(&execution).await?;
        flow.sound()?;
        let folder = paused.as_ref().map_or_else(String::new, |(task_run, task_id)| {
            let answer = ExecutionId::from_u128(self.new_id());
            format!("{}/{answer}", files::task_run_folder(&execution, task_id, *task_run))
        });
        Ok(Some(Resumption { execution, flow, paused, folder }))
    }

    /// Stores a file for an input of the pause; gives its `kestra://` URI.
    ///
    /// # Errors
    /// `TooLarge`; `Invalid` when what is sent breaks off.
    pub async fn store_resume_file(
        &self,
        resumption: &Resumption,
        input_id: &str,
        file_name: &str,
        content: ByteStream,
    ) -> Result<String, Error> {
        let name = if file_name.is_empty() { input_id } else { file_name };
        let path = format!("{}/{}/{}", resumption.folder, files::segment(input_id), files::segment(name));
        let path = Path::new(path).map_err(|error| Error::argument(error.to_string()))?;
        self.shared.outside.blobs.put(&path, content, self.shared.settings.file_bytes_max).await?;
        Ok(files::uri(&path))
    }

    /// Says what became of each input of the pause, and changes nothing.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn check_resume<'r>(
        &self,
        resumption: &'r Resumption,
        submitted: &Submitted,
    ) -> Result<Resolution<'r>, Error> {
        let mut supplied = Supplied::new();
        let now = self.now();
        for _ in 0..NEEDS_ROUNDS_MAX {
            let inputs = resumption.inputs();
            let resolved = self.with_seal(|seal| {
                input::resolve_all(resumption.flow(), inputs, submitted, &supplied, now, seal)
            });
            match resolved {
                Ok(mut resolution) => {
                    resolution.mask(&Masks::of_given(&supplied));
                    return Ok(resolution);
                }
                Err(needs) => {
                    for need in needs {
                        let answer = self.fetch(&resumption.execution, &need).await?;
                        supplied.insert(need, answer);
                    }
                }
            }
        }
        Err(carry::stuck())
    }

    /// Resumes. Of several who resume the same pause at the same time one is heard.
    ///
    /// # Errors
    /// `Invalid` when an input is against the rules: it stays paused, and the files are forgotten.
    pub async fn resume(&self, resumption: Resumption, submitted: &Submitted) -> Result<Execution, Error> {
        let values = match self.check_resume(&resumption, submitted).await {
            Ok(resolution) => resolution.values().map_err(Error::from),
            Err(error) => Err(error),
        };
        match values {
            Ok(values) => {
                let outputs = resumption.outputs(values);
                let Execution { tenant, id, .. } = &resumption.execution;
                self.signal(tenant, *id, &Signal::Resume { task_run: resumption.task_run(), outputs }).await
            }
            Err(refused) => {
                self.abandon_resume(resumption).await;
                Err(refused)
            }
        }
    }

    /// Resumes though nobody answered, whatever the pause asks for. Kestra: so are many at once.
    ///
    /// # Errors
    /// As [`Self::begin_resume`].
    pub async fn resume_unanswered(&self, tenant: &str, id: ExecutionId) -> Result<Execution, Error> {
        let resumption = self.begin_resume(tenant, id).await?;
        let outputs = resumption.unanswered();
        self.signal(tenant, id, &Signal::Resume { task_run: resumption.task_run(), outputs }).await
    }

    /// Forgets the files that were stored for an answer.
    pub async fn abandon_resume(&self, resumption: Resumption) {
        let folder = resumption.folder;
        if folder.is_empty() {
            return;
        }
        if let Err(error) = self.shared.outside.blobs.delete_under(&folder).await {
            tracing::warn!(%error, folder, "files of a refused call remain");
        }
    }
}
