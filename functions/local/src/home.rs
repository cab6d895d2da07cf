//! One process: the adapters over a directory, the service on them, and the loops that move it.

use std::{path::Path, sync::Arc, time::Duration};

use engine::flow::Catalogue;
use ports::queue::Dispatch;
use service::{Outside, Service, Settings};
use tokio::{
    sync::mpsc,
    task::{JoinHandle, JoinSet},
};

use crate::report;

/// Messages the queue in the process holds; what it refuses, the clock finds.
const QUEUE_MAX: usize = 10_000;
/// How often the clock looks for what is due.
const TICK: Duration = Duration::from_millis(250);

/// Everything that stands over one data directory.
pub(crate) struct Home {
    pub(crate) service: Service,
    embedded: embedded::Home,
    queue: Mutex<Option<mpsc::Receiver<Dispatch>>>,
}
