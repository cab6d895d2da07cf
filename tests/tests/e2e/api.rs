//! Every behaviour that shows over HTTP, whatever serves it.

mod asking;
mod ends;
mod files;
mod flowable;
mod follow;
mod idempotency;
mod inputs;
mod kill;
mod labels;
mod logs;
mod long;
mod metrics;
mod namespace_files;
mod outputs;
mod revisions;
mod schedule;
mod search;
mod shell;
mod uploads;
mod validation;
mod waiting;
mod webhook;
