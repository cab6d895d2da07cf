//! Requests of a task that knows the service it calls: no property says how they are sent.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;
use hyper::{
    HeaderMap, Method, StatusCode,
    header::{CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT},
};
use ports::blobs::{Blobs, Path};
use serde_json::Value as Json;
use url::{Url, form_urlencoded};

use super::{
    Http, Log,
    call::{AGENT, Call},
    options::Options,
    payload::{Payload, Piece},
    trouble::Trouble,
};

/// One request; it can be sent again.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    method: Method,
    url: Url,
    headers: HeaderMap,
    payload: Payload,
}

/// Its response, whatever the status.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Ask {
    pub(crate) fn new(method: Method, url: Url) -> Self {
        let headers = HeaderMap::from_iter([(USER_AGENT, HeaderValue::from_static(AGENT))]);
        Self { method, url, headers, payload: Payload::Nothing }
    }

    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// With a document as its body.
    pub(crate) fn json(self, body: &Json) -> Self {
        let content_type = HeaderValue::from_static("application/json; charset=UTF-8");
        self.header(CONTENT_TYPE, content_type).text(body.to_string())
    }

    /// With the fields of a form as its body.
    pub(crate) fn form(self, fields: &[(&str, &str)]) -> Self {
        let content_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.header(CONTENT_TYPE, content_type).text(body)
    }

    /// With these bytes of a file as its body, which are read as they are sent.
    pub(crate) fn part(mut self, file: Path, range: Range<u64>) -> Self {
        self.payload = Payload::Pieces(vec![Piece::Part(file, range)]);
        self
    }

    fn text(mut self, text: String) -> Self {
        self.payload = Payload::Text(Bytes::from(text));
        self
    }
}

impl Http {
    /// Sends it, and gathers a response of at most that many bytes. Nothing of either is logged.
    ///
    /// # Errors
    /// There is no response, or a larger one. The message has nothing of the URL's query, which may let others in.
    pub(crate) async fn ask(
        &self,
        ask: Ask,
        blobs: &Arc<dyn Blobs>,
        log: &Log,
        bytes_max: u64,
    ) -> Result<Reply, Trouble> {
        let Ask { method, url, headers, payload } = ask;
        let call =
            Call { url, method, headers, payload, options: Options::plain(), blobs: Arc::clone(blobs) };
        let mut shown = call.url.clone();
        shown.set_query(None);
        let hide = |trouble: Trouble| trouble.map(|it| it.replace(call.url.as_str(), shown.as_str()));
        let mut exchange = self.send(&call, log).await.map_err(hide)?;
        let Some(body) = exchange.gather(bytes_max).await? else {
            return Err(Trouble::Unknown(format!("{shown} answers more than {bytes_max} bytes")));
        };
        Ok(Reply { status: exchange.status, headers: exchange.headers, body })
    }
}
