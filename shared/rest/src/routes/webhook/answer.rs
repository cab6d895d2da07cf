//! What the caller of a webhook is told. It knows a key and nothing else, so what the flow does not give as an output
//! stays here: neither inputs nor task runs are shown.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use engine::execution::{Execution, TaskRuns};
use serde_json::{Map, Value as Json};
use service::{Called, Service};

use super::super::create::shown;
use crate::{
    tenant::Tenant,
    wire::{self, execution::View},
};

const TEXT: (HeaderName, HeaderValue) =
    (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));

pub(super) fn of(service: &Service, tenant: Tenant, called: Called) -> Response {
    let Called { execution, ended, reply, status } = called;
    if !reply.wait {
        let as_it_begins = Execution {
            inputs: Map::new(),
            outputs: None,
            variables: Map::new(),
            task_runs: TaskRuns::default(),
            ..execution
        };
        return shown(service, tenant, as_it_begins, None);
    }
    let status = StatusCode::from_u16(status).expect("the service gives statuses from 200 to 599");
    if [StatusCode::NO_CONTENT, StatusCode::RESET_CONTENT, StatusCode::NOT_MODIFIED].contains(&status) {
        return status.into_response();
    }
    if ended && reply.outputs {
        let outputs = execution.outputs.unwrap_or_default();
        return if reply.plain {
            (status, [TEXT], text(&outputs)).into_response()
        } else {
            (status, wire::json(&outputs)).into_response()
        };
    }
    let url = wire::execution::url(service.settings().url.as_deref(), tenant, &execution);
    let view = View { now: service.now(), tenant: tenant.shown(), url: Some(&url) };
    let told = wire::json_bytes(wire::execution::outline(&execution, &view));
    if ended {
        return (status, told).into_response();
    }
    let resume = format!("{}/executions/{}?wait=true", tenant.base(), execution.id);
    (status, [(header::LOCATION, resume)], told).into_response()
}

/// A single output as it is, and more of them as JSON.
fn text(outputs: &Map<String, Json>) -> String {
    let mut values = outputs.values();
    match (values.next(), values.next()) {
        (Some(Json::String(text)), None) => text.clone(),
        (Some(value), None) => value.to_string(),
        (_, _) => Json::Object(outputs.clone()).to_string(),
    }
}
