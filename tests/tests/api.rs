//! The API as a client sees it: a request in, status, headers and body out, on the real store.

#![allow(clippy::unwrap_used, reason = "in a test it is how to fail")]

#[path = "api/app.rs"]
mod app;

#[path = "api/access.rs"]
mod access;
#[path = "api/again.rs"]
mod again;
#[path = "api/bodies.rs"]
mod bodies;
#[path = "api/callers.rs"]
mod callers;
#[path = "api/conductor_calls.rs"]
mod conductor_calls;
#[path = "api/conductor_control.rs"]
mod conductor_control;
#[path = "api/conductor_dynamic.rs"]
mod conductor_dynamic;
#[path = "api/conductor_event.rs"]
mod conductor_event;
#[path = "api/conductor_execute.rs"]
mod conductor_execute;
#[path = "api/conductor_failure.rs"]
mod conductor_failure;
#[path = "api/conductor_inline.rs"]
mod conductor_inline;
#[path = "api/conductor_keys.rs"]
mod conductor_keys;
#[path = "api/conductor_limits.rs"]
mod conductor_limits;
#[path = "api/conductor_metadata.rs"]
mod conductor_metadata;
#[path = "api/conductor_signals.rs"]
mod conductor_signals;
#[path = "api/conductor_system.rs"]
mod conductor_system;
#[path = "api/conductor_tasks.rs"]
mod conductor_tasks;
#[path = "api/conductor_tries.rs"]
mod conductor_tries;
#[path = "api/conductor_view.rs"]
mod conductor_view;
#[path = "api/control.rs"]
mod control;
#[path = "api/doors.rs"]
mod doors;
#[path = "api/errors.rs"]
mod errors;
#[path = "api/eval.rs"]
mod eval;
#[path = "api/expressions.rs"]
mod expressions;
#[path = "api/files.rs"]
mod files;
#[path = "api/flows.rs"]
mod flows;
#[path = "api/graphs.rs"]
mod graphs;
#[path = "api/headers.rs"]
mod headers;
#[path = "api/limits.rs"]
mod limits;
#[path = "api/logs.rs"]
mod logs;
#[path = "api/metrics.rs"]
mod metrics;
#[path = "api/namespace_files.rs"]
mod namespace_files;
#[path = "api/pause.rs"]
mod pause;
#[path = "api/previews.rs"]
mod previews;
#[path = "api/search.rs"]
mod search;
#[path = "api/secrets.rs"]
mod secrets;
#[path = "api/start.rs"]
mod start;
#[path = "api/templates.rs"]
mod templates;
#[path = "api/tenants.rs"]
mod tenants;
#[path = "api/triggers.rs"]
mod triggers;
#[path = "api/unreadable.rs"]
mod unreadable;
#[path = "api/uploads.rs"]
mod uploads;
#[path = "api/waiting.rs"]
mod waiting;
#[path = "api/webhook_replies.rs"]
mod webhook_replies;
#[path = "api/webhook_signatures.rs"]
mod webhook_signatures;
#[path = "api/webhooks.rs"]
mod webhooks;
#[path = "api/wide.rs"]
mod wide;
