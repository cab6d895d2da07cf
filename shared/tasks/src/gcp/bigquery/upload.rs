//! The file of a load, sent in chunks that may be resumed: <https://cloud.google.com/bigquery/docs/reference/api-uploads>.

use std::ops::Range;

use hyper::{
    Method, StatusCode,
    header::{CONTENT_RANGE, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, RANGE},
};
use ports::blobs::Path;
use serde_json::Value as Json;
use tokio::time::sleep;
use url::Url;

use super::{
    super::{
        client::{self, Client, TRIES_MAX, WAIT},
        failure::Failure,
    },
    job::place,
};
use crate::http::Ask;

/// Bytes of a chunk: a multiple of 256 KiB, as the API wants it. They are read as they are sent.
const CHUNK_BYTES: u64 = 8 * 1024 * 1024;
/// Uploads that are begun for one job: the API may forget one.
const SESSIONS_MAX: usize = 3;

const CONTENT: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// A file, and where it is sent.
#[derive(Debug)]
pub(super) struct Upload<'a> {
    pub(super) client: &'a Client<'a>,
    pub(super) endpoint: &'a Url,
    pub(super) project: &'a str,
    pub(super) file: &'a Path,
    pub(super) size: u64,
}

/// What came of one session.
enum Sent {
    /// The job that has begun.
    Job(Json),
    /// The API knows nothing of the session any more.
    Lost,
}

impl Upload<'_> {
    /// Begins the job with the whole file.
    ///
    /// # Errors
    /// The API refuses, or cannot be reached for too long.
    pub(super) async fn send(&self, job: &Json) -> Result<Json, Failure> {
        for _ in 0..SESSIONS_MAX {
            let session = self.open(job).await?;
            match self.chunks(&session).await? {
                Sent::Job(job) => return Ok(job),
                Sent::Lost => {}
            }
        }
        Err(Failure::Told(format!("BigQuery lost {SESSIONS_MAX} uploads before they were complete")))
    }

    async fn open(&self, job: &Json) -> Result<Url, Failure> {
        let segments = ["upload", "bigquery", "v2", "projects", self.project, "jobs"];
        let mut url = place(self.endpoint, segments);
        url.query_pairs_mut().append_pair("uploadType", "resumable");
        let ask = Ask::new(Method::POST, url)
            .json(job)
            .header(HeaderName::from_static("x-upload-content-type"), CONTENT)
            .header(HeaderName::from_static("x-upload-content-length"), self.size.into());
        let reply = self.client.ask(&ask).await?;
        let told = reply.headers.get(LOCATION).and_then(|it| self.endpoint.join(it.to_str().ok()?).ok());
        let session =
            told.ok_or_else(|| Failure::Told("BigQuery does not say where to send the file".into()))?;
        if session.origin() == self.endpoint.origin() || is_google(&session) {
            Ok(session)
        } else {
            // Our token would go along.
            Err(Failure::Told("BigQuery wants the file to be sent to somebody else".into()))
        }
    }

    async fn chunks(&self, session: &Url) -> Result<Sent, Failure> {
        let (mut at, mut furthest, mut tries, mut is_lost) = (0, 0, 1, false);
        loop {
            let ask = if is_lost { self.question(session) } else { self.chunk(session, at) };
            let answered = self.client.once(&ask).await;
            if let Some(wait) = self.client.patience(tries, &answered) {
                sleep(wait).await;
                (tries, is_lost) = (tries + 1, true);
                continue;
            }
            let reply = answered?;
            match reply.status {
                StatusCode::OK | StatusCode::CREATED => return client::read(&reply).map(Sent::Job),
                StatusCode::PERMANENT_REDIRECT => {
                    at = received(reply.headers.get(RANGE), self.size)?;
                    if at > furthest {
                        (furthest, tries) = (at, 1);
                    } else if !is_lost {
                        if tries >= TRIES_MAX {
                            let problem =
                                format!("BigQuery takes {at} of the {} bytes and no more", self.size);
                            return Err(Failure::Told(problem));
                        }
                        tries += 1;
                        sleep(WAIT).await;
                    }
                    is_lost = false;
                }
                StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(Sent::Lost),
                status => return Err(Failure::of(status, &reply.body)),
            }
        }
    }

    fn chunk(&self, session: &Url, at: u64) -> Ask {
        let Range { start, end } = at..self.size.min(at + CHUNK_BYTES);
        if start == end {
            return self.question(session);
        }
        Ask::new(Method::PUT, session.clone())
            .header(CONTENT_TYPE, CONTENT)
            .header(CONTENT_RANGE, range(&format!("{start}-{}", end - 1), self.size))
            .part(self.file.clone(), start..end)
    }

    /// How far it is. Of an empty file, it is the end.
    fn question(&self, session: &Url) -> Ask {
        Ask::new(Method::PUT, session.clone()).header(CONTENT_RANGE, range("*", self.size))
    }
}

fn range(of: &str, size: u64) -> HeaderValue {
    HeaderValue::try_from(format!("bytes {of}/{size}")).expect("digits and an asterisk")
}

/// How many bytes have arrived: `Range: bytes=0-42` says 43, and none at all says none.
fn received(range: Option<&HeaderValue>, size: u64) -> Result<u64, Failure> {
    let Some(range) = range else { return Ok(0) };
    let last = range.to_str().ok().and_then(|it| it.strip_prefix("bytes=0-")?.parse::<u64>().ok());
    let next = last.and_then(|it| it.checked_add(1)).filter(|it| *it <= size);
    next.ok_or_else(|| Failure::Told("BigQuery does not say how much of the file has arrived".into()))
}

fn is_google(url: &Url) -> bool {
    url.scheme() == "https" && url.host_str().is_some_and(|it| it.ends_with(".googleapis.com"))
}
