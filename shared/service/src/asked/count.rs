//! Counting executions.

use std::time::Duration;

use ports::engine::Counted;

use crate::{Error, ExecutionQuery, Service};

/// How far back executions are counted when nobody says. Kestra: 30 days.
const COUNTED_WITHIN: Duration = Duration::from_hours(30 * 24);

impl Service {
    /// How many executions of at most [`crate::settings::SCANNED_MAX`] are of that kind.
    pub(super) async fn count_executions(&self, tenant: &str, which: &Counted) -> Result<u64, Error> {
        let now = self.now();
        let start = which.start.unwrap_or_else(|| now.minus(COUNTED_WITHIN));
        let query = ExecutionQuery {
            namespace_exact: Some(which.namespace.clone()),
            flow_id: which.flow_id.clone(),
            states: which.states.clone(),
            start: Some(start),
            ..ExecutionQuery::default()
        };
        let end = which.end.unwrap_or(now);
        let found = self.find(tenant, &query).await?;
        Ok(found.iter().filter(|it| it.summary.start <= end).count() as u64)
    }
}
