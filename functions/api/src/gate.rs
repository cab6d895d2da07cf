//! Between the events of Lambda and the routes: where the stage goes, and how long an answer may take.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{Uri, header, uri::PathAndQuery},
    response::Response,
};
use futures_util::StreamExt as _;
use lambda::{deadline, meter::Meter};
use lambda_http::{Request, RequestExt as _, request::RequestContext, tower::ServiceExt as _};
use tokio::time::Instant;

use crate::{caller, collected::collected};

/// How long a call may wait behind an HTTP API, which gives up after 30 seconds.
pub(crate) const COLLECTED_WAIT_MAX: Duration = Duration::from_secs(28);
/// How long a call may wait behind a Function URL, where a function has 15 minutes.
pub(crate) const STREAMED_WAIT_MAX: Duration = Duration::from_mins(14);
/// What reading the execution once more, writing the answer and handing it over may take.
const MARGIN: Duration = Duration::from_millis(1_500);

/// Answers one request after the other, or several at the same time. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Gate {
    router: Router,
    meter: Option<Arc<Meter>>,
    wait_max: Duration,
}

impl Gate {
    pub(crate) fn new(router: Router, meter: Option<Arc<Meter>>, wait_max: Duration) -> Self {
        Self { router, meter, wait_max }
    }

    /// The answer in one piece.
    pub(crate) async fn answer_collected(
        self,
        request: Request,
    ) -> Result<Response<lambda_http::Body>, Infallible> {
        Ok(collected(self.answer(request).await?).await)
    }

    /// The answer as a stream.
    pub(crate) async fn answer(self, mut request: Request) -> Result<Response, Infallible> {
        let measured = self.meter.as_ref().map(|meter| meter.begin());
        let request_id = request.lambda_context_ref().map(|context| context.request_id.clone());
        let until = request.lambda_context_ref().map_or_else(
            || Instant::now() + self.wait_max,
            |context| deadline::of(context, MARGIN, self.wait_max),
        );
        if let Some(uri) = without_stage(&request) {
            *request.uri_mut() = uri;
        }
        let left = until.saturating_duration_since(Instant::now());
        request.extensions_mut().insert(rest::WaitMax(left));
        caller::introduce(&mut request);
        let response = self.router.oneshot(request).await?;
        if let Some(measured) = measured {
            let status = response.status().as_str().to_owned();
            measured.end(&[("requestId", request_id.unwrap_or_default()), ("status", status)]);
        }
        Ok(ended_by(until, response))
    }
}

/// The address without the name of the stage, which an HTTP API puts before the path unless it is `$default`. `None`
/// when it is right as it is.
fn without_stage(request: &Request) -> Option<Uri> {
    let Some(RequestContext::ApiGatewayV2(context)) = request.request_context_ref() else {
        return None;
    };
    let stage = context.stage.as_deref().filter(|stage| *stage != "$default")?;
    let rest = request.uri().path_and_query()?.as_str().strip_prefix('/')?.strip_prefix(stage)?;
    // Otherwise another word only begins like the stage.
    let path = rest.starts_with('/').then_some(rest)?;
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path).ok()?);
    Uri::from_parts(parts).ok()
}

/// A stream of events ends before the platform would break it off: clients then ask for it again. Every other body is
/// whole or broken off, and never cut short in silence.
fn ended_by(until: Instant, response: Response) -> Response {
    let events = response.headers().get(header::CONTENT_TYPE).is_some_and(|it| it == "text/event-stream");
    if !events {
        return response;
    }
    response.map(|body| {
        let cut = body.into_data_stream().take_until(tokio::time::sleep_until(until));
        Body::from_stream(cut)
    })
}

#[cfg(test)]
mod tests;
