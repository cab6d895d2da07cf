//! Fetching what expressions ask of the outside.

mod file;
mod secret;

use engine::execution::Execution;
use expression::Need;
use ports::{blobs, uri};
use serde_json::Value as Json;

use self::file::{File, is_uri};
use crate::{Class, Error, Service, files};

impl Service {
    /// The answer to a need: a value, or the message with which the expression fails.
    ///
    /// # Errors
    /// When the outside cannot be asked now; the expression has not failed then.
    pub(crate) async fn fetch(
        &self,
        execution: &Execution,
        need: &Need,
    ) -> Result<Result<Json, String>, Error> {
        match need {
            Need::File { asked, path, namespace } => {
                let file = match File::named(execution, path, namespace.as_deref()) {
                    Ok(file) => file,
                    Err(message) => return Ok(Err(message)),
                };
                self.ask_of_file(*asked, &file, path).await
            }
            Need::Kv { key, namespace, error_on_missing } => {
                let namespace = namespace.as_deref().unwrap_or(&execution.namespace);
                self.kept_json(&execution.tenant, namespace, key, *error_on_missing).await
            }
            Need::Secret { .. } => self.fetch_before_start(need).await,
            Need::Definition { name } => {
                let document = self.stored_task_definition(&execution.tenant, name).await?;
                Ok(Ok(document.map_or(Json::Null, Json::Object)))
            }
        }
    }

    /// What can be answered while there is no execution yet.
    ///
    /// # Errors
    /// As [`Self::fetch`].
    pub(crate) async fn fetch_before_start(&self, need: &Need) -> Result<Result<Json, String>, Error> {
        Ok(match need {
            Need::File { path, .. } if is_uri(path) => Err(not_ours(path)),
            Need::File { path, .. } => {
                Err(format!("the file '{path}' cannot be read before the execution starts"))
            }
            Need::Kv { key, .. } => Err(format!("kv('{key}') cannot be read before the execution starts")),
            Need::Definition { name } => Err(format!("no task of {name} runs before the execution starts")),
            Need::Secret { key, subkey } => {
                return secret::fetch(&*self.shared.settings.secrets, key, subkey.as_deref()).await;
            }
        })
    }

    /// A value of the key-value store; null when there is none. Kestra: one that has expired is as good as none.
    async fn kept_json(
        &self,
        tenant: &str,
        namespace: &str,
        key: &str,
        error_on_missing: bool,
    ) -> Result<Result<Json, String>, Error> {
        match self.kept_value(tenant, namespace, key).await {
            Ok(Some(stored)) if !stored.expired => Ok(Ok(stored.value.json)),
            Ok(_) if error_on_missing => {
                Ok(Err(format!("The key '{key}' does not exist in the namespace '{namespace}'.")))
            }
            Ok(_) => Ok(Ok(Json::Null)),
            Err(error) if error.class() == Class::Caller => Ok(Err(error.to_string())),
            Err(other) => Err(other),
        }
    }
}

/// Kestra: a file of this execution, or of the one that started it. Here also of those that it tries again: they have
/// the same inputs.
pub(crate) fn own_file(execution: &Execution, uri: &str) -> Result<blobs::Path, String> {
    let path = uri::to_path(&execution.tenant, uri).map_err(|_| not_ours(uri))?;
    let tries = [Some(execution.original_id), execution.parent_id].into_iter().flatten();
    let of_tries = tries
        .map(|id| files::execution_folder(&execution.tenant, &execution.namespace, &execution.flow_id, id));
    let mut others = of_tries.chain(folder_of_starter(execution));
    if files::belongs_to(&path, execution) || others.any(|folder| files::is_below(&path, &folder)) {
        Ok(path)
    } else {
        Err(not_ours(uri))
    }
}

/// The folder of the execution that started this one. No caller sets these variables.
fn folder_of_starter(execution: &Execution) -> Option<String> {
    let variables = &execution.trigger.as_ref()?.variables;
    let text = |name: &str| variables.get(name)?.as_str();
    let id = text("executionId")?.parse().ok()?;
    Some(files::execution_folder(&execution.tenant, text("namespace")?, text("flowId")?, id))
}

fn not_ours(uri: &str) -> String {
    format!("Unable to read the file '{uri}' as it didn't belong to the current execution")
}
