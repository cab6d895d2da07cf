//! The HTTP API: Kestra's routes over the use cases of `service`.
//!
//! Nothing is decided here. A route reads a request into plain values, calls one use case, and writes its result in
//! the form Kestra's clients know.
//!
//! # Invariants
//! * Every answer outside 2xx and 3xx has Kestra's error body, also for a path nobody knows and for a panic.
//! * No bad request is answered 5xx.
//! * No body is held in memory beyond a limit of [`limits`]; files pass as streams.

mod access;
mod api;
mod body;
mod conductor;
mod content;
mod doors;
mod error;
mod flow_json;
pub mod limits;
mod methods;
mod multipart;
mod outside;
mod paging;
mod params;
mod prefer;
mod range;
mod router;
mod routes;
mod sse;
mod submitted;
mod tenant;
mod wire;

pub use access::{Caller, Source};
pub use prefer::WaitMax;
pub use router::{router, table};
pub use wire::execution_json;
