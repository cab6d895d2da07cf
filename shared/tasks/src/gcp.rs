//! Tasks that call Google Cloud, over its REST APIs and with a service account that the flow names.
//!
//! # Invariants
//! * Nobody is asked for credentials but the token endpoint of the service account: never this machine, nor what it
//!   runs on.
//! * Neither a key nor a token is in a log line, an output, or a message.
//! * What may have been received is sent again only where that cannot do anything twice.

mod account;
mod bigquery;
mod client;
mod endpoints;
mod failure;
mod tokens;

pub(crate) use bigquery::{LOAD, Load};
pub use endpoints::{Endpoints, NotAnEndpoint};
