//! From the query of a search to which executions are meant.

use engine::{duration, execution::State, time::Timestamp};
use service::{ExecutionQuery, ExecutionSort};

use crate::{error::Error, params::Params};

const SORT_KEYS: &str =
    "id, state.startDate, state.endDate, state.duration, namespace, flowId, state.current";

/// Reads everything but the page.
///
/// # Errors
/// `NotBuilt` for the filters of Kestra 1.x and later: ignored, they would find too much.
pub(super) fn query(params: &mut Params, now: Timestamp) -> Result<ExecutionQuery, Error> {
    if params.pairs().iter().any(|(name, _)| name.starts_with("filters[")) {
        return Err(Error::NotBuilt("the query parameter `filters[...]` (there are `namespace`, `state` …)"));
    }
    let (start, end) = dates(params, now);
    Ok(ExecutionQuery {
        q: params.text("q"),
        namespace: params.text("namespace"),
        namespace_exact: None,
        flow_id: params.text("flowId"),
        system: params.scope(),
        states: states(params),
        labels: params.labels(),
        start,
        end,
        trigger_execution: params.text("triggerExecutionId"),
        child: params.read("childFilter", "CHILD or MAIN", |text| match text {
            "CHILD" => Some(true),
            "MAIN" => Some(false),
            _ => None,
        }),
        sort: params.sort(SORT_KEYS, sort_key),
        ..ExecutionQuery::default()
    })
}

fn dates(params: &mut Params, now: Timestamp) -> (Option<Timestamp>, Option<Timestamp>) {
    let mut start = params.date("startDate");
    let end = params.date("endDate");
    if params.text("startDate").is_some() && params.text("timeRange").is_some() {
        params.illegal("timeRange", "Parameters 'startDate' and 'timeRange' are mutually exclusive");
        return (start, end);
    }
    let expected = "an ISO-8601 duration of days and shorter units, such as PT12H or P7D";
    let range = params.read("timeRange", expected, |text| duration::parse(text).ok());
    if let Some(range) = range {
        let millis = i64::try_from(range.as_millis()).unwrap_or(i64::MAX);
        start = Some(Timestamp::from_millis(now.as_millis().saturating_sub(millis)));
    }
    if let (Some(start), Some(end)) = (start, end)
        && start > end
    {
        params.illegal("startDate", "Start date must be before End Date");
    }
    (start, end)
}

fn states(params: &mut Params) -> Vec<State> {
    let mut states = Vec::new();
    let mut unknown = Vec::new();
    for text in params.all("state").flat_map(|it| it.split(',')).filter(|it| !it.is_empty()) {
        match State::from_name(text) {
            Some(state) => states.push(state),
            None => unknown.push(text.to_owned()),
        }
    }
    for text in unknown {
        let all: Vec<&str> = State::ALL.iter().map(|it| it.name()).collect();
        params.unreadable("state", &text, &format!("one of {}", all.join(", ")));
    }
    states
}

fn sort_key(text: &str) -> Option<ExecutionSort> {
    Some(match text {
        "id" => ExecutionSort::Id,
        "state.startDate" => ExecutionSort::StartDate,
        "state.endDate" => ExecutionSort::EndDate,
        "state.duration" => ExecutionSort::Duration,
        "namespace" => ExecutionSort::Namespace,
        "flowId" => ExecutionSort::FlowId,
        "state.current" => ExecutionSort::State,
        _ => return None,
    })
}
