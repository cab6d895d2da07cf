//! The API function under `cargo lambda watch`, over a folder of its own or as part of a deployment.
//!
//! The commands are those of README.md. One process keeps a folder, so it has to take several requests at once.
//! `watch` sets `AWS_LAMBDA_MAX_CONCURRENCY` itself and starts that many processes, which could not share a folder;
//! `env` between it and the function says otherwise.

use std::{
    env,
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::{
    binary,
    cloud::Cloud,
    guard::Guard,
    http::{Client, Request},
    poll, tools,
};

/// Requests that the function takes at the same time.
const TOGETHER: &str = r#"target."cfg(all())".runner=["env","AWS_LAMBDA_MAX_CONCURRENCY=64"]"#;
/// Looks for the first answer, which comes when the function is built: half an hour of them, where nothing is built yet.
const LOOKS_MAX: usize = 90_000;

/// A running `cargo lambda watch`, ended when dropped.
#[derive(Debug)]
pub struct Watch {
    child: Child,
    client: Client,
    log: PathBuf,
    folder: PathBuf,
    cloud: Option<Cloud>,
    _guard: Guard,
}

impl Watch {
    /// Over a folder, with no AWS at all.
    pub fn over_a_folder() -> Self {
        Self::start(None)
    }

    /// Over AWS, in the place of the deployed API function. It waits as long as that one, so it hands over as much to
    /// the deployed worker.
    pub fn in_a_cloud() -> Self {
        Self::start(Some(Cloud::start()))
    }

    /// Starts one, and waits until the function answers.
    fn start(cloud: Option<Cloud>) -> Self {
        let folder = TempDir::new().expect("a folder").keep();
        let log = folder.join("watch.log");
        let port = free_port();
        let messages = File::create(&log).expect("the folder is ours");
        let mut command = Command::new(tools::cargo_lambda());
        command.args([
            "lambda",
            "watch",
            "--offline",
            "--ignore-changes",
            "--package",
            "api",
            "--features",
            "folder",
        ]);
        command.args(["--invoke-address", "127.0.0.1", "--invoke-port", &port.to_string()]);
        command.args(["--config", TOGETHER]);
        command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
        command.env("CARGO_TARGET_DIR", binary::target());
        command.env("ROUNDTRIP_URL", format!("http://127.0.0.1:{port}"));
        command.env_remove("ROUNDTRIP_TABLE").env_remove("ROUNDTRIP_STREAM");
        match &cloud {
            Some(cloud) => command.envs(cloud.variables()),
            None => command.env("ROUNDTRIP_DATA", folder.join("data")).env("ROUNDTRIP_STREAM", "true"),
        };
        command
            .stdin(Stdio::null())
            .stdout(messages.try_clone().expect("a file has copies"))
            .stderr(messages);
        let child = command.spawn().expect("cargo-lambda can be started");
        let guard = Guard::asking(child.id(), &folder);
        let client = Client::new(&format!("http://127.0.0.1:{port}"));
        let watch = Self { child, client, log, folder, cloud, _guard: guard };
        poll::at_most(LOOKS_MAX, "the function under watch", || {
            watch.client.try_send(&Request::get("/ping")).ok().filter(|answer| answer.status == 200)
        });
        watch
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    /// What `watch` and the function wrote.
    pub fn messages(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Watch {
    /// Asked to stop, it takes the function along, which leads a group of its own.
    fn drop(&mut self) {
        let process = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        let _ = kill_process(process.expect("a process has an id"), Signal::TERM);
        poll::until("the end of watch", || self.child.try_wait().expect("the process is ours"));
        if std::thread::panicking() {
            eprintln!("watch wrote:\n{}", self.messages());
            eprintln!("the cloud wrote:\n{}", self.cloud.as_ref().map(Cloud::messages).unwrap_or_default());
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// One that nobody listens on just now.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("it has an address").port()
}
