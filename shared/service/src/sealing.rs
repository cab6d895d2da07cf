//! How a task that runs here has its outputs encrypted.

use serde_json::Value as Json;

use crate::Service;

impl Service {
    /// Encrypts with the key of the deployment.
    pub(crate) fn with_seal<T>(&self, then: impl FnOnce(engine::secrets::Seal<'_>) -> T) -> T {
        let ids = || self.new_id();
        then(engine::secrets::Seal { key: self.shared.settings.encryption_key.as_ref(), ids: &ids })
    }
}

impl ports::seal::Seal for Service {
    fn seal(&self, text: &str) -> Json {
        self.with_seal(|seal| seal.text(text))
    }
}
