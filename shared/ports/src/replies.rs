//! Telling another process, which waits for the end of an execution, that it has come.
//!
//! # Promises (and no more)
//! * A reply that was sent to an address is received there, unless it is lost; it may come late, twice, or after
//!   others that were sent later.
//! * An address that was removed takes no replies any more; whoever lost it is given another by [`Replies::address`].
//!
//! Nothing depends on a reply: whoever waits reads the execution before it sleeps, and now and then while it does.

use std::fmt;

use engine::id::ExecutionId;

use crate::{Answer, queue::Refused};

/// Where a process can be told. Opaque; it stays valid beyond the process, until it is removed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address(pub String);

pub trait Replies: Send + Sync + fmt::Debug {
    /// The address of this process, made when first asked for, and made again when it was removed.
    fn address(&self) -> Answer<'_, Result<Address, Refused>>;

    /// Tells whoever is at the address that the execution has ended. An address that is gone is no error: nobody
    /// waits there any more.
    fn send<'a>(&'a self, to: &'a Address, ended: ExecutionId) -> Answer<'a, Result<(), Refused>>;

    /// Waits for replies to this process, and gives what came, or nothing after a while (20 seconds at most). Dropping
    /// the future loses nothing but time.
    fn receive(&self) -> Answer<'_, Result<Vec<ExecutionId>, Refused>>;

    /// Removes an address. One that is gone already is no error.
    fn remove<'a>(&'a self, address: &'a Address) -> Answer<'a, Result<(), Refused>>;
}
