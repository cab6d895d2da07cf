//! Tasks that call HTTP services, and what keeps them from calling what is ours.
//!
//! # Invariants
//! * No connection is opened but by `dial`, and it opens none that the [`Guard`] does not permit: what
//!   a name resolves to is looked at, and that very address is connected to.
//! * What a redirect leads to is a new request, looked at as the first one; credentials stay with the origin they are for.
//! * A response is read as it comes. Nothing is gathered beyond a named limit.

mod address;
mod ask;
mod call;
mod conductor;
mod dial;
mod download;
mod events;
mod exchange;
mod file_name;
mod form;
mod guard;
mod log;
mod options;
mod outbound;
#[cfg(feature = "aws")]
mod pass;
mod payload;
mod pool;
mod properties;
mod proxy;
mod redirect;
mod request;
mod resolve;
mod send;
mod sse;
mod target;
mod text;
mod tls;
mod trouble;
mod wire;

pub(crate) use self::{
    ask::{Ask, Reply},
    conductor::{CONDUCTOR, Conductor},
    download::{DOWNLOAD, Download},
    log::Log,
    request::{REQUEST, Request},
    sse::{SSE_REQUEST, SseRequest},
    trouble::Trouble,
};
pub use self::{
    guard::Guard,
    outbound::{NotOutbound, Outbound},
    resolve::{Resolve, System},
    send::Http,
};
