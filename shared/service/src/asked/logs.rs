//! Removing log lines of executions that stay.

use engine::{execution::LogEntry, id::ExecutionId};
use ports::{
    engine::LogPurge,
    store::{Condition, Write},
};

use crate::{Class, Error, ExecutionQuery, Service, keys, record};

impl Service {
    /// Removes lines of at most [`crate::settings::SCANNED_MAX`] executions; gives their number.
    ///
    /// An execution that has not ended keeps its lines: its carrier is writing them.
    pub(super) async fn purge_log_lines(&self, tenant: &str, which: &LogPurge) -> Result<u64, Error> {
        let query = ExecutionQuery {
            namespace: which.namespace.clone(),
            flow_id: which.flow_id.clone(),
            ..ExecutionQuery::default()
        };
        let matches = |line: &LogEntry| {
            line.timestamp <= which.end
                && which.start.is_none_or(|start| line.timestamp >= start)
                && (which.levels.is_empty() || which.levels.contains(&line.level))
        };
        let mut removed = 0;
        for found in self.find(tenant, &query).await? {
            let ended_before =
                which.start.is_some_and(|start| found.summary.end.is_some_and(|end| end < start));
            if found.summary.start <= which.end && !ended_before {
                removed += self.purge_lines_of(tenant, found.id, matches).await?;
            }
        }
        Ok(removed)
    }

    /// What stays is written first, then the item that names it, and what is left of the old is removed last. Somebody
    /// who changes the execution meanwhile wins, and its lines stay for another purge.
    pub(super) async fn purge_lines_of(
        &self,
        tenant: &str,
        id: ExecutionId,
        matches: impl Fn(&LogEntry) -> bool,
    ) -> Result<u64, Error> {
        let Some((mut record, version)) = self.read_record(tenant, id).await? else { return Ok(0) };
        if !record.execution.is_over() {
            return Ok(0);
        }
        let old = std::mem::take(&mut record.logs);
        let chunks: Vec<Vec<LogEntry>> = self.read_chunks(tenant, id, keys::LOGS, &old).await?;
        let mut lines: Vec<LogEntry> = chunks.into_iter().flatten().collect();
        lines.append(&mut record.execution.logs);
        let removed = take_out(&mut lines, &matches);
        if removed == 0 {
            return Ok(0);
        }
        record.execution.logs = lines;
        let by = self.new_id();
        for chunk in record::overflowing_logs(&mut record.execution) {
            self.write_chunk((tenant, id), keys::LOGS, (&mut record.logs, by), &chunk).await?;
        }
        let content = record.content(self.shared.settings.plain_bytes_max)?;
        let key = keys::execution(tenant, id);
        let body = content.body.clone();
        let put = Write::Put { key: key.clone(), condition: Condition::Version(version), content };
        match self.write(&key, &body, vec![put]).await {
            Ok(()) => {}
            Err(error) if error.class() == Class::Contention => return Ok(0),
            Err(other) => return Err(other),
        }
        for key in old.keys(tenant, id, keys::LOGS) {
            self.store().commit(vec![Write::Delete { key, condition: Condition::None }]).await?;
        }
        Ok(removed)
    }
}

fn take_out(lines: &mut Vec<LogEntry>, matches: &impl Fn(&LogEntry) -> bool) -> u64 {
    let before = lines.len();
    lines.retain(|line| !matches(line));
    (before - lines.len()) as u64
}
