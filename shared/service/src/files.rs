//! Files of executions, and where they stand.
//!
//! Kestra's layout: `<namespace as path>/<flow>/executions/<id>/inputs/<input>/<file>` and
//! `…/tasks/<task>/<task run>/<file>`, flow and task ids as slugs.

use bytes::Bytes;
use engine::{
    execution::Execution,
    id::{ExecutionId, TaskRunId},
};
use futures_util::stream;
use ports::{blobs::Path, uri};

use crate::{Error, File, Service, StoredFlow, settings::DOOR_VALID};

/// The segment below which the folders of a flow's executions stand.
const EXECUTIONS: &str = "executions";

/// Whose file it is. Kestra redirects to the execution a file belongs to.
#[derive(Debug)]
pub enum FileOf {
    This(File),
    Other(ExecutionId),
}

impl Service {
    /// Finds a file of an execution by its `kestra://` URI; whether it is there, reading it tells.
    ///
    /// # Errors
    /// `NotFound` for an unknown execution (`Unable to find execution id '<id>'`); `Invalid` (`Invalid prefix path`) for
    /// a URI that belongs to no execution.
    pub async fn file(&self, tenant: &str, id: ExecutionId, uri: &str) -> Result<FileOf, Error> {
        let execution = self.execution(tenant, id).await.map_err(|error| match error {
            Error::NotFound(_) => Error::NotFound(format!("Unable to find execution id '{id}'")),
            other => other,
        })?;
        let path = uri::to_path(tenant, uri).map_err(|error| Error::argument(error.to_string()))?;
        if belongs_to(&path, &execution) {
            return Ok(FileOf::This(File::stored(self, path, uri)));
        }
        match execution_of(&path) {
            Some(other) if other != id => Ok(FileOf::Other(other)),
            Some(_) | None => Err(Error::argument("Invalid prefix path")),
        }
    }

    /// Keeps an answer that is too large to be sent from here, and gives the URL to fetch it from. `None`, and nothing
    /// is kept, where the blobs have no door of their own. `ending` is that of the file's name: `json`.
    ///
    /// Answers stand under `<tenant>/answers/`; a sweep, or whoever keeps the blobs, may remove them after a day.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn answer_url(
        &self,
        tenant: &str,
        ending: &str,
        content: Bytes,
    ) -> Result<Option<String>, Error> {
        let id = ExecutionId::from_u128(self.new_id());
        let path = Path::new(format!("{}/{id}.{ending}", answers_folder(tenant)))
            .map_err(|error| Error::Internal(error.to_string()))?;
        let blobs = &self.shared.outside.blobs;
        let Some(url) = blobs.download_url(&path, DOOR_VALID).await? else { return Ok(None) };
        let size = content.len() as u64;
        blobs.put(&path, Box::pin(stream::once(std::future::ready(Ok(content)))), size).await?;
        Ok(Some(url))
    }
}

/// Whether a file stands in the folder of an execution.
pub(crate) fn belongs_to(path: &Path, execution: &Execution) -> bool {
    is_below(
        path,
        &execution_folder(&execution.tenant, &execution.namespace, &execution.flow_id, execution.id),
    )
}

/// Whether a file stands in a folder, or below it.
pub(crate) fn is_below(path: &Path, folder: &str) -> bool {
    path.as_str().strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Every execution that a file may belong to, by the form of its path: a namespace, or a file of a script, may be called
/// as the folders of executions are.
pub(crate) fn executions_of(path: &Path) -> Vec<ExecutionId> {
    let segments: Vec<&str> = path.as_str().split('/').collect();
    let pairs = segments.windows(2).filter(|pair| pair[0] == EXECUTIONS);
    pairs.filter_map(|pair| pair[1].parse().ok()).collect()
}

/// The execution whose folder a file stands in, by the form of its path.
fn execution_of(path: &Path) -> Option<ExecutionId> {
    let mut segments = path.as_str().split('/').skip_while(|segment| *segment != EXECUTIONS);
    segments.next()?;
    segments.next()?.parse().ok()
}

/// The blob folder of an execution's files.
pub(crate) fn execution_folder(tenant: &str, namespace: &str, flow_id: &str, id: ExecutionId) -> String {
    format!("{}/{id}", executions_folder(tenant, namespace, flow_id))
}

/// The blob folder of the folders of a flow's executions.
pub(crate) fn executions_folder(tenant: &str, namespace: &str, flow_id: &str) -> String {
    format!("{}/{EXECUTIONS}", flow_folder(tenant, namespace, flow_id))
}

/// The blob folder of everything that has a URI.
pub(crate) fn all_folder(tenant: &str) -> String {
    format!("{tenant}/files")
}

/// The blob folder of answers that were too large to be sent.
pub(crate) fn answers_folder(tenant: &str) -> String {
    format!("{tenant}/answers")
}

fn flow_folder(tenant: &str, namespace: &str, flow_id: &str) -> String {
    format!("{}/{}/{}", all_folder(tenant), namespace.replace('.', "/"), slug(flow_id))
}

/// The blob folder of what a task keeps from one execution to the next.
pub(crate) fn task_folder(execution: &Execution, task_id: &str) -> String {
    let Execution { tenant, namespace, flow_id, .. } = execution;
    format!("{}/{}", flow_folder(tenant, namespace, flow_id), slug(task_id))
}

/// The blob folder of a task run's files.
pub(crate) fn task_run_folder(execution: &Execution, task_id: &str, task_run: TaskRunId) -> String {
    let folder = execution_folder(&execution.tenant, &execution.namespace, &execution.flow_id, execution.id);
    format!("{folder}/tasks/{}/{task_run}", slug(task_id))
}

pub(crate) fn input_path(
    tenant: &str,
    flow: &StoredFlow,
    id: ExecutionId,
    input_id: &str,
    file_name: &str,
) -> Result<Path, Error> {
    let folder = execution_folder(tenant, &flow.namespace, &flow.id, id);
    let name = if file_name.is_empty() { input_id } else { file_name };
    let path = format!("{folder}/inputs/{}/{}", segment(input_id), segment(name));
    Path::new(path).map_err(|error| Error::argument(error.to_string()))
}

pub(crate) fn uri(path: &Path) -> String {
    uri::from_path(path).expect("made below the files of a tenant")
}

/// The URI that the files of a folder begin with, without the slash.
pub(crate) fn folder_uri(folder: &str) -> Result<String, Error> {
    Path::new(folder).map(|path| uri(&path)).map_err(|error| Error::Internal(error.to_string()))
}

/// Kestra's slug: lower case, `_` and blanks as `-`, nothing else but letters and digits.
fn slug(text: &str) -> String {
    let characters = text.chars().filter_map(|c| match c {
        '_' | ' ' | '-' => Some('-'),
        c if c.is_alphanumeric() => Some(c.to_ascii_lowercase()),
        _ => None,
    });
    characters.collect()
}

/// A client's file name as one segment of a path.
pub(crate) fn segment(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|c| if c.is_control() || matches!(c, '/' | '\\') { '_' } else { c })
        .take(200)
        .collect();
    if matches!(name.as_str(), "" | "." | "..") { "file".to_owned() } else { name }
}
