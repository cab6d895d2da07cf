//! Which flow a workflow's name and version mean.

use std::sync::Arc;

use crate::{Error, Service, StoredFlow};

impl Service {
    /// The namespace and the flow id that a name means: `flow` of the namespace of the settings, or `namespace.flow`,
    /// split at the last dot.
    pub fn workflow_named<'n>(&'n self, name: &'n str) -> (&'n str, &'n str) {
        name.rsplit_once('.').unwrap_or((&self.settings().conductor_namespace, name))
    }

    /// The flow that a name and version mean: a version is a revision, none and 0 are the newest.
    ///
    /// # Errors
    /// `NotFound`, in Conductor's words; `IllegalState` when it is disabled, or not valid any more.
    pub async fn workflow(
        &self,
        tenant: &str,
        name: &str,
        version: Option<i64>,
    ) -> Result<Arc<StoredFlow>, Error> {
        let (namespace, flow_id) = self.workflow_named(name);
        let version = version.filter(|version| *version != 0);
        let none = || {
            let version = version.map_or_else(|| "null".to_owned(), |version| version.to_string());
            Error::NotFound(format!("No such workflow defined. name={name}, version={version}"))
        };
        let Ok(revision) = version.map(u32::try_from).transpose() else { return Err(none()) };
        match self.flow_to_start(tenant, namespace, flow_id, revision).await {
            Err(Error::NotFound(_)) => Err(none()),
            found => found,
        }
    }
}
