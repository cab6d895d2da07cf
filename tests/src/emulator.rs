//! AWS on this machine, in one process: a table, queues, buckets, and functions that run as processes of their own.
//!
//! It speaks HTTP on a port of its own. A 12-digit access key is an account of its own, with tables and queues that
//! nobody else sees; only the names of buckets are everybody's. So tests share one and run side by side.

mod process;

use std::{
    fs::{self, File},
    io,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    thread,
};

use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;

use crate::{
    guard::Guard,
    http::{Client, Request},
    poll,
};

/// Where everything is.
pub const REGION: &str = "us-east-1";
/// Starts when the port that was free is taken by somebody else before the emulator has it.
const STARTS_MAX: usize = 5;

/// A running emulator. It ends when dropped, with all the functions it runs, and when this process does.
#[derive(Debug)]
pub struct Emulator {
    child: Child,
    client: Client,
    folder: PathBuf,
    _guard: Guard,
}

/// What a caller of the emulator's services may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Anything,
    /// What the policies of its role allow.
    Policies,
}

/// An account of an emulator: nothing is in it at first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// 12 digits; the access key id as well.
    pub id: String,
    /// Where its services are, `http://127.0.0.1:port`.
    pub endpoint: String,
}

impl Account {
    /// What a program that uses an SDK of AWS finds in its environment.
    pub fn variables(&self) -> [(&'static str, String); 5] {
        [
            ("AWS_ENDPOINT_URL", self.endpoint.clone()),
            ("AWS_ACCESS_KEY_ID", self.id.clone()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_DEFAULT_REGION", REGION.to_owned()),
        ]
    }
}

/// An account that no other test of this process has, on the emulator they share.
pub fn account() -> Account {
    Emulator::shared().account()
}

impl Emulator {
    /// The one of this process; the first call starts it.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Emulator> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// One of one's own.
    pub fn start() -> Self {
        Self::starts(Access::Anything)
    }

    /// One of one's own, in which roles may do what their policies allow and nothing else.
    pub fn strict() -> Self {
        Self::starts(Access::Policies)
    }

    fn starts(access: Access) -> Self {
        for _ in 1..STARTS_MAX {
            if let Some(emulator) = Self::try_start(access) {
                return emulator;
            }
        }
        Self::try_start(access).expect("there is a free port")
    }

    /// `None` when the port is gone.
    fn try_start(access: Access) -> Option<Self> {
        let port = free_port().expect("there is a free port");
        let folder = TempDir::new().expect("a folder").keep();
        let log = File::create(folder.join("log")).expect("the folder is ours");
        let mut command = process::command(port, &folder, access);
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("it is open")).stderr(log);
        let child = command.spawn().expect("the emulator can be started");
        let guard = Guard::over_group(child.id(), Some(&folder));
        let client = Client::new(&format!("http://127.0.0.1:{port}"));
        let mut emulator = Self { child, client, folder, _guard: guard };
        let health = Request::get("/_ministack/health");
        let ended = poll::until("the emulator", || {
            if let Some(ended) = emulator.child.try_wait().expect("the process is ours") {
                return Some(Some(ended));
            }
            let healthy = emulator.client.try_send(&health).is_ok_and(|answer| answer.status == 200);
            healthy.then_some(None)
        });
        match ended {
            None => Some(emulator),
            Some(_) if emulator.messages().contains("already in use") => None,
            Some(status) => panic!("the emulator ended with {status}:\n{}", emulator.messages()),
        }
    }

    /// `http://127.0.0.1:port`.
    pub fn base(&self) -> String {
        self.client.base()
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Removed with it.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A new account, in which nothing is.
    pub fn account(&self) -> Account {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        let id = format!("{:012}", 100_000_000_000 + COUNT.fetch_add(1, Relaxed));
        Account { id, endpoint: self.base() }
    }

    /// What it wrote, for who looks for a reason.
    pub fn messages(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // The functions it runs are of its group.
        if let Some(leader) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(leader, Signal::KILL);
        }
        let _ = self.child.wait();
        if thread::panicking() {
            eprintln!("the emulator wrote:\n{}", self.messages());
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}
