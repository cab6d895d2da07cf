//! The use cases: create a flow, start an execution, carry it, wait for it, ask about it.
//!
//! Everything above (`rest`, the command line, queue and stream handlers) calls a [`Service`]; everything
//! below is a port. The one loop of the application is in the module `carry`.
//!
//! # Invariants
//! * The state that explains an effect is durable before the effect leaves the process.
//! * An execution is written by one holder at a time, and every write says which version it replaces.
//! * Queues, feeds and waiters only make things fast; the store alone is enough to end every execution.

pub mod access;
mod announce;
mod asked;
mod attempt;
mod calls;
mod carried;
mod carry;
mod chunks;
pub mod conductor;
mod control;
mod ended;
mod error;
mod eval;
mod file;
mod files;
mod flows;
mod graphs;
mod groups;
mod hand_over;
mod hold;
mod keys;
pub mod kv;
mod log_files;
mod logs;
mod loops;
mod metrics;
mod namespace_files;
mod needs;
mod offers;
mod places;
mod preview;
mod query;
mod record;
mod revisions;
mod schedules;
mod sealing;
pub mod settings;
mod shift;
mod signal;
mod start;
mod sweep;
mod task_definitions;
mod templates;
mod tick;
mod told;
mod triggers;
mod uploads;
mod vault;
mod wait;
mod webhook;

use std::{collections::HashMap, fmt, sync::Arc};

use engine::flow::{Catalogue, TaskType};
use ports::{
    blobs::Blobs,
    clock::{Clock, Ids},
    queue::Queue,
    replies::Replies,
    run::Runnable,
    store::Store,
};
use tokio::sync::{OnceCell, Semaphore};

pub use asked::Asked;
pub use control::{Action, Batch, Unfit};
pub use ended::ended;
pub use error::{Class, Error};
pub use eval::Evaluated;
pub use file::File;
pub use files::FileOf;
pub use flows::{FlowQuery, FlowSummary, StoredFlow, Validation};
pub use groups::{Part, Route, WorkerGroups};
pub use logs::{LogQuery, text as log_text};
pub use metrics::{Aggregated, Aggregation, GroupBy, MetricEntry, MetricQuery, MetricSort};
pub use namespace_files::{FileAttributes, LISTED_MAX as FILES_LISTED_MAX};
pub use offers::{Delivery, Poll, Polled, SeenTask, TaskUpdate, Updated, WorkerSays};
pub use ports::blobs::Facts as FileFacts;
pub use ports::engine::TriggerName;
pub use preview::{Preview, PreviewKind, ROWS as PREVIEW_ROWS, ROWS_MAX as PREVIEW_ROWS_MAX};
pub use query::{ExecutionQuery, ExecutionSort, Page, PageRequest};
pub use schedules::{Backfill, NewBackfill, TriggerAction, TriggerQuery, TriggerState};
pub use settings::Settings;
pub use signal::Resumption;
pub use start::{Begun, Draft, Start, Started};
pub use templates::{StoredTemplate, TemplateQuery};
pub use tick::Ticked;
pub use uploads::{Announced, Reserved, Upload};
pub use vault::Vault;
pub use webhook::{Called, WebhookCall};

/// The outside, as the service sees it.
#[derive(Debug, Clone)]
pub struct Outside {
    pub store: Arc<dyn Store>,
    pub blobs: Arc<dyn Blobs>,
    pub queue: Arc<dyn Queue>,
    /// How other processes are told of an end. `None` where all who wait are in this one.
    pub replies: Option<Arc<dyn Replies>>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    /// Every task type that touches the world and can be run here.
    pub runnables: Vec<Arc<dyn Runnable>>,
}

/// What flows may name.
fn types(outside: &Outside, settings: &Settings) -> Vec<TaskType> {
    let mut types: Vec<TaskType> = outside.runnables.iter().map(|it| *it.task_type()).collect();
    for elsewhere in &settings.elsewhere {
        if types.iter().all(|it| it.name != elsewhere.name) {
            types.push(*elsewhere);
        }
    }
    types
}

/// All use cases. Cheap to clone; clones share caches, waiters and what is being carried.
#[derive(Clone)]
pub struct Service {
    shared: Arc<Shared>,
}

struct Shared {
    outside: Outside,
    settings: Settings,
    catalogue: Catalogue,
    runnables: HashMap<&'static str, Arc<dyn Runnable>>,
    /// Names this process in leases.
    holder: u128,
    flows: revisions::Revisions<StoredFlow>,
    templates: revisions::Revisions<StoredTemplate>,
    composed: templates::Composed,
    waiters: wait::Waiters,
    listening: told::Listening,
    listeners: triggers::Listeners,
    carried: carried::Carried,
    pollers: offers::Pollers,
    callers: access::Known,
    tenants: access::Tenants,
    /// Set when every sweep has its item.
    sweeps_planned: OnceCell<()>,
    /// One permit for each execution that may be carried at the same time.
    carriers: Arc<Semaphore>,
}

impl Service {
    pub fn new(outside: Outside, settings: Settings) -> Self {
        let runnables: HashMap<_, _> =
            outside.runnables.iter().map(|it| (it.task_type().name, Arc::clone(it))).collect();
        Self {
            shared: Arc::new(Shared {
                catalogue: Catalogue::new(types(&outside, &settings))
                    .limited(settings.attempt_max)
                    .grouped(!settings.groups.all.is_empty()),
                runnables,
                holder: outside.ids.next(outside.clock.now()),
                flows: revisions::Revisions::default(),
                templates: revisions::Revisions::default(),
                composed: templates::Composed::default(),
                waiters: wait::Waiters::default(),
                listening: told::Listening::default(),
                listeners: triggers::Listeners::default(),
                carried: carried::Carried::default(),
                pollers: offers::Pollers::default(),
                callers: access::Known::new(settings.access.is_required()),
                tenants: access::Tenants::default(),
                sweeps_planned: OnceCell::new(),
                carriers: Arc::new(Semaphore::new(settings.carried_max)),
                outside,
                settings,
            }),
        }
    }

    pub fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// The task types that can be run here, besides the engine's own.
    pub fn catalogue(&self) -> &Catalogue {
        &self.shared.catalogue
    }

    fn store(&self) -> &dyn Store {
        &*self.shared.outside.store
    }

    /// The present, as every part of the application sees it.
    pub fn now(&self) -> engine::time::Timestamp {
        self.shared.outside.clock.now()
    }

    fn new_id(&self) -> u128 {
        self.shared.outside.ids.next(self.now())
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("settings", &self.shared.settings).finish_non_exhaustive()
    }
}
