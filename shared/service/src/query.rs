//! Asking about executions.

use engine::{
    execution::{Execution, State},
    flow::Label,
    id::ExecutionId,
    time::Timestamp,
};

use crate::{Error, Service};

/// Which page of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// From 1.
    pub page: usize,
    /// From 1 to [`crate::settings::PAGE_SIZE_MAX`].
    pub size: usize,
}

/// One page of what was found.
#[derive(Debug, Clone)]
pub struct Page<T> {
    pub results: Vec<T>,
    /// Of all pages.
    pub total: usize,
}

/// Which executions.
#[derive(Debug, Clone, Default)]
pub struct ExecutionQuery {
    /// Part of an id, namespace or flow id. `*` and empty are all.
    pub q: Option<String>,
    /// Whole segments: the namespace itself and those below it.
    pub namespace: Option<String>,
    /// Exactly this namespace (the list of one flow).
    pub namespace_exact: Option<String>,
    pub flow_id: Option<String>,
    pub states: Vec<State>,
    pub labels: Vec<Label>,
    /// Started then or later.
    pub start: Option<Timestamp>,
    /// Ended then or earlier.
    pub end: Option<Timestamp>,
    /// Started by this execution.
    pub trigger_execution: Option<String>,
    /// Started by another execution (`Some(true)`), or not.
    pub child: Option<bool>,
    /// `(key, ascending)`; newest first when empty.
    pub sort: Vec<(ExecutionSort, bool)>,
}

/// What a search can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExecutionSort {
    Id,
    StartDate,
    EndDate,
    Duration,
    Namespace,
    FlowId,
    State,
}

impl Service {
    pub async fn execution(&self, tenant: &str, id: ExecutionId) -> Result<Execution, Error> {
        let _ = (tenant, id);
        unimplemented!()
    }

    pub async fn search_executions(
        &self,
        tenant: &str,
        query: ExecutionQuery,
        page: PageRequest,
    ) -> Result<Page<Execution>, Error> {
        let _ = (tenant, query, page);
        unimplemented!()
    }

    /// Removes an execution and what the flags name. One that is still running is killed first.
    pub async fn delete_execution(
        &self,
        tenant: &str,
        id: ExecutionId,
        logs: bool,
        storage: bool,
    ) -> Result<(), Error> {
        let _ = (tenant, id, logs, storage);
        unimplemented!()
    }
}
