//! What the four Lambda functions have in common: from the environment to a service, and what they say about
//! themselves.
//!
//! A function is [`function`] with what to do: open a [`Home`] as the [`Variables`] say, then handle one invocation
//! after the other. Everything that can fail fails before the first invocation is asked for, with a message that says
//! what is right.

mod callers;
pub mod deadline;
mod error;
mod groups;
mod home;
pub mod logs;
pub mod meter;
pub mod metric;
mod observed;
mod variables;

use std::process::ExitCode;

pub use error::Error;
pub use home::Home;
pub use variables::{Role, Variables};

/// As in the `roundtrip` command: a fifth less CPU per execution than glibc's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Does the work of a function until the platform ends it. What keeps it from that is logged.
pub async fn function<W>(work: impl FnOnce(Variables) -> W) -> ExitCode
where
    W: Future<Output = Result<(), Error>>,
{
    let variables = Variables::of_process();
    logs::start(variables.get("ROUNDTRIP_LOG"));
    match work(variables).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "this function cannot work");
            ExitCode::FAILURE
        }
    }
}
