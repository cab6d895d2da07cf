//! The file that names the batches, one URI a line: read as a stream, however long it is.

use engine::{execution::Execution, machine::CALLS_MAX};
use futures_util::StreamExt;
use ports::blobs::{self, ByteStream};

use super::Stop;
use crate::{Error, Service, needs};

/// Bytes of one line.
const LINE_BYTES_MAX: usize = 4 * 1024;

/// The rest of such a file.
pub(super) struct Batches {
    stream: ByteStream,
    /// What was read and not given yet.
    ahead: Vec<u8>,
    /// How far into `ahead` was given.
    given: usize,
    over: bool,
    /// The index of the next line.
    pub(super) next: u32,
}

impl Batches {
    /// The next line that is not empty.
    pub(super) async fn line(&mut self) -> Result<Option<String>, Stop> {
        loop {
            let rest = &self.ahead[self.given..];
            let end = rest.iter().position(|byte| *byte == b'\n').or((self.over).then_some(rest.len()));
            if let Some(end) = end {
                let line = String::from_utf8_lossy(&rest[..end]).trim().to_owned();
                self.given = (self.given + end + 1).min(self.ahead.len());
                if !line.is_empty() {
                    self.next += 1;
                    return Ok(Some(line));
                }
                if self.over && self.given == self.ahead.len() {
                    return Ok(None);
                }
                continue;
            }
            if rest.len() > LINE_BYTES_MAX {
                return Err(Stop::Task(format!(
                    "a line of the batches has more than {LINE_BYTES_MAX} bytes"
                )));
            }
            self.ahead.drain(..self.given);
            self.given = 0;
            match self.stream.next().await {
                None => self.over = true,
                Some(Ok(bytes)) => self.ahead.extend_from_slice(&bytes),
                Some(Err(message)) => return Err(Error::from(blobs::Error::Unavailable(message)).into()),
            }
        }
    }
}

impl Service {
    /// How many batches the file names.
    pub(super) async fn count_batches(&self, execution: &Execution, splits: &str) -> Result<u32, Stop> {
        let mut batches = self.batches(execution, splits, 0).await?;
        while batches.line().await?.is_some() {
            if batches.next > CALLS_MAX {
                return Err(Stop::Task(format!("more than {CALLS_MAX} batches; that is the limit")));
            }
        }
        Ok(batches.next)
    }

    /// The batches from that one on.
    pub(super) async fn batches(
        &self,
        execution: &Execution,
        splits: &str,
        from: u32,
    ) -> Result<Batches, Stop> {
        let path = needs::own_file(execution, splits).map_err(Stop::Task)?;
        let stream = match self.shared.outside.blobs.get(&path, None).await {
            Ok(reading) => reading.stream,
            Err(blobs::Error::NotFound(_)) => {
                return Err(Stop::Task(format!("Unable to find the file '{splits}'")));
            }
            Err(error) => return Err(Error::from(error).into()),
        };
        let mut batches = Batches { stream, ahead: Vec::new(), given: 0, over: false, next: 0 };
        while batches.next < from {
            if batches.line().await?.is_none() {
                break;
            }
        }
        Ok(batches)
    }
}
