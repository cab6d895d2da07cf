//! A response that is being read.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bytes::Bytes;
use engine::duration;
use http_body_util::BodyExt;
use hyper::{HeaderMap, StatusCode, body::Incoming, header::CONTENT_LENGTH};
use serde_json::{Value as Json, json};
use tokio::time::timeout;
use url::Url;

use super::pool::{Lane, Pool, Sender};

/// The connection it came by: kept for the next request when it has been read to its end, else closed.
#[derive(Debug)]
pub(super) struct Hold {
    pub(super) lane: Lane,
    pub(super) sender: Sender,
    pub(super) pool: Arc<Pool>,
    pub(super) idle_max: Duration,
}

#[derive(Debug)]
pub(super) struct Exchange {
    /// What was called at last.
    pub(super) url: Url,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    body: Incoming,
    hold: Option<Hold>,
    read_idle_max: Duration,
}

impl Exchange {
    pub(super) fn new(
        url: Url,
        response: hyper::Response<Incoming>,
        hold: Hold,
        read_idle_max: Duration,
    ) -> Self {
        let (parts, body) = response.into_parts();
        Self { url, status: parts.status, headers: parts.headers, body, hold: Some(hold), read_idle_max }
    }

    /// The next piece of the body, as large as it came.
    ///
    /// # Errors
    /// It stopped before its end, or for too long.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, String> {
        loop {
            let frame = timeout(self.read_idle_max, self.body.frame()).await.map_err(|_| {
                format!("Read timed out: nothing came for {}", duration::format(self.read_idle_max))
            })?;
            match frame {
                None => {
                    if let Some(Hold { lane, sender, pool, idle_max }) = self.hold.take() {
                        pool.put(lane, sender, idle_max);
                    }
                    return Ok(None);
                }
                Some(Err(error)) => {
                    return Err(format!("the response cannot be read to its end: {}", said(&error)));
                }
                Some(Ok(frame)) => {
                    // Trailers are not told to anybody.
                    if let Ok(bytes) = frame.into_data() {
                        return Ok(Some(bytes));
                    }
                }
            }
        }
    }

    /// The whole body. `None` when it has more bytes than that.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub(super) async fn gather(&mut self, bytes_max: u64) -> Result<Option<Vec<u8>>, String> {
        if self.length().is_some_and(|it| it > bytes_max) {
            return Ok(None);
        }
        let mut whole = Vec::new();
        while let Some(bytes) = self.next().await? {
            if (whole.len() + bytes.len()) as u64 > bytes_max {
                return Ok(None);
            }
            whole.extend_from_slice(&bytes);
        }
        Ok(Some(whole))
    }

    /// The start of the body, of that many bytes at most; an error ends it.
    pub(super) async fn start(&mut self, bytes_max: usize) -> Vec<u8> {
        let mut start = Vec::new();
        while let Ok(Some(bytes)) = self.next().await {
            let room = bytes_max - start.len();
            start.extend_from_slice(&bytes[..room.min(bytes.len())]);
            if start.len() == bytes_max {
                break;
            }
        }
        start
    }

    /// How many bytes the server says there are.
    pub(super) fn length(&self) -> Option<u64> {
        self.headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
    }

    /// Kestra: each name with the list of its values.
    pub(super) fn headers(&self) -> Json {
        let mut all: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (name, value) in &self.headers {
            all.entry(name.as_str())
                .or_default()
                .push(String::from_utf8_lossy(value.as_bytes()).into_owned());
        }
        json!(all)
    }
}

/// An error with what is behind it.
pub(super) fn said(error: &dyn std::error::Error) -> String {
    let mut message = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        let cause = error.to_string();
        if !message.contains(&cause) {
            message = format!("{message}: {cause}");
        }
        next = error.source();
    }
    message
}
