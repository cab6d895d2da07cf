//! The namespaces that a request concerns whose path does not say so. Asked only for who is limited to some.

use engine::id::ExecutionId;

use crate::{Error, Service};

impl Service {
    /// The namespace of a flow that somebody sends.
    ///
    /// # Errors
    /// When it is no flow.
    pub fn namespace_of_flow(&self, source: &str) -> Result<String, Error> {
        Ok(self.read_flow(source)?.namespace)
    }

    /// The namespace of a template that somebody sends.
    ///
    /// # Errors
    /// When it is no template.
    pub fn namespace_of_template(&self, source: &str) -> Result<String, Error> {
        Ok(self.read_template(source)?.name.namespace)
    }

    /// The namespace of an execution, if it is there.
    ///
    /// # Errors
    /// The store's.
    pub async fn namespace_of_execution(
        &self,
        tenant: &str,
        id: ExecutionId,
    ) -> Result<Option<String>, Error> {
        match self.execution(tenant, id).await {
            Ok(execution) => Ok(Some(execution.namespace)),
            Err(Error::NotFound(_)) => Ok(None),
            Err(other) => Err(other),
        }
    }
}
