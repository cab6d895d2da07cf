//! Everything in a folder and in this process, without AWS.

use std::{path::Path, sync::Arc};

use embedded::{RandomIds, SystemClock, queue};
use lambda::Error;
use ports::clock::Clock;
use service::{
    Outside, Service, Settings,
    access::{Callers, Rules},
};
use tasks::{Outbound, Registry};
use tokio::task::JoinSet;

/// A service over a folder, and the loops that do what the other functions do.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(crate) service: Service,
    _loops: JoinSet<()>,
}

impl Folder {
    /// Opens the folder, or makes it. Of a deployment's settings only what its environment says holds here.
    ///
    /// # Errors
    /// The folder cannot be had, or another process has it.
    pub(crate) async fn open(data: &Path, outbound: Outbound, settings: Settings) -> Result<Self, Error> {
        let Settings { url, wait_max, envs, encryption_key, secrets, access, conductor_namespace, .. } =
            settings;
        // Only this machine reaches it.
        let callers = match access.callers {
            Callers::Known | Callers::AnybodyAtFirst => Callers::AnybodyAtFirst,
            Callers::Vouched => Callers::Vouched,
            Callers::Anybody => Callers::Anybody,
        };
        let settings = Settings {
            url,
            wait_max,
            envs,
            encryption_key,
            secrets,
            conductor_namespace,
            access: Rules { callers, ..access },
            alone: true,
            ..Settings::default()
        };
        let embedded::Home { store, blobs } = embedded::Home::open(data)?;
        let (queue, dispatches) = queue::Queue::new();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let work = data.join("work");
        let registry = Registry::below(work.clone(), outbound, &clock)
            .map_err(|source| Error::Work { path: work, source })?;
        let outside = Outside {
            store,
            blobs,
            queue: Arc::new(queue),
            replies: None,
            clock,
            ids: Arc::new(RandomIds::default()),
            runnables: registry.all().to_vec(),
        };
        let service = Service::new(outside, settings);
        service.guard_if_anybody_is_known().await?;
        service.recover().await?;
        let loops = service.spawn_loops(dispatches);
        Ok(Self { service, _loops: loops })
    }
}
