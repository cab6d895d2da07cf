//! Files that are there before their execution: doors for uploads, and an execution made of what came through them.
//!
//! A reservation stores nothing: it is an execution id, and addresses in the folder of the execution that will be. The
//! create call then sends the files' URIs as the values of its FILE inputs, and the execution gets the id they name. So
//! the id is a key: the condition of the first write makes every repeat of the create find the one execution.

use std::time::Duration;

use engine::{
    flow::Flow,
    id::ExecutionId,
    input::{Kind, Sent, Submitted},
    problem::{Invalid, Problem, Reason},
    time::Timestamp,
};
use futures_util::{StreamExt, stream};
use ports::{
    blobs::{self, ByteStream, Facts, Path},
    uri,
};
use serde_json::Value as Json;

use crate::{
    Begun, Draft, Error, Service, files,
    settings::{DOOR_VALID, UPLOADS_MAX},
    sweep::KEPT,
};

/// How the value of a FILE input begins when it names a stored file.
const SCHEME: &str = "kestra:";
/// How long an upload waits for its execution. A day later it may be swept away, so that none goes while its execution is
/// being written.
const UPLOAD_KEPT: Duration = Duration::from_hours(6 * 24);
const _: () = assert!(UPLOAD_KEPT.as_secs() < KEPT.as_secs());
/// Characters of what was sent that a message repeats.
const SHOWN_CHARACTERS: usize = 200;

/// A file that somebody is going to upload.
#[derive(Debug, Clone)]
pub struct Announced {
    /// Id of a FILE input.
    pub input: String,
    /// As the client calls it; the input's id when it is empty.
    pub file_name: String,
    /// In bytes.
    pub size: u64,
}

/// An execution id with doors for its files.
#[derive(Debug, Clone)]
pub struct Reserved {
    pub id: ExecutionId,
    /// Until when the doors are sure to be open.
    pub expires_at: Timestamp,
    /// In the order asked. Empty when the execution of that idempotency key is there already: a create call finds it
    /// whatever it sends.
    pub uploads: Vec<Upload>,
}

/// Where one file goes.
#[derive(Debug, Clone)]
pub struct Upload {
    pub input: String,
    /// In bytes.
    pub size: u64,
    /// What the create call sends as the value of the input.
    pub uri: String,
    /// Takes a `PUT` of exactly `size` bytes, past this process. `None` where the blobs have no door of their own:
    /// then [`Service::store_upload`] is the way.
    pub url: Option<String>,
}

/// The execution that the URIs of uploaded files name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    /// It is still to be, and gets this id.
    New(ExecutionId),
    /// This call is a repeat: what the execution was made of counts, and not what is sent now.
    Existing(ExecutionId),
}

impl Service {
    /// Takes an execution id, and opens doors for the files of its inputs. Nothing is stored.
    ///
    /// # Errors
    /// Those of [`Service::begin`]; `Invalid` with every problem of the announced files.
    pub async fn reserve_uploads(
        &self,
        tenant: &str,
        namespace: &str,
        flow_id: &str,
        idempotency_key: Option<&str>,
        announced: &[Announced],
    ) -> Result<Reserved, Error> {
        let expires_at = self.now().plus(DOOR_VALID);
        let draft = match self.begin(tenant, namespace, flow_id, None, idempotency_key).await? {
            Begun::New(draft) => draft,
            Begun::Existing(id) => return Ok(Reserved { id, expires_at, uploads: Vec::new() }),
        };
        self.check_announced(draft.flow(), announced)?;
        let mut uploads = Vec::with_capacity(announced.len());
        for Announced { input, file_name, size } in announced {
            let path = files::input_path(tenant, &draft.flow, draft.id, input, file_name)?;
            let url = self.shared.outside.blobs.upload_url(&path, *size, DOOR_VALID).await?;
            uploads.push(Upload { input: input.clone(), size: *size, uri: files::uri(&path), url });
        }
        Ok(Reserved { id: draft.id, expires_at, uploads })
    }

    fn check_announced(&self, flow: &Flow, announced: &[Announced]) -> Result<(), Error> {
        if announced.is_empty() || announced.len() > UPLOADS_MAX {
            let message = format!("1 to {UPLOADS_MAX} files are announced at once, not {}", announced.len());
            return Err(Error::argument(message));
        }
        let mut problems = Vec::new();
        for (index, Announced { input, file_name, size }) in announced.iter().enumerate() {
            let limit = self.shared.settings.file_bytes_max;
            if let Err(fragment) = takes_file(flow, input) {
                problems.push(problem(input, &fragment, file_name));
            } else if announced[..index].iter().any(|it| it.input == *input) {
                problems.push(problem(input, "it is announced more than once", file_name));
            } else if *size > limit {
                problems.push(problem(input, &too_large(limit), &size.to_string()));
            }
        }
        refuse(problems)
    }

    /// Stores a file for an execution that is still to be: the way in where the blobs have no door of their own.
    ///
    /// # Errors
    /// Those of [`Service::begin`]; `Invalid` when the flow has no such FILE input or what is sent breaks off;
    /// `TooLarge`; `IllegalState` when the execution is there already.
    pub async fn store_upload(
        &self,
        tenant: &str,
        flow: (&str, &str),
        id: ExecutionId,
        input: &str,
        file_name: &str,
        content: ByteStream,
    ) -> Result<(), Error> {
        let Begun::New(draft) = self.begin(tenant, flow.0, flow.1, None, None).await? else {
            return Err(Error::Internal("an execution was found for no key".to_owned()));
        };
        if let Err(fragment) = takes_file(draft.flow(), input) {
            return refuse(vec![problem(input, &fragment, file_name)]);
        }
        self.not_started(tenant, id).await?;
        let path = files::input_path(tenant, &draft.flow, id, input, file_name)?;
        // Looked again behind the last byte: nothing is replaced under an execution that began meanwhile.
        let (service, tenant) = (self.clone(), tenant.to_owned());
        let last = stream::once(async move {
            service.not_started(&tenant, id).await.map(|()| bytes::Bytes::new()).map_err(|it| it.to_string())
        });
        let content = Box::pin(content.chain(last));
        self.shared.outside.blobs.put(&path, content, self.shared.settings.file_bytes_max).await?;
        Ok(())
    }

    async fn not_started(&self, tenant: &str, id: ExecutionId) -> Result<(), Error> {
        match self.read_record(tenant, id).await? {
            None => Ok(()),
            Some(_) => Err(Error::IllegalState(format!("execution {id} was started already"))),
        }
    }

    /// The execution that the URIs of uploaded files name, when some were sent.
    ///
    /// # Errors
    /// `Invalid` when they name no files uploaded for these inputs of this flow and one execution.
    pub(crate) async fn uploaded(
        &self,
        draft: &Draft,
        submitted: &Submitted,
    ) -> Result<Option<Named>, Error> {
        if !draft.flow().inputs.iter().any(|input| matches!(input.kind, Kind::File { .. })) {
            return Ok(None);
        }
        Box::pin(self.uploaded_files(draft, submitted)).await
    }

    async fn uploaded_files(&self, draft: &Draft, submitted: &Submitted) -> Result<Option<Named>, Error> {
        let folder = files::executions_folder(&draft.tenant, &draft.flow.namespace, &draft.flow.id);
        let streamed = submitted.values().any(|sent| matches!(sent, Sent::File { .. }));
        let mut id = draft.has_key().then_some(draft.id);
        let mut problems = Vec::new();
        let mut found = Vec::new();
        for input in draft.flow().inputs.iter().filter(|input| matches!(input.kind, Kind::File { .. })) {
            let Some(uri) = submitted.get(&input.id).and_then(uri_sent) else { continue };
            let named = uri::to_path(&draft.tenant, uri).ok();
            let named = named.and_then(|path| Some((named_by(&path, &folder, &input.id)?, path)));
            let fragment = match named {
                None => "the URI is not that of a file uploaded for this input of this flow",
                Some(_) if streamed => {
                    "a call sends its files either by themselves or as URIs of uploaded ones, not both"
                }
                Some((named, _)) if id.is_some_and(|id| id != named) => {
                    "the URIs of uploaded files (and the idempotency key, if any) have to be of the same execution"
                }
                Some((named, path)) => {
                    id = Some(named);
                    found.push((input.id.as_str(), uri, path));
                    continue;
                }
            };
            problems.push(problem(&input.id, fragment, uri));
        }
        if let Some(id) = id
            && problems.is_empty()
            && !found.is_empty()
            && self.is_started(draft, id).await?
        {
            return Ok(Some(Named::Existing(id)));
        }
        let named = !found.is_empty();
        for (input, uri, path) in found {
            problems.extend(self.upload_problem(input, uri, &path).await?);
        }
        refuse(problems)?;
        Ok(id.filter(|_| named).map(Named::New))
    }

    /// Whether there is an execution of this flow with the id.
    async fn is_started(&self, draft: &Draft, id: ExecutionId) -> Result<bool, Error> {
        let Some((record, _)) = self.read_record(&draft.tenant, id).await? else { return Ok(false) };
        let execution = &record.execution;
        if execution.namespace == draft.flow.namespace && execution.flow_id == draft.flow.id {
            return Ok(true);
        }
        Err(Error::IllegalState(format!("execution {id} is one of another flow")))
    }

    async fn upload_problem(&self, input: &str, uri: &str, path: &Path) -> Result<Option<Problem>, Error> {
        let limit = self.shared.settings.file_bytes_max;
        match self.shared.outside.blobs.facts(path).await {
            Ok(Facts { size, .. }) if size > limit => {
                Ok(Some(problem(input, &too_large(limit), &size.to_string())))
            }
            Ok(Facts { modified_at, .. }) if self.now().since(modified_at) >= UPLOAD_KEPT => {
                Ok(Some(problem(input, "the file was uploaded too long ago, upload it again", uri)))
            }
            Ok(_) => Ok(None),
            Err(blobs::Error::NotFound(_)) => Ok(Some(problem(input, "the file was not uploaded", uri))),
            Err(
                other @ (blobs::Error::Source(_)
                | blobs::Error::TooLarge { .. }
                | blobs::Error::Unavailable(_)),
            ) => Err(other.into()),
        }
    }
}

/// The URI that was sent as a text, if it is one of ours.
fn uri_sent(sent: &Sent) -> Option<&str> {
    let text = match sent {
        Sent::Text(text) | Sent::Json(Json::String(text)) => text,
        Sent::Json(_) | Sent::File { .. } => return None,
    };
    text.starts_with(SCHEME).then_some(text)
}

/// The execution in whose folder an uploaded file stands: `<folder>/<id>/inputs/<input>/<file>`.
fn named_by(path: &Path, folder: &str, input: &str) -> Option<ExecutionId> {
    let rest = path.as_str().strip_prefix(folder)?.strip_prefix('/')?;
    let (id, rest) = rest.split_once('/')?;
    let (of_input, file) = rest.strip_prefix("inputs/")?.split_once('/')?;
    (of_input == files::segment(input) && !file.contains('/')).then(|| id.parse().ok())?
}

/// # Errors
/// Why it takes none: the middle of a message.
fn takes_file(flow: &Flow, id: &str) -> Result<(), String> {
    let Some(input) = flow.inputs.iter().find(|input| input.id == id) else {
        return Err("the flow has no such input".to_owned());
    };
    match &input.kind {
        Kind::File { .. } => Ok(()),
        other => Err(format!("a file is taken by a `FILE` alone, and this is a `{}`", other.type_name())),
    }
}

fn too_large(limit: u64) -> String {
    format!("a file may have at most {limit} bytes")
}

/// In the words of every other problem of an input.
fn problem(input: &str, fragment: &str, received: &str) -> Problem {
    let shown: String = received.chars().take(SHOWN_CHARACTERS).collect();
    let input: String = input.chars().take(SHOWN_CHARACTERS).collect();
    let message = format!("Invalid input for `{input}`, {fragment}, but received `{shown}`");
    Problem { path: input, message, at: None }
}

fn refuse(problems: Vec<Problem>) -> Result<(), Error> {
    if problems.is_empty() { Ok(()) } else { Err(Invalid { reason: Reason::Entity, problems }.into()) }
}
