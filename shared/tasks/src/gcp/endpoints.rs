//! Where Google's services are.

use std::ffi::OsString;

use url::Url;

const BIGQUERY: &str = "https://bigquery.googleapis.com";
/// Names another place of BigQuery: an emulator, or a private endpoint. As Google's own clients have it.
const BIGQUERY_VARIABLE: &str = "BIGQUERY_EMULATOR_HOST";

/// The origins of the services. An operator may move them, a flow may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    pub(super) bigquery: Url,
}

/// A setting that names no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` has to be the origin of a service such as http://localhost:9050, not `{value}`")]
pub struct NotAnEndpoint {
    name: &'static str,
    value: String,
}

impl Endpoints {
    /// As these variables say, and Google's own where they say nothing. `host:port` alone means http.
    ///
    /// # Errors
    /// A variable names no place.
    pub fn new(environment: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Self, NotAnEndpoint> {
        let set = environment.into_iter().find(|(name, _)| name == BIGQUERY_VARIABLE);
        let value = set.map(|(_, value)| value.to_string_lossy().into_owned()).filter(|it| !it.is_empty());
        Ok(Self { bigquery: origin(BIGQUERY_VARIABLE, value.as_deref().unwrap_or(BIGQUERY))? })
    }
}

impl Default for Endpoints {
    fn default() -> Self {
        Self::new([]).expect("Google's own addresses are origins")
    }
}

fn origin(name: &'static str, value: &str) -> Result<Url, NotAnEndpoint> {
    let whole = if value.contains("://") { value.to_owned() } else { format!("http://{value}") };
    let url = Url::parse(&whole).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    });
    url.ok_or_else(|| NotAnEndpoint { name, value: value.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_taken_and_nothing_else() {
        let of = |value: &str| {
            let endpoints = Endpoints::new([(BIGQUERY_VARIABLE.into(), value.into())]);
            endpoints.map(|it| it.bigquery.to_string())
        };
        assert_eq!(of("").unwrap(), "https://bigquery.googleapis.com/");
        assert_eq!(of("localhost:9050").unwrap(), "http://localhost:9050/");
        assert_eq!(of("https://bigquery.example.com/").unwrap(), "https://bigquery.example.com/");
        for wrong in
            ["ftp://localhost", "http://me@localhost", "localhost/path", "http://localhost?a=b", "::"]
        {
            assert!(of(wrong).is_err(), "{wrong}");
        }
        let error = of("localhost/path").unwrap_err().to_string();
        assert!(error.starts_with("`BIGQUERY_EMULATOR_HOST` has to be the origin"), "{error}");
    }
}
