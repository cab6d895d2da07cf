//! The connections of the SDK's clients: HTTP/1.1, kept open from one call to the next.
//!
//! The SDK has a client of its own, which also speaks HTTP/2 and through proxies. No service that a function calls
//! needs either, and both together are a thirtieth of its zip, which every cold start waits for.

use std::{error::Error, io, time::Duration};

use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::{body::SdkBody, retry::ErrorKind};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{self, Client, connect::HttpConnector as Tcp},
    rt::TokioExecutor,
};

/// To a connection, before TLS; within a region it takes some milliseconds.
const CONNECT_MAX: Duration = Duration::from_secs(1);

/// Shared by all clients of a process: a connection goes back to where the next call takes it from.
#[derive(Debug, Clone)]
pub(crate) struct Connections {
    client: Client<HttpsConnector<Tcp>, SdkBody>,
}

impl Connections {
    /// None is open yet.
    ///
    /// # Errors
    /// This system trusts nobody: it has no certificates.
    pub(crate) fn new() -> io::Result<Self> {
        let mut tcp = Tcp::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_MAX));
        let https = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider())?
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        Ok(Self { client: Client::builder(TokioExecutor::new()).build(https) })
    }

    async fn send(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
        let response = self.client.request(request).await.map_err(failed)?;
        HttpResponse::try_from(response.map(SdkBody::from_body_1_x))
            .map_err(|error| ConnectorError::other(error.into(), None))
    }
}

impl HttpClient for Connections {
    /// Time is taken from an attempt as a whole, by the SDK; a connection has its own limit.
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Connections {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().send(request))
    }
}

/// As the SDK must see it to know what it may try again: of what is not transient it does not.
fn failed(error: legacy::Error) -> ConnectorError {
    let mut causes =
        std::iter::successors(error.source(), |cause: &&(dyn Error + 'static)| (*cause).source());
    let is_transient = causes.any(|cause| {
        cause.is::<io::Error>()
            || cause.downcast_ref::<hyper::Error>().is_some_and(|it| !it.is_user() && !it.is_parse())
    });
    if error.is_connect() {
        ConnectorError::io(error.into())
    } else if is_transient {
        ConnectorError::other(error.into(), Some(ErrorKind::TransientError))
    } else {
        ConnectorError::other(error.into(), None)
    }
}
