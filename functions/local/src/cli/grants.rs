//! Who may ask a server, and for what.

use std::net::SocketAddr;

use clap::{Args, Subcommand, ValueEnum};
use service::access;

use super::At;
use crate::report;

const BASIC_AUTH: &str = "ROUNDTRIP_BASIC_AUTH";
/// What has to be said so that nobody is asked who he is.
const EVERYONE: &str = "everyone-may-do-everything";

/// Whom a server answers.
#[derive(Debug, Args)]
pub(crate) struct Callers {
    /// Hidden, because everybody on a machine can see how a process was called
    #[arg(long, env = BASIC_AUTH, hide = true, hide_env_values = true)]
    basic_auth: Option<String>,
    /// Answers whoever can reach it, if this is `everyone-may-do-everything`
    #[arg(long, env = "ROUNDTRIP_ANONYMOUS", value_name = "WHO", value_parser = [EVERYONE])]
    anonymous: Option<String>,
    /// Proxies whose `X-Forwarded-For` is believed: addresses and networks with commas between them, e.g. `10.0.0.0/8`
    #[arg(long, env = "ROUNDTRIP_TRUSTED_PROXIES", value_delimiter = ',', value_name = "NETWORKS")]
    pub(crate) trusted_proxies: Vec<access::Network>,
    /// Origins whose pages may call it, with commas between them, e.g. `https://example.com`
    #[arg(long, env = "ROUNDTRIP_CORS_ORIGINS", value_delimiter = ',', value_name = "ORIGINS", value_parser = origin)]
    pub(crate) cors_origins: Vec<String>,
}

/// A browser sends scheme, host and port, and nothing after them.
fn origin(text: &str) -> Result<String, &'static str> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let right = host.is_some_and(|it| {
        !it.is_empty() && it.bytes().all(|b| b.is_ascii_graphic() && b != b'/' && b != b'*')
    });
    right
        .then(|| text.to_ascii_lowercase())
        .ok_or("scheme, host and port are expected, such as https://example.com")
}

impl Callers {
    /// # Errors
    /// A user that is none.
    pub(crate) fn rules(&self) -> Result<access::Rules, report::Error> {
        let user = self.basic_auth.as_deref().filter(|it| !it.is_empty()).map(str::parse).transpose();
        let user = user.map_err(|problem| report::Error::new(BASIC_AUTH, problem))?;
        let callers = match self.anonymous {
            None => access::Callers::AnybodyAtFirst,
            Some(_) => access::Callers::Anybody,
        };
        Ok(access::Rules { callers, user })
    }

    /// Whether it is right to listen there while nobody is known.
    ///
    /// # Errors
    /// When others can reach it, and nothing says that they may.
    pub(crate) fn check(&self, listening: SocketAddr) -> Result<(), report::Error> {
        if listening.ip().is_loopback() || self.anonymous.is_some() {
            return Ok(());
        }
        Err(report::Error::plain(format!(
            "{} can be reached from other machines, and whoever calls it may run commands here: set {BASIC_AUTH} to \
             user:password, or make a user or token while it listens on 127.0.0.1; ROUNDTRIP_ANONYMOUS={EVERYONE} \
             lets everybody in",
            listening.ip()
        )))
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Role {
    /// Starts executions, and gets their results
    Run,
    /// Looks at everything
    Read,
    /// Changes flows, files, values and executions, and runs flows
    Edit,
    /// Everything
    Admin,
}

impl Role {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Read => "read",
            Self::Edit => "edit",
            Self::Admin => "admin",
        }
    }
}

/// What is given to a user or a token.
#[derive(Debug, Args)]
pub(crate) struct Grant {
    /// What it is called
    pub(crate) name: String,
    /// What it may do
    #[arg(long)]
    pub(crate) role: Role,
    /// Only this namespace and those below it; several times for more
    #[arg(long = "only-namespace", value_name = "NAMESPACE")]
    pub(crate) namespaces: Vec<String>,
    /// Only this tenant; several times for more
    #[arg(long = "only-tenant", value_name = "TENANT")]
    pub(crate) tenants: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Make a token and print it, this once
    Create {
        #[command(flatten)]
        grant: Grant,
        /// When it ends, e.g. 2027-01-01T00:00:00Z
        #[arg(long, value_name = "DATE-TIME")]
        expires_at: Option<String>,
        #[command(flatten)]
        at: At,
    },
    /// Show the tokens there are
    List {
        #[command(flatten)]
        at: At,
    },
    /// End a token
    Revoke {
        /// As `list` shows it
        id: String,
        #[command(flatten)]
        at: At,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Make a user; the password is the first line of standard input
    Create {
        #[command(flatten)]
        grant: Grant,
        #[command(flatten)]
        at: At,
    },
    /// Show the users there are
    List {
        #[command(flatten)]
        at: At,
    },
    /// Remove a user
    Remove {
        name: String,
        #[command(flatten)]
        at: At,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Tenant {
    /// Make a tenant
    Create {
        /// What it is called
        id: String,
        #[command(flatten)]
        at: At,
    },
    /// Show the tenants there are
    List {
        #[command(flatten)]
        at: At,
    },
}
