//! An execution of many task runs, written piece by piece: its JSON is never in memory as a whole.

use std::convert::Infallible;

use axum::body::Bytes;
use engine::{
    execution::{Execution, TaskRuns},
    time::Timestamp,
};
use futures_util::{Stream, stream};

use super::{View, bytes, task_run::TaskRunJson};

/// Task runs from which on an execution is written in pieces.
pub(crate) const WIDE: usize = 256;
/// Task runs of one piece.
const PIECE: usize = 64;

/// What is still to be written.
struct Rest {
    /// Without its task runs.
    execution: Execution,
    runs: TaskRuns,
    written: usize,
    now: Timestamp,
}

/// The JSON of an execution that has task runs. They come last.
pub(crate) fn pieces(
    mut execution: Execution,
    view: &View<'_>,
) -> impl Stream<Item = Result<Bytes, Infallible>> + use<> {
    let runs = std::mem::take(&mut execution.task_runs);
    let mut head = bytes(&execution, view);
    let brace = head.pop();
    debug_assert_eq!(brace, Some(b'}'), "an execution is a JSON object");
    head.extend_from_slice(b",\"taskRunList\":[");
    let rest = Rest { execution, runs, written: 0, now: view.now };
    let tail = stream::unfold(Some(rest), |rest| async move {
        let mut rest = rest?;
        let piece = rest.next();
        Some((Ok(piece.into()), (rest.written < rest.runs.len()).then_some(rest)))
    });
    futures_util::StreamExt::chain(stream::iter([Ok(head.into())]), tail)
}

impl Rest {
    fn next(&mut self) -> Vec<u8> {
        let mut piece = Vec::with_capacity(PIECE * 1_024);
        for run in self.runs.iter().skip(self.written).take(PIECE) {
            if self.written > 0 {
                piece.push(b',');
            }
            self.written += 1;
            serde_json::to_writer(&mut piece, &TaskRunJson::of(run, &self.runs, &self.execution, self.now))
                .expect("a task run is maps with text keys, and a vector takes everything");
        }
        if self.written >= self.runs.len() {
            piece.extend_from_slice(b"]}");
        }
        piece
    }
}
