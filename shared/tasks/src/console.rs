//! What comes out of a process: lines for the log, and the values it reports.
//!
//! # Invariants
//! * Memory is bounded whatever is written: a line, the log, the reported values and metrics have limits.
//! * Nothing is lost silently: what is not kept is counted and said.

mod lines;
mod metrics;
mod protocol;

use std::sync::Arc;

use engine::execution::{Level, LogLine, Metric};
use ports::clock::Clock;
use serde_json::{Map, Value as Json};
use tokio::sync::mpsc;

use self::{
    lines::{Line, Lines, pieces},
    metrics::{Measured, Metrics},
    protocol::Message,
};

/// Lines of log one attempt may write.
pub(crate) const LOG_LINES_MAX: u64 = 20_000;

/// Bytes of log one attempt may write.
pub(crate) const LOG_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Bytes of `vars`, as JSON. More belongs into a file.
pub(crate) const VARS_BYTES_MAX: usize = 256 * 1024;

/// Which pipe bytes come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pipe {
    Out,
    Err,
}

/// Takes the output of one attempt.
#[derive(Debug)]
pub(crate) struct Console {
    log: mpsc::Sender<LogLine>,
    clock: Arc<dyn Clock>,
    out: Lines,
    err: Lines,
    err_seen: bool,
    lines_logged: u64,
    bytes_logged: u64,
    lines_dropped: u64,
    vars: Vars,
    metrics: Metrics,
}

/// The reported values; a later one replaces an earlier one of its name.
#[derive(Debug, Default)]
struct Vars {
    values: Map<String, Json>,
    bytes: usize,
    overflown: bool,
}

impl Console {
    pub(crate) fn new(log: mpsc::Sender<LogLine>, clock: Arc<dyn Clock>) -> Self {
        Self {
            log,
            clock,
            out: Lines::default(),
            err: Lines::default(),
            err_seen: false,
            lines_logged: 0,
            bytes_logged: 0,
            lines_dropped: 0,
            vars: Vars::default(),
            metrics: Metrics::default(),
        }
    }

    /// Takes what was read from a pipe.
    pub(crate) async fn read(&mut self, pipe: Pipe, bytes: &[u8]) {
        self.lines(pipe).push(bytes);
        while let Some(line) = self.lines(pipe).next() {
            self.line(pipe, line).await;
        }
    }

    /// Takes the end of both pipes.
    pub(crate) async fn end(&mut self) {
        for pipe in [Pipe::Out, Pipe::Err] {
            while let Some(line) = self.lines(pipe).last() {
                self.line(pipe, line).await;
            }
        }
        if self.lines_dropped > 0 {
            let message = format!("{} more lines were not kept", self.lines_dropped);
            self.send(Level::Warn, message).await;
            self.lines_dropped = 0;
        }
        if let Some(count) = self.metrics.take_not_kept() {
            self.send(Level::Warn, Metric::not_kept(count)).await;
        }
    }

    /// Writes a message of our own to the log.
    pub(crate) async fn say(&mut self, level: Level, message: &str) {
        for piece in pieces(message) {
            self.log(level, piece).await;
        }
    }

    /// Whether a line came by way of the error output.
    pub(crate) fn err_seen(&self) -> bool {
        self.err_seen
    }

    /// What was measured, whatever became of the rest.
    pub(crate) fn take_metrics(&mut self) -> Vec<Metric> {
        self.metrics.take()
    }

    /// The reported values.
    ///
    /// # Errors
    /// When they were larger than [`VARS_BYTES_MAX`]; none is kept then.
    pub(crate) fn into_vars(self) -> Result<Map<String, Json>, String> {
        if self.vars.overflown {
            Err(format!(
                "the outputs of the script have more than {VARS_BYTES_MAX} bytes; write them to a file and name it in `outputFiles`"
            ))
        } else {
            Ok(self.vars.values)
        }
    }

    fn lines(&mut self, pipe: Pipe) -> &mut Lines {
        match pipe {
            Pipe::Out => &mut self.out,
            Pipe::Err => &mut self.err,
        }
    }

    async fn line(&mut self, pipe: Pipe, line: Line) {
        self.err_seen |= pipe == Pipe::Err;
        match (line, pipe) {
            (Line::Text(text), Pipe::Out) => self.log(Level::Info, text).await,
            (Line::Text(text), Pipe::Err) => self.log(Level::Error, text).await,
            (Line::Overlong, Pipe::Out | Pipe::Err) => self.vars.overflow(),
            (Line::Protocol(line), Pipe::Out | Pipe::Err) => match Message::read(&line) {
                Ok(message) => self.obey(message).await,
                Err(problem) => {
                    self.say(Level::Warn, &format!("Invalid outputs: {problem}")).await;
                }
            },
        }
    }

    async fn obey(&mut self, message: Message) {
        self.vars.merge(message.outputs.unwrap_or_default());
        for Measured(metric) in message.metrics.unwrap_or_default() {
            self.metrics.add(metric);
        }
        for log in message.logs.unwrap_or_default() {
            self.say(log.level, &log.message).await;
        }
    }

    /// Passes a message on as long as there is room for it.
    async fn log(&mut self, level: Level, message: String) {
        let bytes = message.len() as u64;
        if self.lines_logged >= LOG_LINES_MAX || self.bytes_logged + bytes > LOG_BYTES_MAX {
            // Once one is missing all are, or the log would have holes nobody sees.
            self.lines_logged = LOG_LINES_MAX;
            self.lines_dropped += 1;
            return;
        }
        self.lines_logged += 1;
        self.bytes_logged += bytes;
        self.send(level, message).await;
    }

    async fn send(&self, level: Level, message: String) {
        let timestamp = self.clock.now();
        // Nobody may be listening any more; the script is not to notice.
        let _ = self.log.send(LogLine { timestamp, level, message }).await;
    }
}

impl Vars {
    fn merge(&mut self, outputs: Map<String, Json>) {
        for (name, value) in outputs {
            if self.overflown {
                return;
            }
            self.bytes += bytes_of(&name, &value);
            if let Some(former) = self.values.get(&name) {
                self.bytes -= bytes_of(&name, former);
            }
            self.values.insert(name, value);
            if self.bytes > VARS_BYTES_MAX {
                self.overflow();
            }
        }
    }

    fn overflow(&mut self) {
        self.overflown = true;
        self.values.clear();
    }
}

/// As JSON, with the signs around them.
fn bytes_of(name: &str, value: &Json) -> usize {
    name.len() + value.to_string().len() + 4
}
