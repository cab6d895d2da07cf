//! From the body of a call to what was sent for each input.
//!
//! Four bodies are taken: none, an empty one, a form, and (beyond Kestra) a JSON object of inputs.
//!
//! Files come in two conventions. Kestra before 0.24: the *file name* is the input's id, the part's name is ignored.
//! Since then: the part's *name* is the input's id. A file name that is the id of a FILE input is read the old way.

use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use engine::input::{Input, Kind, Sent, Submitted};
use serde_json::{Map, Value as Json};
use service::{Draft, Resumption, Service};

use crate::{
    body,
    error::Error,
    limits::{JSON_BYTES_MAX, TEXT_BYTES_MAX},
    multipart::{Content, Form, Part},
};

/// How a body is to be read.
pub(crate) enum BodyKind {
    /// There may be none.
    Untyped,
    /// With its content type.
    Form(String),
    Json,
}

/// Who asks for the inputs, and keeps their files.
#[derive(Clone, Copy)]
pub(crate) enum Asking<'a> {
    /// The flow of an execution that is to start.
    Start(&'a Draft),
    /// A pause that is to be resumed.
    Resume(&'a Resumption),
}

/// What becomes of the files of a form.
#[derive(Clone, Copy)]
pub(crate) enum Files {
    Stored,
    /// Read and forgotten; the input is as if it were stored.
    Forgotten,
}

impl BodyKind {
    /// # Errors
    /// `MediaType` for what is not taken.
    pub(crate) fn by(headers: &HeaderMap) -> Result<Self, Error> {
        let Some(value) = headers.get(header::CONTENT_TYPE) else {
            return Ok(Self::Untyped);
        };
        let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
        match essence(&text).as_str() {
            "" => Ok(Self::Untyped),
            "multipart/form-data" => Ok(Self::Form(text)),
            "application/json" => Ok(Self::Json),
            _ => Err(Error::MediaType { given: text, taken: TAKEN }),
        }
    }
}

const TAKEN: &str = "[multipart/form-data, application/json]";

/// The type and subtype of a content type, in lower case.
pub(crate) fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

impl Asking<'_> {
    fn inputs(&self) -> &[Input] {
        match self {
            Self::Start(draft) => &draft.flow().inputs,
            Self::Resume(resumption) => resumption.inputs(),
        }
    }

    fn takes_file(&self, id: &str) -> bool {
        self.inputs().iter().any(|input| input.id == id && matches!(input.kind, Kind::File { .. }))
    }
}

/// Reads what was sent; files are stored with whoever asks.
///
/// # Errors
/// Those of the body. Files may have been stored then.
pub(crate) async fn read(
    service: &Service,
    asking: Asking<'_>,
    kind: BodyKind,
    body: Body,
    files: Files,
) -> Result<Submitted, Error> {
    match kind {
        BodyKind::Untyped => match body::next(&mut body.into_data_stream()).await? {
            None => Ok(Submitted::default()),
            Some(_) => Err(Error::MediaType { given: String::new(), taken: TAKEN }),
        },
        BodyKind::Json => json(&body::read(body, JSON_BYTES_MAX, "a JSON body").await?),
        BodyKind::Form(content_type) => {
            let limit = service.settings().file_bytes_max.saturating_add(TEXT_BYTES_MAX as u64);
            match Form::open(&content_type, body, limit).await? {
                Some(parts) => form(service, asking, parts, files).await,
                None => Ok(Submitted::default()),
            }
        }
    }
}

fn json(bytes: &[u8]) -> Result<Submitted, Error> {
    if bytes.is_empty() {
        return Ok(Submitted::default());
    }
    let inputs: Map<String, Json> = serde_json::from_slice(bytes)
        .map_err(|error| Error::Json(format!("a JSON body is an object of inputs by id: {error}")))?;
    Ok(inputs.into_iter().map(|(id, value)| (id, Sent::Json(value))).collect())
}

/// Kestra: of parts with the same name the last counts, and one that no input declares is ignored.
async fn form(
    service: &Service,
    asking: Asking<'_>,
    mut parts: Form,
    files: Files,
) -> Result<Submitted, Error> {
    let mut submitted = Submitted::default();
    while let Some(part) = parts.next().await? {
        match part {
            Part::Text { name, value } => {
                submitted.insert(name, Sent::Text(value));
            }
            Part::File { name, file_name, mut content } => {
                let id = if asking.takes_file(&file_name) { &file_name } else { &name };
                // A browser sends a nameless empty file for a field in which none was chosen.
                if !asking.inputs().iter().any(|input| input.id == *id) || file_name.is_empty() {
                    content.discard().await?;
                    continue;
                }
                let uri = match files {
                    Files::Stored => store(service, asking, id, &file_name, content).await?,
                    Files::Forgotten => {
                        content.discard().await?;
                        format!("kestra:///{id}")
                    }
                };
                submitted.insert(id.clone(), Sent::File { uri });
            }
        }
    }
    Ok(submitted)
}

async fn store(
    service: &Service,
    asking: Asking<'_>,
    id: &str,
    file_name: &str,
    content: Content,
) -> Result<String, Error> {
    let failure = content.failure();
    let content = Box::pin(content);
    let stored = match asking {
        Asking::Start(draft) => service.store_input_file(draft, id, file_name, content).await,
        Asking::Resume(resumption) => service.store_resume_file(resumption, id, file_name, content).await,
    };
    // The store only sees that the stream failed, not why.
    stored.map_err(|error| failure.taken().unwrap_or(Error::Service(error)))
}
