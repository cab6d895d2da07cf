//! Sending a request, and following where it leads.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hyper::{
    HeaderMap, Method, Request, Response, Uri,
    body::Incoming,
    client::conn::http1,
    header::{CONTENT_LENGTH, HOST, HeaderValue, PROXY_AUTHORIZATION},
};
use hyper_util::rt::TokioIo;
use tokio::time::timeout;
use url::Url;

use super::{
    Guard, Resolve,
    call::Call,
    dial::Dialer,
    exchange::{Exchange, Hold, said},
    log::Log,
    payload::{Body, Payload},
    pool::{Lane, Pool, Sender},
    proxy::Kind,
    redirect::{self, REDIRECTS_MAX},
    target,
    trouble::Trouble,
};

/// Headers of one response, and their bytes.
const HEADERS_MAX: usize = 200;
const HEAD_BYTES_MAX: usize = 256 * 1024;
/// Bytes of a failed response that its message has.
const FAILURE_BYTES_MAX: usize = 16 * 1024;
/// Bytes of a redirect's body that are read so that its connection can be used again, and how long.
const REDIRECT_BYTES_MAX: usize = 64 * 1024;
const REDIRECT_READ_MAX: Duration = Duration::from_millis(100);

/// Sends the requests of all tasks of a process, over connections that they share.
#[derive(Debug)]
pub struct Http {
    dialer: Dialer,
    pub(super) pool: Arc<Pool>,
}

/// One request as it is written: the first, or what a redirect led to.
struct Leg<'a> {
    url: &'a Url,
    method: &'a Method,
    headers: &'a HeaderMap,
    payload: &'a Payload,
}

impl Http {
    /// Calls only what the guard permits.
    pub fn new(guard: Guard, resolver: Arc<dyn Resolve>) -> Self {
        Self { dialer: Dialer::new(guard, resolver), pool: Arc::default() }
    }

    /// The response at the end of all redirects; its body is not read yet.
    ///
    /// # Errors
    /// There is none, or it is a failure to the flow. Kestra's messages, where it has one.
    pub(super) async fn send(&self, call: &Call, log: &Log) -> Result<Exchange, Trouble> {
        let (mut url, mut method) = (call.url.clone(), call.method.clone());
        let (mut headers, mut payload) = (call.headers.clone(), &call.payload);
        for _ in 0..=REDIRECTS_MAX {
            let leg = Leg { url: &url, method: &method, headers: &headers, payload };
            let mut exchange = self.once(call, &leg, log).await?;
            let next = if call.options.follows_redirects {
                redirect::next((&url, &method, &headers), exchange.status, &exchange.headers)?
            } else {
                None
            };
            let Some(next) = next else {
                return checked(exchange, call).await.map_err(Trouble::Unknown);
            };
            // What cannot be read in a moment is not worth it: the connection is closed instead.
            let _ = timeout(REDIRECT_READ_MAX, exchange.start(REDIRECT_BYTES_MAX)).await;
            if !next.keeps_body {
                payload = &Payload::Nothing;
            }
            (url, method, headers) = (next.url, next.method, next.headers);
        }
        Err(Trouble::Unknown(format!("Maximum redirects ({REDIRECTS_MAX}) exceeded")))
    }

    async fn once(&self, call: &Call, leg: &Leg<'_>, log: &Log) -> Result<Exchange, Trouble> {
        let options = &call.options;
        let origin = target::origin(leg.url)?;
        let lane = Lane { origin, way: options.way.clone() };
        let logged = options.logged;
        if logged.request_headers {
            log.headers(&format!("{} {}", leg.method, leg.url), leg.headers).await;
        }
        if logged.request_body && !leg.payload.is_nothing() {
            log.body("request body:", &leg.payload.shown()).await;
        }
        let failed =
            |problem: &str| Trouble::Unknown(format!("{} {} failed: {problem}", leg.method, leg.url));
        let sent = Arc::default();
        let mut request = request(leg, &lane, call, &sent)?;
        let (response, sender) = loop {
            let kept = self.pool.take(&lane).await;
            let is_kept = kept.is_some();
            let mut sender = match kept {
                Some(sender) => sender,
                None => self.open(&lane, options.connect_max).await?,
            };
            let answer = sender.try_send_request(request);
            let Some(answered) = patient(answer, options.read_idle_max, &sent).await else {
                let time = engine::duration::format(options.read_idle_max);
                return Err(failed(&format!("Read timed out: nothing came for {time}")));
            };
            match answered {
                Ok(response) => break (response, sender),
                // The server closed it while it was kept, and has seen nothing of this.
                Err(mut error) => match error.take_message() {
                    Some(unsent) if is_kept => request = unsent,
                    Some(_) | None => return Err(failed(&said(error.error()))),
                },
            }
        };
        self.received(leg, response, (lane, sender), call, log).await
    }

    async fn received(
        &self,
        leg: &Leg<'_>,
        response: Response<Incoming>,
        (lane, sender): (Lane, Sender),
        call: &Call,
        log: &Log,
    ) -> Result<Exchange, Trouble> {
        if call.options.logged.response_headers {
            log.headers(&format!("response {}", response.status()), response.headers()).await;
        }
        let bytes: usize =
            response.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        if bytes > HEAD_BYTES_MAX {
            let problem = format!("the headers of the response have more than {HEAD_BYTES_MAX} bytes");
            return Err(Trouble::Unknown(problem));
        }
        let idle_max = call.options.pool_idle_max;
        let hold = Hold { lane, sender, pool: Arc::clone(&self.pool), idle_max };
        Ok(Exchange::new(leg.url.clone(), response, hold, call.options.read_idle_max))
    }

    pub(super) async fn open(&self, lane: &Lane, connect_max: Duration) -> Result<Sender, Trouble> {
        let wire = self.dialer.dial(&lane.origin, &lane.way, connect_max).await?;
        let mut builder = http1::Builder::new();
        builder.max_headers(HEADERS_MAX).max_buf_size(HEAD_BYTES_MAX);
        let (sender, connection) =
            builder.handshake::<_, Body>(TokioIo::new(wire)).await.map_err(|error| said(&error))?;
        // Ends when nobody has the sender or the response any more.
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection of a task ended");
            }
        });
        Ok(sender)
    }
}

/// Waits as long as something is sent; `None` when nothing was for that time, and no answer came.
async fn patient<F: Future>(answer: F, idle_max: Duration, sent: &AtomicU64) -> Option<F::Output> {
    let mut answer = std::pin::pin!(answer);
    loop {
        let before = sent.load(Ordering::Relaxed);
        if let Ok(answered) = timeout(idle_max, &mut answer).await {
            return Some(answered);
        }
        if sent.load(Ordering::Relaxed) == before {
            return None;
        }
    }
}

fn request(leg: &Leg<'_>, lane: &Lane, call: &Call, sent: &Arc<AtomicU64>) -> Result<Request<Body>, String> {
    let unread = |_| format!("the URI `{}` cannot be sent", leg.url);
    let passed_on = lane.way.proxy.as_ref().filter(|proxy| proxy.kind == Kind::Http && !lane.origin.secure);
    let mut whole = leg.url.clone();
    whole.set_fragment(None);
    let uri = if passed_on.is_some() {
        Uri::try_from(whole.as_str()).map_err(unread)?
    } else {
        Uri::try_from(&whole[url::Position::BeforePath..url::Position::AfterQuery]).map_err(unread)?
    };
    let mut request = Request::new(leg.payload.body(&call.blobs, sent));
    *request.method_mut() = leg.method.clone();
    *request.uri_mut() = uri;
    let headers = request.headers_mut();
    *headers = leg.headers.clone();
    let unsaid = |_| "a header has signs that it cannot have".to_owned();
    headers.insert(HOST, HeaderValue::try_from(lane.origin.authority()).map_err(unsaid)?);
    if let Some(length) = leg.payload.length() {
        headers.insert(CONTENT_LENGTH, length.into());
    } else if matches!(*leg.method, Method::POST | Method::PUT | Method::PATCH) {
        headers.insert(CONTENT_LENGTH, 0.into());
    }
    if let Some(authorization) = passed_on.and_then(super::proxy::Proxy::authorization) {
        headers.insert(
            PROXY_AUTHORIZATION,
            HeaderValue::try_from(authorization)
                .map_err(|_| "the proxy's user and password cannot be sent".to_owned())?,
        );
    }
    Ok(request)
}

async fn checked(mut exchange: Exchange, call: &Call) -> Result<Exchange, String> {
    let code = exchange.status.as_u16();
    if !call.options.fails(code) {
        return Ok(exchange);
    }
    let read = timeout(call.options.read_idle_max, exchange.start(FAILURE_BYTES_MAX)).await;
    let body = read.unwrap_or_default();
    let mut message = format!("Failed http request with response code '{code}'");
    if !body.is_empty() {
        message.push_str(" and body:\n");
        message.push_str(&String::from_utf8_lossy(&body));
    }
    Err(message)
}
