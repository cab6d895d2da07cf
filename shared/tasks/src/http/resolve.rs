//! From names to addresses.

use std::{fmt, io, net::SocketAddr};

use ports::Answer;

/// Who knows the addresses of a name. What it answers is looked at before it is used, each time.
pub trait Resolve: Send + Sync + fmt::Debug {
    /// All addresses of a host, in the order in which they are tried.
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> Answer<'a, io::Result<Vec<SocketAddr>>>;
}

/// As the system does it.
#[derive(Debug, Clone, Copy)]
pub struct System;

impl Resolve for System {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> Answer<'a, io::Result<Vec<SocketAddr>>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((host, port)).await?.collect()) })
    }
}
