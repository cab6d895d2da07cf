//! Finding definitions.

use crate::{Error, FlowSummary, Service};

/// Versions that one list has.
pub const LISTED_MAX: usize = 10_000;

impl Service {
    /// One version of a definition, or the highest.
    ///
    /// # Errors
    /// `NotFound` in Conductor's words, so for a flow that is no definition.
    pub async fn definition(
        &self,
        tenant: &str,
        name: &str,
        version: Option<u32>,
    ) -> Result<FlowSummary, Error> {
        let namespace = &self.settings().conductor_namespace;
        let none = || {
            let version = version.map_or_else(|| "null".to_owned(), |version| version.to_string());
            Error::NotFound(format!("No such workflow found by name: {name}, version: {version}"))
        };
        let newest = self.newest(tenant, namespace, name).await?.filter(|it| !it.deleted).ok_or_else(none)?;
        let registered = newest.registered.as_ref().ok_or_else(none)?;
        let revision = registered.revision(version).ok_or_else(none)?;
        if revision == newest.revision {
            return Ok(newest);
        }
        self.flow_revision(tenant, namespace, name, revision).await
    }

    /// The revision of a flow that a version means: of a definition as it was registered, the highest unless one is
    /// named; of any other flow the revision of that number, or the newest (`None`).
    ///
    /// # Errors
    /// `NotFound` when a definition has no such version.
    pub(crate) async fn revision_of_version(
        &self,
        tenant: &str,
        namespace: &str,
        flow_id: &str,
        version: Option<u32>,
    ) -> Result<Option<u32>, Error> {
        let newest = self.newest(tenant, namespace, flow_id).await?;
        match newest.as_ref().and_then(|it| it.registered.as_ref()) {
            None => Ok(version),
            Some(registered) => match registered.revision(version) {
                Some(revision) => Ok(Some(revision)),
                None => Err(Error::NotFound(format!("No such version of {flow_id}"))),
            },
        }
    }

    /// The newest write of every definition, which knows all its versions, by name; with a name that one alone.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn definition_heads(
        &self,
        tenant: &str,
        name: Option<&str>,
    ) -> Result<Vec<FlowSummary>, Error> {
        let namespace = &self.settings().conductor_namespace;
        let mut heads = match name {
            Some(name) => self.newest(tenant, namespace, name).await?.into_iter().collect(),
            None => self.heads_under(tenant, &format!("{namespace}/")).await?,
        };
        heads.retain(|it| !it.deleted && it.registered.is_some());
        Ok(heads)
    }

    /// Every version of every definition, by name and version; with `latest` the highest of each.
    ///
    /// # Errors
    /// `TooLarge` when there are more than [`LISTED_MAX`].
    pub async fn definitions(
        &self,
        tenant: &str,
        name: Option<&str>,
        latest: bool,
    ) -> Result<Vec<FlowSummary>, Error> {
        let mut all = Vec::new();
        for head in self.definition_heads(tenant, name).await? {
            let Some(registered) = &head.registered else { continue };
            let skipped = if latest { registered.versions.len().saturating_sub(1) } else { 0 };
            for revision in registered.versions.values().skip(skipped) {
                if all.len() == LISTED_MAX {
                    return Err(Error::TooLarge(format!(
                        "more than {LISTED_MAX} versions; there are /metadata/workflow/names-and-versions and ?name="
                    )));
                }
                all.push(if *revision == head.revision {
                    head.clone()
                } else {
                    self.flow_revision(tenant, &head.namespace, &head.id, *revision).await?
                });
            }
        }
        Ok(all)
    }
}
