//! What the API stands on: AWS, or a folder of this machine.

#[cfg(feature = "folder")]
mod folder;

use std::{path::PathBuf, sync::Arc, time::Duration};

use axum::Router;
use lambda::{Error, Home, Role, Variables, meter::Meter};
use service::Settings;

/// Where everything is.
#[derive(Debug)]
pub(crate) enum Place {
    /// On AWS, beside the other functions.
    Aws(Box<Home>),
    /// In this process, with the loops that do what the other functions do.
    #[cfg(feature = "folder")]
    Folder(folder::Folder),
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
            Asked::Aws => Ok(Self::Aws(Box::new(Home::open(Role::Api, variables, settings)?))),
            #[cfg(feature = "folder")]
            Asked::Folder(data) => {
                Ok(Self::Folder(folder::Folder::open(&data, variables.outbound()?, settings).await?))
            }
            #[cfg(not(feature = "folder"))]
            Asked::Folder(data) => Err(Error::NoFolder(data)),
        }
    }

    /// The routes, built while connections are opened.
    pub(crate) async fn router(&self) -> Router {
        match self {
            #[cfg(feature = "folder")]
            Self::Folder(folder) => rest::router(folder.service.clone()),
            Self::Aws(home) => {
                let service = home.service.clone();
                let building = tokio::task::spawn_blocking(move || rest::router(service));
                let (router, ()) = tokio::join!(building, home.warm());
                router.expect("routes are constants: a table that panics panics in every test")
            }
        }
    }

    /// What measures; nobody reads the metrics of a folder.
    #[cfg_attr(not(feature = "folder"), allow(clippy::unnecessary_wraps, reason = "a folder has none"))]
    pub(crate) fn meter(&self) -> Option<Arc<Meter>> {
        match self {
            Self::Aws(home) => Some(Arc::clone(&home.meter)),
            #[cfg(feature = "folder")]
            Self::Folder(_) => None,
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
