//! A process under measurement: started, asked where it listens, watched from outside, ended.

use std::{ffi::OsStr, fs, io, net::SocketAddr, path::Path, process::Stdio, time::Duration};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

use crate::error::{Error, cannot};

/// How long a process has to say where it listens, and to end.
const PATIENCE: Duration = Duration::from_secs(20);
/// What comes before the address.
const GREETING: &str = "listening on http://";
/// What Linux counts CPU time in, whatever the kernel's own clock does.
const TICKS_PER_SECOND: u64 = 100;

/// A server of ours. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    /// Kept open, or the process would fail when it prints.
    _out: Lines<BufReader<ChildStdout>>,
    pub(crate) address: SocketAddr,
    pid: Pid,
}

impl Process {
    /// Starts a program, gives it `input`, and waits until it listens.
    pub(crate) async fn start(mut command: Command, input: &[u8]) -> Result<Self, Error> {
        let name = command.as_std().get_program().to_string_lossy().into_owned();
        let not_up = |why: &str| Error::NotUp { program: name.clone(), why: why.to_owned() };
        command.kill_on_drop(true).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(cannot(format!("start {name}")))?;
        let mut stdin = child.stdin.take().expect("it is piped");
        stdin.write_all(input).await.map_err(cannot(format!("write to {name}")))?;
        drop(stdin);
        let mut out = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let greeted = timeout(PATIENCE, greeting(&mut out))
            .await
            .map_err(|_| not_up("it does not say where it listens"))?;
        let address = greeted?.ok_or_else(|| not_up("it ended before it said where it listens"))?;
        let pid = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let pid = pid.ok_or_else(|| not_up("it ended as soon as it listened"))?;
        Ok(Self { child, _out: out, address, pid })
    }

    /// Forgets the memory's peak so far. A server is closed to others of its user, so that this takes root; the peak
    /// since the start, which others see, is never less.
    pub(crate) fn forget_peak(&self) -> Result<(), Error> {
        const PEAK: &str = "5";
        match fs::write(self.about("clear_refs"), PEAK) {
            Err(error) if error.kind() != io::ErrorKind::PermissionDenied => {
                Err(cannot("reset the peak of a process's memory")(error))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// The most resident memory since then, in bytes.
    pub(crate) fn peak_bytes(&self) -> Result<u64, Error> {
        let status = self.read("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        kilobytes.map(|n| n * 1024).ok_or(Error::Untold("how much memory a process has"))
    }

    /// The CPU time of all its threads, without its children's.
    pub(crate) fn cpu(&self) -> Result<Duration, Error> {
        let stat = self.read("stat")?;
        // The name, in brackets, may hold anything.
        let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let ticks =
            after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok());
        Ok(Duration::from_millis(ticks.sum::<u64>() * 1000 / TICKS_PER_SECOND))
    }

    /// Asks it to end and waits until it has.
    pub(crate) async fn stop(mut self) -> Result<(), Error> {
        kill_process(self.pid, Signal::TERM).map_err(|error| cannot("stop a process")(error.into()))?;
        match timeout(PATIENCE, self.child.wait()).await {
            Ok(ended) => ended.map(|_| ()).map_err(cannot("wait for a process")),
            Err(_) => Ok(()), // Dropped, it is killed: what it was measured for is known.
        }
    }

    fn read(&self, name: &str) -> Result<String, Error> {
        let path = self.about(name);
        fs::read_to_string(&path).map_err(cannot(format!("read {path}")))
    }

    fn about(&self, name: &str) -> String {
        format!("/proc/{}/{name}", self.pid.as_raw_nonzero())
    }
}

async fn greeting(out: &mut Lines<BufReader<ChildStdout>>) -> Result<Option<SocketAddr>, Error> {
    while let Some(line) = out.next_line().await.map_err(cannot("read what a process prints"))? {
        let address =
            line.split_once(GREETING).and_then(|(_, rest)| rest.split_whitespace().next()?.parse().ok());
        if address.is_some() {
            return Ok(address);
        }
    }
    Ok(None)
}

/// The server over a data directory, with nothing of our surroundings in its configuration.
pub(crate) async fn server(program: &Path, data: &Path, counters: &Path) -> Result<Process, Error> {
    let mut command = Command::new(program);
    let ours = |name: &OsStr| {
        ["ROUNDTRIP_", "KESTRA_"].iter().any(|start| name.to_string_lossy().starts_with(start))
    };
    for (name, _) in std::env::vars_os().filter(|(name, _)| ours(name)) {
        command.env_remove(name);
    }
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .env("ROUNDTRIP_COUNTERS", counters);
    Process::start(command, b"").await
}
