//! The same done to many executions: to those a list names, or to those a search finds.

use axum::{
    extract::{Request, State as From},
    response::Response,
    routing::MethodFilter,
};
use engine::execution::State;
use serde::{Deserialize, Serialize};
use service::{Action, Service};

use super::{
    labels::{self, LabelBody},
    search,
};
use crate::{
    access::Asker,
    body,
    error::Error,
    limits::ORDER_BYTES_MAX,
    methods::{Methods, on},
    params::Params,
    tenant::Tenant,
    wire,
};

/// What is done to each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Delete,
    Restart,
    Replay,
    ChangeStatus,
    Kill,
    Resume,
    Pause,
    Labels,
    Unqueue,
    ForceRun,
}

const ORDERS: [(Order, &str, MethodFilter); 10] = [
    (Order::Delete, "", MethodFilter::DELETE),
    (Order::Restart, "/restart", MethodFilter::POST),
    (Order::Replay, "/replay", MethodFilter::POST),
    (Order::ChangeStatus, "/change-status", MethodFilter::POST),
    (Order::Kill, "/kill", MethodFilter::DELETE),
    (Order::Resume, "/resume", MethodFilter::POST),
    (Order::Pause, "/pause", MethodFilter::POST),
    (Order::Labels, "/labels", MethodFilter::POST),
    (Order::Unqueue, "/unqueue", MethodFilter::POST),
    (Order::ForceRun, "/force-run", MethodFilter::POST),
];

/// `/executions/<order>/by-ids` and `…/by-query` for each.
pub(crate) fn routes() -> Vec<(String, Methods)> {
    let route = |(order, path, method): (Order, &str, MethodFilter)| {
        let ids = move |service, tenant, asker, params, request| {
            by_ids(order, service, tenant, asker, params, request)
        };
        let query = move |service, tenant, params, request| by_query(order, service, tenant, params, request);
        [
            (format!("/executions{path}/by-ids"), on(method, ids)),
            (format!("/executions{path}/by-query"), on(method, query)),
        ]
    };
    ORDERS.into_iter().flat_map(route).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LabelsOfIds {
    executions_id: Vec<String>,
    execution_labels: Vec<LabelBody>,
}

#[derive(Serialize)]
struct DoneJson {
    count: usize,
}

/// Where the state is named to which executions are unqueued: `state` of a search is a filter.
const STATE: &str = "state";
const NEW_STATE: &str = "newState";

impl Order {
    fn action(self, params: &mut Params, state: &str, labels: Vec<LabelBody>) -> Result<Action, Error> {
        Ok(match self {
            Self::Delete => {
                params.flag("deleteLogs", true);
                params.flag("deleteMetrics", true);
                // Kestra removes those that run as well when this says so; here they are killed first.
                if params.flag("includeNonTerminated", false) {
                    return Err(Error::NotBuilt("the query parameter `includeNonTerminated`"));
                }
                Action::Delete { storage: params.flag("deleteStorage", true) }
            }
            Self::Restart => Action::Restart,
            Self::Replay => Action::Replay { newest: params.flag("latestRevision", false) },
            // What is missing is told by `Params::check`.
            Self::ChangeStatus => {
                Action::ChangeStatus(params.required_state("newStatus").unwrap_or(State::Success))
            }
            Self::Kill => Action::Kill,
            Self::Resume => Action::Resume,
            Self::Pause => Action::Pause,
            Self::Labels => Action::SetLabels(labels::read(labels)?),
            Self::Unqueue => Action::Unqueue(params.state(state)),
            Self::ForceRun => Action::ForceRun,
        })
    }
}

async fn by_ids(
    order: Order,
    From(service): From<Service>,
    tenant: Tenant,
    asker: Asker,
    mut params: Params,
    request: Request,
) -> Result<Response, Error> {
    let bytes = body::read(request.into_body(), ORDER_BYTES_MAX, "a list of ids").await?;
    let (ids, labels) = if order == Order::Labels {
        let LabelsOfIds { executions_id, execution_labels } = body::json(&bytes)?;
        (executions_id, execution_labels)
    } else {
        (body::json::<Vec<String>>(&bytes)?, Vec::new())
    };
    let action = order.action(&mut params, STATE, labels)?;
    params.check()?;
    asker.check_all(&service, tenant.name(), &ids).await?;
    let count = service.by_ids(tenant.name(), &ids, &action).await?;
    Ok(wire::json(&DoneJson { count }))
}

async fn by_query(
    order: Order,
    From(service): From<Service>,
    tenant: Tenant,
    mut params: Params,
    request: Request,
) -> Result<Response, Error> {
    let mut labels = Vec::new();
    if order == Order::Labels {
        let bytes = body::read(request.into_body(), ORDER_BYTES_MAX, "a list of labels").await?;
        labels = body::json(&bytes)?;
    }
    let query = search::query(&mut params, service.now())?;
    let action = order.action(&mut params, NEW_STATE, labels)?;
    params.check()?;
    let count = service.by_query(tenant.name(), &query, &action).await?;
    Ok(wire::json(&DoneJson { count }))
}
