//! What the API stands on: AWS, or a folder of this machine.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::Router;
use embedded::{RandomIds, SystemClock, queue};
use lambda::{Error, Home, Role, Variables, meter::Meter};
use ports::clock::Clock;
use service::{Outside, Service, Settings};
use tasks::Registry;
use tokio::task::JoinSet;

/// Where everything is.
#[derive(Debug)]
pub(crate) enum Place {
    /// On AWS, beside the other functions.
    Aws(Box<Home>),
    /// In this process, with the loops that do what the other functions do.
    Folder { service: Service, _loops: JoinSet<()> },
}

/// What the environment asks for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Aws,
    Folder(PathBuf),
}

impl Asked {
    fn by(variables: &Variables) -> Result<Self, Error> {
        match (variables.get("ROUNDTRIP_TABLE"), variables.get("ROUNDTRIP_DATA")) {
            (Some(_), _) => Ok(Self::Aws),
            (None, Some(data)) => Ok(Self::Folder(data.into())),
            (None, None) => Err(Error::Nowhere),
        }
    }
}

impl Place {
    /// Opens what the environment asks for. A call waits so long at most.
    ///
    /// # Errors
    /// It asks for nothing, for something wrong, or for something that cannot be had.
    pub(crate) async fn open(variables: &Variables, wait_max: Duration) -> Result<Self, Error> {
        let settings = Settings { wait_max, ..variables.settings()? };
        match Asked::by(variables)? {
            Asked::Aws => Ok(Self::Aws(Box::new(Home::open(Role::Api, variables, settings).await?))),
            Asked::Folder(data) => {
                // Of a deployment only what its environment says holds here.
                let Settings { url, wait_max, envs, .. } = settings;
                let settings = Settings { url, wait_max, envs, alone: true, ..Settings::default() };
                Self::in_folder(&data, settings).await
            }
        }
    }

    async fn in_folder(data: &Path, settings: Settings) -> Result<Self, Error> {
        let embedded::Home { store, blobs } = embedded::Home::open(data)?;
        let (queue, dispatches) = queue::Queue::new();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let work = data.join("work");
        let registry =
            Registry::below(work.clone(), &clock).map_err(|source| Error::Work { path: work, source })?;
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
        service.recover().await?;
        let loops = service.spawn_loops(dispatches);
        Ok(Self::Folder { service, _loops: loops })
    }

    /// The routes, built while connections are opened.
    pub(crate) async fn router(&self) -> Router {
        match self {
            Self::Folder { service, .. } => rest::router(service.clone()),
            Self::Aws(home) => {
                let service = home.service.clone();
                let building = tokio::task::spawn_blocking(move || rest::router(service));
                let (router, ()) = tokio::join!(building, home.warm());
                router.expect("routes are constants: a table that panics panics in every test")
            }
        }
    }

    /// What measures; nobody reads the metrics of a folder.
    pub(crate) fn meter(&self) -> Option<Arc<Meter>> {
        match self {
            Self::Aws(home) => Some(Arc::clone(&home.meter)),
            Self::Folder { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(all: &[(&str, &str)]) -> Result<Asked, Error> {
        let all = all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Asked::by(&Variables::new(all))
    }

    #[test]
    fn a_table_comes_before_a_folder() {
        let both = [("ROUNDTRIP_TABLE", "t"), ("ROUNDTRIP_DATA", "/d")];
        assert_eq!(asked(&both).expect("a table is named"), Asked::Aws);
        assert_eq!(asked(&both[1..]).expect("a folder is named"), Asked::Folder("/d".into()));
    }

    #[test]
    fn nothing_is_an_error_that_says_what_is_right() {
        let message = asked(&[]).expect_err("nothing is named").to_string();
        assert!(message.contains("ROUNDTRIP_TABLE") && message.contains("ROUNDTRIP_DATA"), "{message}");
    }
}
