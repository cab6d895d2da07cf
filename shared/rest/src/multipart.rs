//! Forms (`multipart/form-data`), part by part, with a file never held in memory.
//!
//! The parser behind it buffers whatever its stream has ready. So the stream stands behind a [`Gate`] that lets one
//! chunk of the body through each time the parser cannot go on without it.
//!
//! # Invariants
//! * What is held in memory is one chunk of the body beyond the part that is being read.
//! * A head of a part, or what stands before the first, has at most [`crate::limits::PART_HEAD_BYTES_MAX`] bytes and a chunk.
//! * The next part begins when the one before is read to its end.

mod gate;

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::body::Body;
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use service::settings::PARTS_MAX;

use self::gate::Gate;
use crate::{
    body,
    error::Error,
    limits::{TEXT_BYTES_MAX, TEXT_PART_BYTES_MAX},
};

/// A form that is being read.
pub(crate) struct Form {
    parts: multer::Multipart<'static>,
    gate: Arc<Gate>,
    parts_read: usize,
    text_bytes: usize,
}

/// One part of a form.
pub(crate) enum Part {
    Text { name: String, value: String },
    File { name: String, file_name: String, content: Content },
}

/// The bytes of a file as they come.
pub(crate) struct Content {
    field: Box<multer::Field<'static>>,
    gate: Arc<Gate>,
}

/// Why a form could not be read on.
pub(crate) struct Failure(Arc<Gate>);

impl Failure {
    pub(crate) fn taken(&self) -> Option<Error> {
        self.0.failure()
    }
}

impl Form {
    /// Opens the form in a body of at most `limit` bytes; `None` when the body is empty.
    ///
    /// # Errors
    /// `Interrupted` when the content type names no boundary.
    pub(crate) async fn open(content_type: &str, body: Body, limit: u64) -> Result<Option<Self>, Error> {
        let mut chunks = body.into_data_stream();
        let Some(first) = body::next(&mut chunks).await? else {
            return Ok(None);
        };
        let boundary = multer::parse_boundary(content_type)
            .map_err(|error| Error::Interrupted(format!("the form cannot be read: {error}")))?;
        let rest = chunks.map(|chunk| chunk.map_err(|error| Error::Interrupted(error.to_string())));
        let gate = Arc::new(Gate::new(limit));
        let gated = gate::Gated::new(Arc::clone(&gate), stream::iter([Ok(first)]).chain(rest));
        Ok(Some(Self { parts: multer::Multipart::new(gated, boundary), gate, parts_read: 0, text_bytes: 0 }))
    }

    /// The next part that has a name.
    ///
    /// # Errors
    /// `TooLarge` beyond a limit, `Interrupted` when it is no form, `Invalid` when a text is not UTF-8.
    pub(crate) async fn next(&mut self) -> Result<Option<Part>, Error> {
        loop {
            let Self { parts, gate, .. } = self;
            let field =
                std::future::poll_fn(|context| gate.pull(context, |context| parts.poll_next_field(context)));
            let Some(field) = field.await.map_err(|error| self.gate.explain(&error))? else {
                return Ok(None);
            };
            self.parts_read += 1;
            if self.parts_read > PARTS_MAX {
                let message = format!("a form may have at most {PARTS_MAX} parts");
                return Err(service::Error::TooLarge(message).into());
            }
            let name = field.name().map(str::to_owned);
            let file_name = field.file_name().map(str::to_owned);
            let mut content = Content { field: Box::new(field), gate: Arc::clone(&self.gate) };
            match (name, file_name) {
                (None, _) => content.discard().await?,
                (Some(name), Some(file_name)) => return Ok(Some(Part::File { name, file_name, content })),
                (Some(name), None) => {
                    let value = self.text(&name, content).await?;
                    return Ok(Some(Part::Text { name, value }));
                }
            }
        }
    }

    async fn text(&mut self, name: &str, mut content: Content) -> Result<String, Error> {
        let mut bytes = Vec::new();
        while let Some(chunk) = content.next_chunk().await? {
            bytes.extend_from_slice(&chunk);
            self.text_bytes += chunk.len();
            if bytes.len() > TEXT_PART_BYTES_MAX {
                // Kestra's words for what its queues do not carry.
                return Err(Error::Service(service::Error::TooLarge(format!(
                    "Message of size {} or more has exceeded the configured limit of {TEXT_PART_BYTES_MAX}: the text of \
                     part `{name}`; send it as a FILE input",
                    bytes.len()
                ))));
            }
            if self.text_bytes > TEXT_BYTES_MAX {
                return Err(body::too_large("the text parts of a form together", TEXT_BYTES_MAX as u64));
            }
        }
        String::from_utf8(bytes).map_err(|error| {
            Error::argument(format!("part `{name}` has to be UTF-8 text: {}", error.utf8_error()))
        })
    }
}

impl Content {
    /// Reads on to the end and keeps nothing.
    pub(crate) async fn discard(&mut self) -> Result<(), Error> {
        while self.next_chunk().await?.is_some() {}
        Ok(())
    }

    /// Where to ask later why the stream failed, if it did.
    pub(crate) fn failure(&self) -> Failure {
        Failure(Arc::clone(&self.gate))
    }

    async fn next_chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let Self { field, gate } = self;
        let chunk =
            std::future::poll_fn(|context| gate.pull(context, |context| field.poll_next_unpin(context)));
        chunk.await.transpose().map_err(|error| gate.explain(&error))
    }
}

impl Stream for Content {
    type Item = Result<Bytes, String>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { field, gate } = self.get_mut();
        gate.pull(context, |context| field.poll_next_unpin(context))
            .map(|chunk| chunk.map(|chunk| chunk.map_err(|error| gate.explain(&error).message())))
    }
}

#[cfg(test)]
mod tests;
