//! Reading a request's body: into memory up to a limit, or only as far as to know whether there is one.

use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use crate::error::Error;

/// Reads all of a body that has at most `limit` bytes.
///
/// # Errors
/// `TooLarge`, naming `what` has the limit; `Interrupted` when the sender breaks off.
pub(crate) async fn read(body: Body, limit: usize, what: &str) -> Result<Vec<u8>, Error> {
    let mut stream = body.into_data_stream();
    let mut all = Vec::new();
    while let Some(chunk) = next(&mut stream).await? {
        if chunk.len() > limit - all.len() {
            return Err(too_large(what, limit as u64));
        }
        all.extend_from_slice(&chunk);
    }
    Ok(all)
}

/// As [`read`], for text.
///
/// # Errors
/// `Invalid` as well, when it is not UTF-8.
pub(crate) async fn read_text(body: Body, limit: usize, what: &str) -> Result<String, Error> {
    String::from_utf8(read(body, limit, what).await?)
        .map_err(|error| Error::argument(format!("{what} has to be UTF-8 text: {}", error.utf8_error())))
}

/// Reads JSON.
///
/// # Errors
/// `MissingBody`, `Json`.
pub(crate) fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    if bytes.is_empty() {
        return Err(Error::MissingBody("body"));
    }
    serde_json::from_slice(bytes).map_err(|error| Error::Json(error.to_string()))
}

/// The next bytes, never none of them; `None` at the end.
pub(crate) async fn next(stream: &mut BodyDataStream) -> Result<Option<Bytes>, Error> {
    loop {
        match stream.next().await {
            None => return Ok(None),
            Some(Ok(chunk)) if chunk.is_empty() => {}
            Some(Ok(chunk)) => return Ok(Some(chunk)),
            Some(Err(error)) => return Err(Error::Interrupted(error.to_string())),
        }
    }
}

pub(crate) fn too_large(what: &str, limit: u64) -> Error {
    Error::Service(service::Error::TooLarge(format!("{what} may have at most {limit} bytes")))
}
