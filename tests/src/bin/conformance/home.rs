//! A server of one's own in this process: the API over a data directory that vanishes with it.

use std::{sync::Arc, time::Duration};

use embedded::{RandomIds, SystemClock, queue, store::Durability};
use ports::{clock::Clock, run::Runnable};
use service::{Outside, Service, Settings};
use tasks::Registry;
use tempfile::TempDir;
use tests::http::Client;
use tokio::{net::TcpListener, runtime::Handle, task::JoinSet};

use crate::{plugins, shortfall::Shortfall};

/// How long what still runs at the end has to notice.
const GRACE: Duration = Duration::from_millis(200);

/// A server that listens. Dropping it ends it and removes its data.
#[derive(Debug)]
pub(crate) struct Home {
    client: Client,
    runtime: Handle,
    service: Service,
    serving: JoinSet<()>,
    _folder: TempDir,
}

impl Home {
    /// # Errors
    /// When there is no room for its data, or no port.
    pub(crate) fn start(runtime: &Handle, settings: Settings) -> Result<Self, Shortfall> {
        runtime.block_on(Self::open(runtime.clone(), settings))
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    async fn open(runtime: Handle, settings: Settings) -> Result<Self, Shortfall> {
        let folder =
            tempfile::Builder::new().prefix("conformance-").tempdir().map_err(cannot("make a folder"))?;
        let data = folder.path().join("data");
        let embedded::Home { store, blobs } = embedded::Home::open_with(&data, Durability::ProcessEnd)
            .map_err(cannot("open a data directory"))?;
        let (queue, dispatches) = queue::Queue::new();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let registry =
            Registry::below(data.join("work"), &clock).map_err(cannot("make a folder for tasks"))?;
        let runnables: Vec<Arc<dyn Runnable>> =
            registry.all().iter().cloned().chain(plugins::all(&registry)).collect();
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(cannot("listen"))?;
        let base = format!("http://{}", listener.local_addr().map_err(cannot("listen"))?);
        let outside = Outside {
            store,
            blobs,
            queue: Arc::new(queue),
            replies: None,
            clock,
            ids: Arc::new(RandomIds::default()),
            runnables,
        };
        let settings = Settings { url: Some(base.clone()), alone: true, ..settings };
        let service = Service::new(outside, settings);
        service.recover().await.map_err(cannot("look for open executions"))?;
        let mut serving = service.spawn_loops(dispatches);
        let router = rest::router(service.clone()).into_make_service();
        serving.spawn(async move {
            // It ends with the set it stands in.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { client: Client::new(&base), runtime, service, serving, _folder: folder })
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        self.serving.abort_all();
        self.runtime.block_on(self.service.close(GRACE));
    }
}

fn cannot<E: std::fmt::Display>(what: &str) -> impl FnOnce(E) -> Shortfall {
    move |error| Shortfall::Broken(format!("cannot {what}: {error}"))
}
