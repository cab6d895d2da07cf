//! Log lines of tasks that keep them in a file (`logToFile`): a blob for each attempt instead of items.
//!
//! The file is written before the commit that names it. Written again after a crash it is the same file.

use std::collections::BTreeMap;

use bytes::Bytes;
use engine::{
    execution::{Execution, LogEntry},
    flow::Flow,
    id::TaskRunId,
};
use futures_util::{StreamExt, stream};
use ports::blobs::Path;

use crate::{Error, Service, files, logs};

impl Service {
    /// Writes the lines that were [`taken_out`] into their files.
    pub(crate) async fn write_log_files(
        &self,
        execution: &mut Execution,
        taken: Vec<(TaskRunId, Vec<LogEntry>)>,
    ) -> Result<(), Error> {
        for (run, lines) in taken {
            let number = lines.first().map_or(0, |line| line.attempt);
            let Some(folder) =
                execution.task_runs.get(run).map(|it| files::task_run_folder(execution, &it.task_id, it.id))
            else {
                continue;
            };
            let path = Path::new(format!("{folder}/log-{number}.txt"))
                .map_err(|error| Error::Internal(error.to_string()))?;
            let text = Bytes::from(logs::text(&lines));
            let limit = text.len() as u64;
            let content = stream::once(std::future::ready(Ok(text))).boxed();
            self.shared.outside.blobs.put(&path, content, limit).await?;
            let index = usize::try_from(number).unwrap_or(usize::MAX);
            if let Some(mut run) = execution.task_runs.get_mut(run)
                && let Some(attempt) = run.attempts.get_mut(index)
            {
                attempt.log_file = Some(files::uri(&path));
            }
        }
        Ok(())
    }
}

/// Takes out the lines of attempts that have ended and belong into files, by run and attempt.
pub(crate) fn taken_out(flow: &Flow, execution: &mut Execution) -> Vec<(TaskRunId, Vec<LogEntry>)> {
    let mut taken: BTreeMap<(TaskRunId, u32), Vec<LogEntry>> = BTreeMap::new();
    let of_file = |line: &LogEntry| {
        let task = line.task_id.as_deref().and_then(|id| flow.task(id))?;
        let run = line.task_run.filter(|_| task.log_to_file)?;
        let attempts = &execution.task_runs.get(run)?.attempts;
        let attempt = attempts.get(usize::try_from(line.attempt).ok()?)?;
        attempt.state.is_terminal().then_some((run, line.attempt))
    };
    if !execution.logs.iter().any(|line| of_file(line).is_some()) {
        return Vec::new();
    }
    let mut kept = Vec::new();
    for line in &execution.logs {
        match of_file(line) {
            Some(key) => taken.entry(key).or_default().push(line.clone()),
            None => kept.push(line.clone()),
        }
    }
    execution.logs = kept;
    taken.into_iter().map(|((run, _), lines)| (run, lines)).collect()
}
