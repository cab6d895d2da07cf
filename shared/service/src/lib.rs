//! The use cases: create a flow, start an execution, carry it, wait for it, ask about it.
//!
//! Everything above (`rest`, the command line, queue and stream handlers) calls a [`Service`]; everything
//! below is a port. The one loop of the application is [`carry`].
//!
//! # Invariants
//! * The state that explains an effect is durable before the effect leaves the process.
//! * An execution is written by one holder at a time, and every write says which version it replaces.
//! * Queues, feeds and waiters only make things fast; the store alone is enough to end every execution.

pub mod carry;
mod error;
mod files;
mod flows;
mod keys;
mod logs;
mod needs;
mod query;
mod record;
mod settings;
mod signal;
mod start;
mod tick;
mod wait;

use std::{fmt, sync::Arc};

use ports::{
    blobs::Blobs,
    clock::{Clock, Ids},
    queue::Queue,
    run::Runnable,
    store::Store,
};

pub use error::{Class, Error};
pub use flows::{FlowQuery, FlowSummary, StoredFlow, Validation};
pub use logs::LogQuery;
pub use query::{ExecutionQuery, ExecutionSort, Page, PageRequest};
pub use settings::Settings;
pub use start::{Begun, Draft, Start, Started};

/// The outside, as the service sees it.
#[derive(Debug, Clone)]
pub struct Outside {
    pub store: Arc<dyn Store>,
    pub blobs: Arc<dyn Blobs>,
    pub queue: Arc<dyn Queue>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    /// Every task type that touches the world and can be run here.
    pub runnables: Vec<Arc<dyn Runnable>>,
}

/// All use cases. Cheap to clone; clones share caches, waiters and what is being carried.
#[derive(Clone)]
pub struct Service {
    shared: Arc<Shared>,
}

struct Shared {
    outside: Outside,
    settings: Settings,
}

impl Service {
    pub fn new(outside: Outside, settings: Settings) -> Self {
        Self {
            shared: Arc::new(Shared { outside, settings }),
        }
    }

    pub fn settings(&self) -> &Settings {
        &self.shared.settings
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service")
            .field("settings", &self.shared.settings)
            .finish_non_exhaustive()
    }
}
