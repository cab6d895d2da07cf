//! One process: the adapters over a directory, and the service on them.

use std::{path::Path, sync::Arc};

use embedded::{RandomIds, SystemClock, queue};
use ports::clock::Clock;
use service::{Outside, Service, Settings};
use tasks::{Equipment, Outbound, Registry};

use crate::report;

/// Everything that stands over one data directory.
pub(crate) struct Home {
    pub(crate) service: Service,
    /// What this process is told to carry on, for [`Service::spawn_loops`].
    pub(crate) dispatches: queue::Receiver,
    pub(crate) store: Arc<embedded::store::Store>,
}

/// Opens a data directory, or makes it.
pub(crate) fn open(data: &Path, outbound: Outbound, settings: Settings) -> Result<Home, report::Error> {
    let embedded::Home { store, blobs } = embedded::Home::open(data)?;
    let (queue, dispatches) = queue::Queue::new();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let equipment = Equipment::below(data.join("work"), outbound, &clock)
        .map_err(|error| report::Error::new(format!("cannot work in {}", data.display()), error))?;
    #[cfg(feature = "aws")]
    let equipment = Equipment { own: Some(own()), ..equipment };
    let registry = Registry::new(equipment);
    let outside = Outside {
        store: store.clone(),
        blobs,
        queue: Arc::new(queue),
        replies: None,
        clock,
        ids: Arc::new(RandomIds::default()),
        runnables: registry.all().to_vec(),
    };
    Ok(Home { service: Service::new(outside, settings), dispatches, store })
}

/// Whoever the SDK finds: by variables, a profile, or the machine.
#[cfg(feature = "aws")]
fn own() -> tasks::aws::Own {
    tasks::aws::Own::new(|| Box::pin(aws_config::defaults(aws_config::BehaviorVersion::latest()).load()))
}

/// What the store has done, as JSON.
pub(crate) fn counters(store: &embedded::store::Store) -> serde_json::Value {
    let counts = store.counts();
    serde_json::json!({
        "commits": counts.commits,
        "conflicts": counts.conflicts,
        "puts": counts.puts,
        "deletes": counts.deletes,
        "gets": counts.gets,
        "queries": counts.queries,
        "lists": counts.lists,
        "transactions": counts.transactions,
    })
}
