//! The SDK's connections, opened as those of every task.

use std::{sync::Arc, time::Duration};

use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;

use crate::http::{Http, Trouble};

/// Where the SDK says nothing.
const CONNECT_MAX: Duration = Duration::from_secs(5);

#[derive(Debug, Clone)]
pub(super) struct Guarded {
    http: Arc<Http>,
    connect_max: Duration,
}

impl Guarded {
    pub(super) fn new(http: &Arc<Http>) -> Self {
        Self { http: Arc::clone(http), connect_max: CONNECT_MAX }
    }

    async fn send(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
        let response = self.http.pass(request, self.connect_max).await.map_err(|trouble| match trouble {
            // It would be refused again.
            Trouble::Refused(message) => ConnectorError::user(message.into()),
            Trouble::Unknown(message) => ConnectorError::io(message.into()),
        })?;
        let response = response.map(SdkBody::from_body_1_x);
        HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
    }
}

impl HttpClient for Guarded {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        let connect_max = settings.connect_timeout().unwrap_or(CONNECT_MAX);
        SharedHttpConnector::new(Self { http: Arc::clone(&self.http), connect_max })
    }
}

impl HttpConnector for Guarded {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().send(request))
    }
}
