//! What the command line takes.

pub(crate) mod grants;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};
use service::{
    Part, WorkerGroups,
    settings::{self, Key, WrongKey},
};
use tasks::Outbound;
use tracing_subscriber::filter::Targets;

use crate::report;

const ENCRYPTION_KEY: &str = "ROUNDTRIP_ENCRYPTION_KEY";

/// Call a workflow like a function.
#[derive(Debug, Parser)]
#[command(name = "roundtrip", version, about)]
pub(crate) struct Cli {
    /// What is logged to standard error, e.g. `info` or `warn,service=debug`
    #[arg(long, env = "ROUNDTRIP_LOG", default_value = "warn,audit=info", global = true)]
    pub(crate) log: Targets,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the API from this machine
    Serve(Serve),
    /// Run one flow, here or on a server, and print its outputs
    Run(Run),
    /// Make a server have the flows of a folder
    Deploy(Deploy),
    /// Check flows and show what is wrong with them
    Validate(Validate),
    /// Make, show and revoke tokens of a server
    #[command(subcommand)]
    Token(grants::Token),
    /// Make, show and remove users of a server
    #[command(subcommand)]
    User(grants::User),
    /// Make and show tenants of a server
    #[command(subcommand)]
    Tenant(grants::Tenant),
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen; port 0 takes a free one
    #[arg(long, env = "ROUNDTRIP_LISTEN", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Where everything is kept
    #[arg(long, env = "ROUNDTRIP_DATA", default_value = "data")]
    pub(crate) data: PathBuf,
    /// A folder of flows to create or update at the start
    #[arg(long, env = "ROUNDTRIP_FLOWS")]
    pub(crate) flows: Option<PathBuf>,
    /// Where clients reach this server, for the `url` of executions
    #[arg(long, env = "ROUNDTRIP_URL")]
    pub(crate) url: Option<String>,
    /// How long `wait=true` waits at most, in seconds
    #[arg(long, env = "ROUNDTRIP_WAIT_MAX_SECONDS", default_value_t = 3_600)]
    pub(crate) wait_max_seconds: u64,
    /// Bytes of one FILE input
    #[arg(long, env = "ROUNDTRIP_FILE_BYTES_MAX", default_value_t = 10 << 30)]
    pub(crate) file_bytes_max: u64,
    /// Executions carried at the same time
    #[arg(long, env = "ROUNDTRIP_CARRIED_MAX", default_value_t = 1_024)]
    pub(crate) carried_max: usize,
    /// The namespace of workflows that Conductor's routes name without one
    #[arg(long, env = "ROUNDTRIP_CONDUCTOR_NAMESPACE", default_value = settings::CONDUCTOR_NAMESPACE)]
    pub(crate) conductor_namespace: String,
    /// At the end, how long running executions get before they are left to the next start, in seconds
    #[arg(long, env = "ROUNDTRIP_GRACE_SECONDS", default_value_t = 5)]
    pub(crate) grace_seconds: u64,
    /// A file into which the store's counters are written at the end, as JSON
    #[arg(long, env = "ROUNDTRIP_COUNTERS", hide = true)]
    pub(crate) counters: Option<PathBuf>,
    /// Keys that tasks may name as their `workerGroup`, with commas between them: all run in this process
    #[arg(long, env = "ROUNDTRIP_WORKER_GROUPS", value_delimiter = ',', value_name = "KEYS", value_parser = group)]
    pub(crate) worker_groups: Vec<String>,
    #[command(flatten)]
    pub(crate) callers: grants::Callers,
    #[command(flatten)]
    pub(crate) encryption: Encryption,
    #[command(flatten)]
    pub(crate) reach: Reach,
}

/// The key of a worker group.
fn group(key: &str) -> Result<String, &'static str> {
    let right = WorkerGroups::is_name(key);
    right.then(|| key.to_owned()).ok_or("1 to 64 letters, digits, `-` and `_` are expected")
}

/// With what secrets are encrypted.
#[derive(Debug, Args)]
pub(crate) struct Encryption {
    /// Hidden, because everybody on a machine can see how a process was called
    #[arg(long = "encryption-key", env = ENCRYPTION_KEY, hide = true, hide_env_values = true)]
    key: Option<String>,
}

/// How far tasks reach. Whoever has a server on this machine has services beside it.
#[derive(Debug, Args)]
pub(crate) struct Reach {
    /// What tasks may call: `public`, `private` networks too, or `any`, which is this machine too
    #[arg(long, env = "ROUNDTRIP_OUTBOUND", default_value_t = Outbound::Any, value_name = "REACH")]
    pub(crate) outbound: Outbound,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The flow: a file; with --server also `namespace/flow-id` of one that is there
    pub(crate) flow: PathBuf,
    /// An input: `name=value`
    #[arg(short, long = "input", value_name = "NAME=VALUE")]
    pub(crate) input: Vec<String>,
    /// A file for an input: `name=@file`
    #[arg(short, long = "file", value_name = "NAME=@FILE")]
    pub(crate) file: Vec<String>,
    /// Print the whole execution as JSON, and nothing else
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) encryption: Encryption,
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[command(flatten)]
    pub(crate) at: At,
}

/// Which server, and who asks.
#[derive(Debug, Args)]
pub(crate) struct At {
    /// The server, e.g. `https://user:password@example.com`
    #[arg(long, env = "ROUNDTRIP_SERVER", value_name = "URL", hide_env_values = true)]
    pub(crate) server: Option<String>,
    /// The tenant; its paths have none when it is not named
    #[arg(long, value_name = "TENANT")]
    pub(crate) tenant: Option<String>,
    /// Sent as `Authorization: Bearer`
    #[arg(long, env = "ROUNDTRIP_TOKEN", hide = true, hide_env_values = true)]
    pub(crate) token: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Deploy {
    /// A folder of `.yaml` and `.yml` files, and of such folders
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) at: At,
    /// Delete what the folder does not have, in the namespaces that it has flows of
    #[arg(long)]
    pub(crate) delete: bool,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Only flows of this namespace and those below it
    #[arg(long, value_name = "NAMESPACE")]
    pub(crate) namespace: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Validate {
    /// Files, or folders of `.yaml` and `.yml` files
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
}

impl Encryption {
    /// # Errors
    /// What is given is no key.
    pub(crate) fn key(&self) -> Result<Option<Key>, report::Error> {
        let key = self.key.as_deref().filter(|key| !key.is_empty()).map(str::parse);
        key.transpose().map_err(|error: WrongKey| report::Error::new(ENCRYPTION_KEY, error))
    }
}

impl Serve {
    pub(crate) fn settings(&self, listening: SocketAddr) -> Result<service::Settings, report::Error> {
        Ok(service::Settings {
            url: Some(self.url.clone().unwrap_or_else(|| format!("http://{listening}"))),
            wait_max: Duration::from_secs(self.wait_max_seconds),
            file_bytes_max: self.file_bytes_max,
            carried_max: self.carried_max,
            envs: environment(),
            encryption_key: self.encryption.key()?,
            access: self.callers.rules()?,
            trusted_proxies: self.callers.trusted_proxies.clone(),
            cors_origins: self.callers.cors_origins.clone(),
            secrets: secrets(),
            groups: WorkerGroups {
                part: Part::Everything,
                all: self.worker_groups.iter().cloned().collect(),
                routes: Vec::new(),
            },
            alone: true,
            swept: vec![crate::serve::TENANT.to_owned()],
            conductor_namespace: self.conductor_namespace.clone(),
            ..service::Settings::default()
        })
    }
}

/// Kestra: variables that start with `KESTRA_` are `envs`, without the prefix and in lower case.
fn environment() -> serde_json::Map<String, serde_json::Value> {
    variables()
        .filter_map(|(name, value)| {
            let name = name.strip_prefix("KESTRA_")?.to_lowercase();
            Some((name, serde_json::Value::String(value)))
        })
        .collect()
}

/// What `secret()` gives, read from the variables of this process.
pub(crate) fn secrets() -> std::sync::Arc<service::Vault> {
    std::sync::Arc::new(service::Vault::of_variables(variables()))
}

/// A variable that is not UTF-8 counts as not set.
fn variables() -> impl Iterator<Item = (String, String)> {
    let all = std::env::vars_os();
    all.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}
