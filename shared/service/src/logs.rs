//! Log lines of executions.

use engine::{
    execution::{Execution, Level, LogEntry},
    id::{ExecutionId, TaskRunId},
};

use crate::{Error, Service};

/// Which lines of an execution.
#[derive(Debug, Clone, Default)]
pub struct LogQuery {
    pub min_level: Option<Level>,
    pub task_run: Option<TaskRunId>,
    pub task_id: Option<String>,
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
        let _ = (tenant, id, query);
        unimplemented!()
    }
}
