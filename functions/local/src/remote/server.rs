//! A server as its client sees it: requests, answers, and who asks.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, StatusCode, Url, header};
use serde_json::Value as Json;

use crate::{cli, report};

/// How often a request that may be repeated is sent.
const TRIES_MAX: u32 = 4;
/// Before the second try; twice as long before the third, and so on.
const PAUSE: Duration = Duration::from_millis(500);
const CONNECT_MAX: Duration = Duration::from_secs(10);

/// Where to ask.
#[derive(Debug)]
pub(crate) struct Server {
    http: Client,
    /// What every path of the server starts with, such as the stage of an API gateway.
    base: Url,
    /// `/api/v1` and the tenant, if one is named.
    api: String,
    credentials: Option<Credentials>,
}

#[derive(Clone)]
enum Credentials {
    Basic { user: String, password: String },
    Bearer(String),
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials")
    }
}

/// What a request carries.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    None,
    Json(String),
    Yaml(String),
}

/// What came back, redirects followed.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// Where to go on waiting.
    pub(crate) location: Option<String>,
    text: String,
}

/// A flow as the server has it.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) source: String,
    pub(crate) revision: u64,
}

impl Server {
    /// # Errors
    /// No URL was given, or it is none.
    pub(crate) fn of(at: &cli::At) -> Result<Self, report::Error> {
        let text = at.server.as_deref().unwrap_or_default();
        let wrong = |why: String| report::Error::plain(format!("`--server` is no URL of a server: {why}"));
        let mut base = Url::parse(text).map_err(|error| wrong(error.to_string()))?;
        if !matches!(base.scheme(), "http" | "https") || !base.has_host() {
            return Err(wrong("it starts with http:// or https://".to_owned()));
        }
        let named = (!base.username().is_empty()).then(|| Credentials::Basic {
            user: decoded(base.username()),
            password: decoded(base.password().unwrap_or_default()),
        });
        let credentials = named.or_else(|| at.token.clone().map(Credentials::Bearer));
        // Not to be seen in messages.
        let _ = base.set_username("");
        let _ = base.set_password(None);
        base.set_query(None);
        base.set_fragment(None);
        let tenant = at.tenant.as_deref().map_or_else(String::new, |it| format!("/{}", segment(it)));
        let http = Client::builder().connect_timeout(CONNECT_MAX).build();
        let http =
            http.map_err(|error| report::Error::new("HTTP cannot be spoken from here", root(&error)))?;
        Ok(Self { http, base, api: format!("/api/v1{tenant}"), credentials })
    }

    /// The address of a path below the API.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("{}{}{path}", self.start(), self.api)
    }

    fn start(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Sends a request; again when the answer did not come and a repeat does no harm: everything but a `POST` without
    /// an idempotency key.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: Body,
    ) -> Result<Answer, report::Error> {
        self.send_to(method, &self.address(path), key, body).await
    }

    /// The same for an address that the server gave. One without a host is the server's.
    pub(crate) async fn send_to(
        &self,
        method: Method,
        address: &str,
        key: Option<&str>,
        body: Body,
    ) -> Result<Answer, report::Error> {
        let tries = if method == Method::POST && key.is_none() { 1 } else { TRIES_MAX };
        for number in 1.. {
            let mut request = self.request(method.clone(), address)?;
            if let Some(key) = key {
                request = request.header("idempotency-key", key);
            }
            request = match body.clone() {
                Body::None => request,
                Body::Json(text) => request.header(header::CONTENT_TYPE, "application/json").body(text),
                Body::Yaml(text) => request.header(header::CONTENT_TYPE, "application/x-yaml").body(text),
            };
            match self.answer(request).await {
                Ok(answer) if number == tries || !answer.is_passing() => return Ok(answer),
                Err(error) if number == tries || error.is_connect() || error.is_builder() => {
                    return Err(self.unreachable(&error));
                }
                Ok(_) | Err(_) => tokio::time::sleep(PAUSE * number).await,
            }
        }
        unreachable!("the last try returns")
    }

    async fn answer(&self, request: RequestBuilder) -> Result<Answer, reqwest::Error> {
        let response = request.send().await?;
        let status = response.status();
        let location = response.headers().get(header::LOCATION).and_then(|it| it.to_str().ok());
        let location = location.map(str::to_owned);
        Ok(Answer { status, location, text: response.text().await? })
    }

    /// Streams a file to where the server said, which may be elsewhere: then without saying who asks.
    pub(crate) async fn put_file(
        &self,
        url: &str,
        size: u64,
        content: reqwest::Body,
    ) -> Result<(), report::Error> {
        let request = self.request(Method::PUT, url)?.header(header::CONTENT_LENGTH, size).body(content);
        self.answer(request).await.map_err(|error| self.unreachable(&error))?.expect()?;
        Ok(())
    }

    fn request(&self, method: Method, address: &str) -> Result<RequestBuilder, report::Error> {
        let address =
            if address.starts_with('/') { format!("{}{address}", self.start()) } else { address.to_owned() };
        let url = Url::parse(&address)
            .map_err(|error| report::Error::new(format!("the server gave the address `{address}`"), error))?;
        let ours = url.origin() == self.base.origin();
        let request = self.http.request(method, url);
        Ok(match self.credentials.as_ref().filter(|_| ours) {
            None => request,
            Some(Credentials::Basic { user, password }) => request.basic_auth(user, Some(password)),
            Some(Credentials::Bearer(token)) => request.bearer_auth(token),
        })
    }

    fn unreachable(&self, error: &reqwest::Error) -> report::Error {
        report::Error::new(format!("no answer from {}", self.start()), root(error))
    }

    /// The newest revision of a flow.
    pub(crate) async fn flow(&self, namespace: &str, id: &str) -> Result<Option<Stored>, report::Error> {
        let path = format!("/flows/{}/{}?source=true", segment(namespace), segment(id));
        let answer = self.send(Method::GET, &path, None, Body::None).await?;
        if answer.status == StatusCode::NOT_FOUND && answer.is_error_of_api() {
            return Ok(None);
        }
        let flow = answer.expect()?.json()?;
        let source = flow["source"].as_str().unwrap_or_default().to_owned();
        Ok(Some(Stored { source, revision: flow["revision"].as_u64().unwrap_or_default() }))
    }

    /// Creates a flow, or updates one that is there; gives the revision.
    pub(crate) async fn put_flow(
        &self,
        namespace: &str,
        id: &str,
        source: &str,
        is_there: bool,
    ) -> Result<u64, report::Error> {
        let (method, path) = if is_there {
            (Method::PUT, format!("/flows/{}/{}", segment(namespace), segment(id)))
        } else {
            (Method::POST, "/flows".to_owned())
        };
        let flow = self.send(method, &path, None, Body::Yaml(source.to_owned())).await?.expect()?.json()?;
        Ok(flow["revision"].as_u64().unwrap_or_default())
    }
}

impl Answer {
    /// Itself, when the server did what it was asked.
    ///
    /// # Errors
    /// What the server says.
    pub(crate) fn expect(self) -> Result<Self, report::Error> {
        if self.status.is_success() {
            return Ok(self);
        }
        let message = serde_json::from_str::<Json>(&self.text).ok();
        let message = message.as_ref().and_then(|it| it["message"].as_str());
        Err(report::Error::plain(match message {
            Some(message) if self.is_error_of_api() => message.to_owned(),
            Some(message) => format!("the server answers {}: {message}", self.status),
            None => format!("the server answers {}", self.status),
        }))
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// # Errors
    /// When something else than the API answered.
    pub(crate) fn json(&self) -> Result<Json, report::Error> {
        serde_json::from_str(&self.text).map_err(|error| report::Error::new("the answer is no JSON", error))
    }

    /// Whether the API refused it, and not something in between.
    fn is_error_of_api(&self) -> bool {
        serde_json::from_str::<Json>(&self.text).is_ok_and(|it| it.get("_links").is_some())
    }

    /// Whether the same request may do better in a moment.
    fn is_passing(&self) -> bool {
        matches!(
            self.status,
            StatusCode::BAD_GATEWAY
                | StatusCode::SERVICE_UNAVAILABLE
                | StatusCode::GATEWAY_TIMEOUT
                | StatusCode::TOO_MANY_REQUESTS
        )
    }
}

/// What really happened.
fn root(error: &reqwest::Error) -> &dyn std::error::Error {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause
}

/// A text as one segment of a path.
pub(crate) fn segment(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut all, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            all.push(char::from(byte));
        } else {
            let _ = write!(all, "%{byte:02X}");
        }
        all
    })
}

/// A user name or password of a URL, without its escapes.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escaped = (first == b'%').then(|| after.get(..2)).flatten();
        let escaped = escaped.and_then(|it| u8::from_str_radix(std::str::from_utf8(it).ok()?, 16).ok());
        bytes.push(escaped.unwrap_or(first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
