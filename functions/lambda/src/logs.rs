//! Logs as JSON lines, each with the invocation it belongs to.
//!
//! The runtime opens a span for every invocation with `requestId` and `xrayTraceId`; events below name the execution
//! they are about as `execution`. So `spans.0.requestId` and `execution` are what to search for.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// What is logged unless `ROUNDTRIP_LOG` says otherwise. The span of an invocation is of level `info`.
const DEFAULT: LevelFilter = LevelFilter::INFO;

/// Starts logging to standard output, as `filter` says, e.g. `info` or `warn,service=debug`. One that cannot be read is
/// the first thing to be logged.
pub fn start(filter: Option<&str>) {
    let (targets, unreadable) = match filter.map(str::parse::<Targets>) {
        Some(Ok(targets)) => (targets, None),
        Some(Err(error)) => (Targets::new().with_default(DEFAULT), Some(error)),
        None => (Targets::new().with_default(DEFAULT), None),
    };
    let lines = fmt::layer().json().flatten_event(true).with_current_span(false).with_span_list(true);
    tracing_subscriber::registry().with(lines.with_writer(std::io::stdout)).with(targets).init();
    if let Some(error) = unreadable {
        tracing::warn!(%error, filter, "ROUNDTRIP_LOG cannot be read; what is of level {DEFAULT} is logged");
    }
}
