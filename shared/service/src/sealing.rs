//! How a task that runs here has its outputs encrypted.

use std::{fmt, sync::Arc};

use engine::secrets::Seal;
use expression::Key;
use ports::clock::{Clock, Ids};
use serde_json::Value as Json;

use crate::Service;

/// Encrypts with the key of the deployment.
pub(crate) struct Sealing {
    key: Option<Key>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

impl Service {
    pub(crate) fn sealing(&self) -> Sealing {
        let outside = &self.shared.outside;
        Sealing {
            key: self.shared.settings.encryption_key.clone(),
            clock: Arc::clone(&outside.clock),
            ids: Arc::clone(&outside.ids),
        }
    }
}

impl ports::seal::Seal for Sealing {
    fn seal(&self, text: &str) -> Json {
        let ids = || self.ids.next(self.clock.now());
        Seal { key: self.key.as_ref(), ids: &ids }.text(text)
    }
}

impl fmt::Debug for Sealing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealing").field("key", &self.key).finish_non_exhaustive()
    }
}
