//! The stored form of an execution: one item while it is small.
//!
//! The body is JSON behind one byte that says whether it is compressed. Log lines beyond
//! [`LOG_INLINE_BYTES_MAX`] are items of their own, written before the item that names them.

use std::io::{Read, Write as _};

use bytes::Bytes;
use engine::{
    conductor::WorkflowStatus,
    execution::{Caller, Execution, LogEntry, Part, State},
    flow::Label,
    id::ExecutionId,
    machine,
    time::Timestamp,
};
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use ports::store::{BODY_BYTES_MAX, Content, Entry, SUMMARY_BYTES_MAX};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Error, calls::Look, chunks::Chunks, keys, places};

/// Bytes of log messages an execution keeps in its own item once it is over.
pub(crate) const LOG_INLINE_BYTES_MAX: usize = 32 * 1024;
/// The same while it goes on, so that each commit writes about the same however long it has been going on.
const LOG_OPEN_BYTES_MAX: usize = 4 * 1024;
/// About how many bytes of task runs that have ended an execution keeps in its own item while it goes on.
const RUNS_OPEN_BYTES_MAX: usize = 16 * 1024;
/// The same once it is over: nothing is written again then.
const RUNS_INLINE_BYTES_MAX: usize = 256 * 1024;
/// About how many bytes of task runs one part holds.
pub(crate) const RUNS_PART_BYTES_MAX: usize = 256 * 1024;
/// Bytes of log messages of one chunk.
pub(crate) const LOG_CHUNK_BYTES_MAX: usize = 256 * 1024;
/// Bodies of more bytes are compressed, unless the settings say otherwise for executions.
pub(crate) const PLAIN_BYTES_MAX: usize = 4 * 1024;
/// Bytes a compressed body may unfold to: what a full item can hold at the best ratio of the format.
const UNFOLDED_BYTES_MAX: u64 = 1_100 * BODY_BYTES_MAX as u64;

const PLAIN: u8 = 1;
const DEFLATED: u8 = 2;

/// An execution as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    #[serde(rename = "e")]
    pub(crate) execution: Execution,
    /// Who may write it now.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub(crate) lease: Option<Lease>,
    /// Log lines that were moved out of it.
    #[serde(rename = "c", default, skip_serializing_if = "Chunks::is_empty")]
    pub(crate) logs: Chunks,
    /// Parts of its task runs that were moved out of it.
    #[serde(rename = "r", default, skip_serializing_if = "Chunks::is_empty")]
    pub(crate) runs: Chunks,
    /// Until when somebody who took it up without a lease is given time to begin.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub(crate) handed_over_until: Option<Timestamp>,
    /// When it looks after the executions it waits for.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub(crate) look: Option<Look>,
}

/// The right to carry an execution, for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lease {
    #[serde(rename = "h")]
    pub(crate) holder: u128,
    #[serde(rename = "u")]
    pub(crate) until: Timestamp,
}

/// What lists show and searches test without reading the execution.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[allow(clippy::struct_excessive_bools, reason = "facts, each on its own; most are not there")]
pub(crate) struct Summary {
    #[serde(rename = "s")]
    pub(crate) state: State,
    #[serde(rename = "b")]
    pub(crate) start: Timestamp,
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub(crate) end: Option<Timestamp>,
    #[serde(rename = "l", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) labels: Vec<Label>,
    /// Whether the execution has more labels than fit here.
    #[serde(rename = "m", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) more_labels: bool,
    /// Whether it has a place among those its flow may run at the same time, or waits for one.
    #[serde(rename = "p", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) place: bool,
    /// The execution that started it.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub(crate) trigger_execution: Option<String>,
    /// Whether tasks are still to run after its end.
    #[serde(rename = "a", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) trailing: bool,
    /// Whether somebody holds it back.
    #[serde(rename = "h", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) held_back: bool,
    /// Whether it ended because a time was over.
    #[serde(rename = "o", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) timed_out: bool,
    /// The task run that waits for its end.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub(crate) caller: Option<Caller>,
    /// The name of its workflow, where the definition came with the start: such are in one list together.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub(crate) inline: Option<String>,
}

impl Summary {
    /// As Conductor knows it.
    pub(crate) fn status(&self) -> WorkflowStatus {
        WorkflowStatus::in_state(self.state, self.held_back, self.timed_out)
    }

    /// Whether it is over, the tasks after its end included.
    pub(crate) fn is_over(&self) -> bool {
        self.state.is_terminal() && !self.trailing
    }
}

/// Of a summary, what tells whom an end concerns. It is read with every write: the labels are passed over.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Fate {
    #[serde(rename = "s")]
    pub(crate) state: State,
    #[serde(rename = "b")]
    pub(crate) start: Timestamp,
    #[serde(rename = "e", default)]
    pub(crate) end: Option<Timestamp>,
    #[serde(rename = "p", default)]
    pub(crate) place: bool,
    #[serde(rename = "a", default)]
    pub(crate) trailing: bool,
    #[serde(rename = "o", default)]
    pub(crate) timed_out: bool,
    #[serde(rename = "c", default)]
    pub(crate) caller: Option<Caller>,
}

impl Fate {
    /// Whether it is over, the tasks after its end included.
    pub(crate) fn is_over(&self) -> bool {
        self.state.is_terminal() && !self.trailing
    }
}

impl Record {
    pub(crate) fn new(execution: Execution) -> Self {
        Self {
            execution,
            lease: None,
            logs: Chunks::default(),
            runs: Chunks::default(),
            handed_over_until: None,
            look: None,
        }
    }

    pub(crate) fn id(&self) -> ExecutionId {
        self.execution.id
    }

    /// The one moment at which the execution needs attention without a message.
    pub(crate) fn wake_at(&self) -> Option<Timestamp> {
        if self.execution.is_over() {
            return None;
        }
        // Its holder looks after everything else, and the index stays as it is while the lease does.
        if let Some(lease) = self.lease {
            return Some(lease.until);
        }
        let look = self.look.map(|look| look.at);
        machine::wake_at(&self.execution).into_iter().chain(self.handed_over_until).chain(look).min()
    }

    /// Whether it holds more than its item should, or names what it may not have any more.
    pub(crate) fn is_overfull(&self) -> bool {
        has_many_logs(&self.execution) || !self.runs.is_empty() || overflowing_runs(&self.execution).is_some()
    }

    /// What the store keeps; the body is compressed when it has more bytes than that.
    pub(crate) fn content(&self, plain_bytes_max: usize) -> Result<Content, Error> {
        let execution = &self.execution;
        let created = execution.state.first().date;
        Ok(Content {
            body: encode_above(plain_bytes_max, self)?,
            wake_at: self.wake_at(),
            entry: Some(Entry {
                list: match execution.origin.definition {
                    None => keys::executions_of(&execution.tenant, &execution.namespace, &execution.flow_id),
                    Some(_) => keys::executions_of_inline(&execution.tenant, &execution.namespace),
                },
                place: keys::place(created, execution.id),
                summary: summary(execution)?,
            }),
            expires_at: None,
        })
    }
}

/// What the listing index knows of the course of an execution.
pub(crate) fn fate(entry: &Entry) -> Result<Fate, Error> {
    serde_json::from_slice(&entry.summary)
        .map_err(|error| Error::Locked(format!("a summary cannot be read: {error}")))
}

fn summary(execution: &Execution) -> Result<Bytes, Error> {
    let trigger_execution = execution
        .trigger
        .as_ref()
        .and_then(|trigger| trigger.variables.get("executionId"))
        .and_then(|id| id.as_str().map(ToOwned::to_owned));
    let mut summary = Summary {
        state: execution.state.current(),
        start: execution.state.first().date,
        end: execution.state.end_date().filter(|_| execution.state.is_terminal()),
        labels: execution.labels.clone(),
        more_labels: false,
        place: places::takes_part(execution),
        trigger_execution,
        trailing: execution.course.trailing,
        held_back: execution.course.held_back,
        timed_out: execution.course.timed_out,
        caller: execution.course.caller,
        inline: execution.origin.definition.map(|_| execution.flow_id.clone()),
    };
    let mut bytes = Vec::with_capacity(512);
    loop {
        bytes.clear();
        serde_json::to_writer(&mut bytes, &summary).map_err(broken)?;
        if bytes.len() <= SUMMARY_BYTES_MAX {
            return Ok(Bytes::copy_from_slice(&bytes));
        }
        summary.labels.pop();
        summary.more_labels = true;
    }
}

/// JSON, compressed when it is large.
pub(crate) fn encode<T: Serialize>(value: &T) -> Result<Bytes, Error> {
    encode_above(PLAIN_BYTES_MAX, value)
}

/// JSON, compressed when it has more bytes than that.
fn encode_above<T: Serialize>(plain_bytes_max: usize, value: &T) -> Result<Bytes, Error> {
    let mut plain = Vec::with_capacity(2 * 1024);
    plain.push(PLAIN);
    serde_json::to_writer(&mut plain, value).map_err(broken)?;
    if plain.len() <= plain_bytes_max {
        // No larger than it is: the store keeps it for those who listen.
        return Ok(Bytes::copy_from_slice(&plain));
    }
    let mut encoder = DeflateEncoder::new(vec![DEFLATED], Compression::fast());
    encoder.write_all(&plain[1..]).map_err(broken)?;
    Ok(encoder.finish().map_err(broken)?.into())
}

/// Reads what [`encode`] wrote.
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    let corrupt = |cause: String| Error::Locked(format!("a stored item cannot be read: {cause}"));
    match body.split_first() {
        Some((&PLAIN, json)) => serde_json::from_slice(json).map_err(|error| corrupt(error.to_string())),
        Some((&DEFLATED, rest)) => {
            let mut json = Vec::new();
            DeflateDecoder::new(rest)
                .take(UNFOLDED_BYTES_MAX)
                .read_to_end(&mut json)
                .map_err(|error| corrupt(error.to_string()))?;
            serde_json::from_slice(&json).map_err(|error| corrupt(error.to_string()))
        }
        Some((format, _)) => Err(corrupt(format!("format {format} is not known to this version"))),
        None => Err(corrupt("it is empty".to_owned())),
    }
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("an item cannot be written: {error}"))
}

/// The next part of its task runs that an execution has too many of.
pub(crate) fn overflowing_runs(execution: &Execution) -> Option<Part> {
    let most = if execution.is_over() { RUNS_INLINE_BYTES_MAX } else { RUNS_OPEN_BYTES_MAX };
    execution.task_runs.part(most, RUNS_PART_BYTES_MAX)
}

fn has_many_logs(execution: &Execution) -> bool {
    let bytes: usize = execution.logs.iter().map(|entry| entry.message.len()).sum();
    bytes > if execution.is_over() { LOG_INLINE_BYTES_MAX } else { LOG_OPEN_BYTES_MAX }
}

/// Takes the lines out of an execution that keeps too many, as chunks of entries.
pub(crate) fn overflowing_logs(execution: &mut Execution) -> Vec<Vec<LogEntry>> {
    if !has_many_logs(execution) {
        return Vec::new();
    }
    let mut chunks: Vec<Vec<LogEntry>> = Vec::new();
    let mut chunk_bytes = LOG_CHUNK_BYTES_MAX;
    for entry in std::mem::take(&mut execution.logs) {
        if chunk_bytes + entry.message.len() > LOG_CHUNK_BYTES_MAX {
            chunks.push(Vec::new());
            chunk_bytes = 0;
        }
        chunk_bytes += entry.message.len();
        chunks.last_mut().expect("the first entry made one").push(entry);
    }
    chunks
}

#[cfg(test)]
mod tests;
