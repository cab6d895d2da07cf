//! Starting an execution: which flow, which inputs, which id.

use std::{sync::Arc, time::Duration};

use engine::{
    execution::{Execution, ExecutionTrigger},
    flow::Label,
    id::ExecutionId,
    input::Submitted,
    time::Timestamp,
};
use ports::blobs::ByteStream;

use crate::{Error, Service, StoredFlow};

/// What `begin` found.
#[derive(Debug)]
pub enum Begun {
    /// A new execution, not stored yet.
    New(Draft),
    /// The idempotency key belongs to this execution already.
    Existing(ExecutionId),
}

/// An execution that has an id but no inputs yet, so that files can be stored under it.
#[derive(Debug)]
pub struct Draft {
    pub tenant: String,
    pub id: ExecutionId,
    pub flow: Arc<StoredFlow>,
}

/// How an execution is to start.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// As the caller gave them, in order.
    pub labels: Vec<Label>,
    /// Not before then.
    pub schedule_date: Option<Timestamp>,
    pub trigger: Option<ExecutionTrigger>,
    /// Answer when it has ended, or after so long; at once when `None`.
    pub wait: Option<Duration>,
}

/// What became of a start.
#[derive(Debug, Clone)]
pub struct Started {
    pub execution: Execution,
    /// Whether a wait was asked for and the execution had ended before it was over.
    pub ended: bool,
}

impl Service {
    /// Finds the flow and takes an id.
    ///
    /// # Errors
    /// `NotFound` (`Requested Flow is not found.`), `IllegalState` (disabled, or stored but not valid any more).
    pub async fn begin(
        &self,
        tenant: &str,
        namespace: &str,
        flow_id: &str,
        revision: Option<u32>,
        idempotency_key: Option<&str>,
    ) -> Result<Begun, Error> {
        let _ = (tenant, namespace, flow_id, revision, idempotency_key);
        unimplemented!()
    }

    /// Stores a file for an input of the draft; gives its `kestra://` URI.
    pub async fn store_input_file(
        &self,
        draft: &Draft,
        input_id: &str,
        file_name: &str,
        content: ByteStream,
    ) -> Result<String, Error> {
        let _ = (draft, input_id, file_name, content);
        unimplemented!()
    }

    /// Starts the execution, and carries it to its end when the caller waits.
    ///
    /// # Errors
    /// `Invalid` when an input or label is against the rules; nothing is stored then.
    pub async fn start(&self, draft: Draft, submitted: Submitted, start: Start) -> Result<Started, Error> {
        let _ = (draft, submitted, start);
        unimplemented!()
    }

    /// Forgets a draft and the files stored for it.
    pub async fn abandon(&self, draft: Draft) {
        let _ = draft;
        unimplemented!()
    }
}
