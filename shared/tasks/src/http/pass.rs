//! A request that somebody else has made whole and signed, passed on as it is.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::{
    Request, Response, Uri,
    body::{Body as HttpBody, Frame, Incoming, SizeHint},
    header::{HOST, HeaderValue},
};

use super::{
    dial::Way,
    exchange::{Hold, said},
    pool::Lane,
    send::Http,
    target,
    trouble::Trouble,
};

/// How long a connection is kept for the next request.
const POOL_IDLE_MAX: Duration = Duration::from_secs(10);

/// The body of a response. Its connection is used again once it has been read.
#[derive(Debug)]
pub(crate) struct Content {
    body: Incoming,
    hold: Option<Hold>,
}

impl Http {
    /// Sends a request where its URI says, which has a scheme and an authority, over a connection that the guard
    /// permits. No redirect is followed. How long an answer may take is the caller's to say.
    ///
    /// # Errors
    /// There is no response.
    pub(crate) async fn pass<B>(
        &self,
        request: Request<B>,
        connect_max: Duration,
    ) -> Result<Response<Content>, Trouble>
    where
        B: HttpBody<Data = Bytes, Error: std::fmt::Display> + Send + 'static,
    {
        let (mut head, body) = request.into_parts();
        let lane = lane(&head.uri).map_err(Trouble::Refused)?;
        let path = head.uri.path_and_query().map_or("/", |it| it.as_str());
        let unsaid = |_| Trouble::Refused(format!("the URI `{path}` cannot be sent"));
        let uri = Uri::try_from(path).map_err(unsaid)?;
        let host = HeaderValue::try_from(lane.origin.authority()).map_err(|_| unsaid_host())?;
        head.headers.insert(HOST, host);
        head.uri = uri;
        let mut request = Request::from_parts(head, body.map_err(|error| error.to_string()).boxed_unsync());
        let (response, sender) = loop {
            let kept = self.pool.take(&lane).await;
            let is_kept = kept.is_some();
            let mut sender = match kept {
                Some(sender) => sender,
                None => self.open(&lane, connect_max).await?,
            };
            match sender.try_send_request(request).await {
                Ok(response) => break (response, sender),
                // The server closed it while it was kept, and has seen nothing of this.
                Err(mut error) => match error.take_message() {
                    Some(unsent) if is_kept => request = unsent,
                    Some(_) | None => return Err(Trouble::Unknown(said(error.error()))),
                },
            }
        };
        let hold = Hold { lane, sender, pool: Arc::clone(&self.pool), idle_max: POOL_IDLE_MAX };
        Ok(response.map(|body| Content { body, hold: Some(hold) }))
    }
}

fn unsaid_host() -> Trouble {
    Trouble::Refused("no header can have this host".to_owned())
}

/// Reads the authority as every other request's is, so that who checks and who connects mean the same.
fn lane(uri: &Uri) -> Result<Lane, String> {
    let (scheme, authority) = uri
        .scheme_str()
        .zip(uri.authority())
        .ok_or_else(|| format!("`{uri}` is not a URI such as https://example.com/path"))?;
    let url = target::parse(&format!("{scheme}://{authority}/"))?;
    Ok(Lane { origin: target::origin(&url)?, way: Way::default() })
}

impl Content {
    fn let_go(&mut self) {
        // Without a runtime nobody could close it later.
        if let Some(Hold { lane, sender, pool, idle_max }) = self.hold.take()
            && tokio::runtime::Handle::try_current().is_ok()
        {
            pool.put(lane, sender, idle_max);
        }
    }
}

impl HttpBody for Content {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let it = self.get_mut();
        let frame = ready!(Pin::new(&mut it.body).poll_frame(context));
        match &frame {
            None => it.let_go(),
            // Nobody knows what else would come by it.
            Some(Err(_)) => it.hold = None,
            Some(Ok(_)) => {}
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Content {
    /// Whoever knows the length may not have asked for the end.
    fn drop(&mut self) {
        if self.body.is_end_stream() {
            self.let_go();
        }
    }
}
