//! A server of one's own: started over a folder, looked into, stopped, killed.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::{binary, guard::Guard, http::Client, poll};

/// A running `roundtrip serve`, killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    client: Client,
    log: PathBuf,
    /// Open as long as the server writes to it.
    _stdout: BufReader<ChildStdout>,
    _guard: Guard,
}

/// Bytes of memory, as the kernel counts them.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    pub now: u64,
    /// The most since the start, or since [`Server::forget_peak`].
    pub peak: u64,
}

/// How to start one.
#[derive(Debug, Clone)]
pub struct Options {
    data: PathBuf,
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
    removed_at_the_end: bool,
}

impl Options {
    /// Over this folder, which may be there from an earlier server.
    pub fn over(data: &Path) -> Self {
        let (arguments, variables) = (Vec::new(), Vec::new());
        Self { data: data.to_owned(), arguments, variables, removed_at_the_end: false }
    }

    /// One more argument with its value.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.arguments.extend([name.to_owned(), value.to_owned()]);
        self
    }

    /// A variable of its environment.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn start(&self) -> Server {
        let (mut child, guard) = self.spawn();
        let mut stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("the first line is text");
        let log = self.log();
        let Some(base) = line.trim_end().strip_prefix("listening on ") else {
            let messages = fs::read_to_string(&log).unwrap_or_default();
            panic!("the server says `{line}` instead of where it listens; {messages}");
        };
        Server { child, client: Client::new(base), log, _stdout: stdout, _guard: guard }
    }

    /// Starts one and kills it so soon after, wherever its start has come to.
    pub fn start_and_kill(&self, after: Duration) {
        let (mut child, _guard) = self.spawn();
        thread::sleep(after);
        child.kill().expect("the process is ours");
        child.wait().expect("the process is ours");
    }

    /// Where it writes its messages.
    fn log(&self) -> PathBuf {
        self.data.with_extension("log")
    }

    fn spawn(&self) -> (Child, Guard) {
        fs::create_dir_all(&self.data).expect("a folder for the server can be made");
        let messages =
            File::options().create(true).append(true).open(self.log()).expect("a file for its messages");
        let mut command = Command::new(binary::roundtrip());
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&self.data).args(&self.arguments);
        command.envs(self.variables.iter().cloned());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(messages);
        let child = command.spawn().expect("the server can be started");
        let folder = self.removed_at_the_end.then(|| self.data.parent().expect("it is inside of another"));
        let guard = Guard::over(child.id(), folder);
        (child, guard)
    }
}

impl Server {
    /// One for as long as this process lives.
    pub fn lasting() -> Self {
        let folder = TempDir::new().expect("a folder").keep();
        Options { removed_at_the_end: true, ..Options::over(&folder.join("data")) }.start()
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    /// What it wrote to standard error, and those before it over the same folder.
    pub fn messages(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// As a power failure would.
    pub fn kill(mut self) {
        self.child.kill().expect("the process is ours");
        self.child.wait().expect("the process is ours");
    }

    /// Asks it to stop, and waits until it has.
    pub fn stop(mut self) -> ExitStatus {
        self.ask_to_stop();
        poll::until("the end of the server", || self.child.try_wait().expect("the process is ours"))
    }

    pub fn ask_to_stop(&self) {
        let process =
            i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a process has an id");
        kill_process(process, Signal::TERM).expect("the process is ours");
    }

    pub fn memory(&self) -> Memory {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("Linux tells about a process that lives");
        let line = |name: &str| {
            let kilobytes =
                status.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next());
            kilobytes.and_then(|it| it.parse::<u64>().ok()).expect("Linux counts memory") * 1024
        };
        Memory { now: line("VmRSS:"), peak: line("VmHWM:") }
    }

    /// Lets the peak begin anew. A server is closed to others of its user, so that this takes root; the peak since the
    /// start, which others see, is never less.
    pub fn forget_peak(&self) {
        match fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5") {
            Err(error) if error.kind() != io::ErrorKind::PermissionDenied => panic!("{error}"),
            Ok(()) | Err(_) => {}
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            eprintln!("the server wrote:\n{}", self.messages());
        }
    }
}

/// A folder for a server's data, removed when dropped.
#[derive(Debug)]
pub struct Home(TempDir);

impl Home {
    #[expect(clippy::new_without_default, reason = "it makes a folder")]
    pub fn new() -> Self {
        Self(TempDir::new().expect("a folder"))
    }

    /// For a server over it.
    pub fn options(&self) -> Options {
        Options::over(&self.0.path().join("data"))
    }

    pub fn start(&self) -> Server {
        self.options().start()
    }

    /// For files beside the data.
    pub fn folder(&self) -> &Path {
        self.0.path()
    }
}
