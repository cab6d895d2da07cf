//! Logs as JSON lines, each with the invocation it belongs to.
//!
//! The runtime opens a span for every invocation with `requestId` and `xrayTraceId`; events below name the execution
//! they are about as `execution`. So `spans.0.requestId` and `execution` are what to search for.

use tracing_subscriber::EnvFilter;

/// What is logged unless `ROUNDTRIP_LOG` says otherwise. The span of an invocation is of level `info`.
const DEFAULT: &str = "info";

/// Starts logging to standard output, as `filter` says, e.g. `info` or `service=debug`.
pub fn start(filter: Option<&str>) {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(true)
        .with_env_filter(EnvFilter::new(filter.unwrap_or(DEFAULT)))
        .with_writer(std::io::stdout)
        .init();
}
