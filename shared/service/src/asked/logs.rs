//! Removing log lines of executions that stay.

use engine::{execution::LogEntry, id::ExecutionId};
use ports::{
    engine::LogPurge,
    store::{Condition, Content, Key, Write},
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

    /// Chunks first, as a chunk that is gone is passed over, and the item that names them last. Somebody who changes the
    /// execution meanwhile wins, and its own lines stay for another purge.
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
        let mut removed = 0;
        let mut chunks = Vec::with_capacity(record.log_chunks.len());
        for sort in std::mem::take(&mut record.log_chunks) {
            let key = Key { partition: keys::execution_partition(tenant, id), sort: sort.clone() };
            let Some(item) = self.store().get(&key).await? else { continue };
            let mut lines: Vec<LogEntry> = record::decode(&item.content.body)?;
            let gone = take_out(&mut lines, &matches);
            removed += gone;
            let condition = Condition::Version(item.version);
            if lines.is_empty() {
                self.store().commit(vec![Write::Delete { key, condition }]).await?;
                continue;
            }
            if gone > 0 {
                let content = Content { body: record::encode(&lines)?, ..Content::default() };
                self.store().commit(vec![Write::Put { key, condition, content }]).await?;
            }
            chunks.push(sort);
        }
        record.log_chunks = chunks;
        let inline = take_out(&mut record.execution.logs, &matches);
        if removed + inline == 0 {
            return Ok(0);
        }
        let content = record.content(self.shared.settings.plain_bytes_max)?;
        let key = keys::execution(tenant, id);
        let body = content.body.clone();
        let put = Write::Put { key: key.clone(), condition: Condition::Version(version), content };
        match self.write(&key, &body, vec![put]).await {
            Ok(()) => Ok(removed + inline),
            Err(error) if error.class() == Class::Contention => Ok(removed),
            Err(other) => Err(other),
        }
    }
}

fn take_out(lines: &mut Vec<LogEntry>, matches: &impl Fn(&LogEntry) -> bool) -> u64 {
    let before = lines.len();
    lines.retain(|line| !matches(line));
    (before - lines.len()) as u64
}
