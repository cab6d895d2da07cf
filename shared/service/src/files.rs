//! Files of executions.

use std::ops::Range;

use engine::id::ExecutionId;
use ports::blobs::Reading;

use crate::{Error, Service};

impl Service {
    /// Reads a file of an execution by its `kestra://` URI.
    ///
    /// # Errors
    /// `NotFound` for an unknown execution (`Unable to find execution id '<id>'`) or file; `Invalid` (`Invalid prefix path`)
    /// for a URI outside the execution; `OtherExecution` is not an error of ours: see [`FileOf`].
    pub async fn file(
        &self,
        tenant: &str,
        id: ExecutionId,
        uri: &str,
        range: Option<Range<u64>>,
    ) -> Result<FileOf, Error> {
        let _ = (tenant, id, uri, range);
        unimplemented!()
    }

    /// Its size in bytes.
    pub async fn file_size(&self, tenant: &str, id: ExecutionId, uri: &str) -> Result<SizeOf, Error> {
        let _ = (tenant, id, uri);
        unimplemented!()
    }
}

/// Whose file it is. Kestra redirects to the execution a file belongs to.
#[allow(missing_debug_implementations, reason = "a stream has nothing to show")]
pub enum FileOf {
    This(Reading),
    Other(ExecutionId),
}

/// As [`FileOf`], for the size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SizeOf {
    This(u64),
    Other(ExecutionId),
}
