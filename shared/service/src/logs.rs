//! Log lines of executions.

use std::fmt::Write;

use engine::{
    execution::{Execution, Level, LogEntry},
    id::{ExecutionId, TaskRunId},
};

use crate::{Error, Service, keys};

/// Which lines of an execution.
#[derive(Debug, Clone, Default)]
pub struct LogQuery {
    pub min_level: Option<Level>,
    pub task_run: Option<TaskRunId>,
    pub task_id: Option<String>,
    /// 0 for the first, as Kestra counts here.
    pub attempt: Option<u32>,
}

impl Service {
    /// The execution the lines belong to and the lines, oldest first; `None` when it is unknown.
    pub async fn logs(
        &self,
        tenant: &str,
        id: ExecutionId,
        query: LogQuery,
    ) -> Result<Option<(Execution, Vec<LogEntry>)>, Error> {
        let Some((mut record, _)) = self.read_record(tenant, id).await? else {
            return Ok(None);
        };
        let mut lines = Vec::new();
        for chunk in self.read_chunks::<Vec<LogEntry>>(tenant, id, keys::LOGS, &record.logs).await? {
            lines.extend(chunk);
        }
        lines.append(&mut record.execution.logs);
        lines.retain(|line| query.matches(line));
        Ok(Some((record.execution, lines)))
    }
}

impl LogQuery {
    fn matches(&self, line: &LogEntry) -> bool {
        self.min_level.is_none_or(|least| line.level >= least)
            && self.task_run.is_none_or(|wanted| line.task_run == Some(wanted))
            && self.task_id.as_ref().is_none_or(|wanted| line.task_id.as_ref() == Some(wanted))
            && self.attempt.is_none_or(|wanted| line.attempt == wanted)
    }
}

/// One line of text for each: `timestamp LEVEL message`.
pub fn text(lines: &[LogEntry]) -> String {
    let mut text = String::with_capacity(lines.iter().map(|line| line.message.len() + 32).sum());
    for LogEntry { timestamp, level, message, .. } in lines {
        writeln!(text, "{timestamp} {} {message}", level.name()).expect("a String takes everything");
    }
    text
}
