//! Runs programs as child processes, each attempt in a working directory of its own.
//!
//! Apart from the task types, as every script task runs its interpreter this way (Kestra: the `Process` task runner).
//!
//! # Invariants
//! * A child leads a process group of its own. When `Runner::run` comes back, is dropped or is told to stop, the
//!   whole group is killed.
//! * A group is only signalled while its leader is not reaped (Linux), so that its number cannot mean another one.
//! * A child inherits [`INHERITED`] and nothing else; its input is empty. It cannot look into this process (`shield`).
//!
//! # What survives
//! A process that leaves the group (`setsid`) *and* lets go of the output lives on after a normal end of its attempt.
//! It is found by its `WORKING_DIR` and killed when its attempt is stopped, when this process ends or dies
//! (`keeper`), and when another one starts over the same root (`site`). One that also forgets `WORKING_DIR` is
//! out of reach, and where there is no `/proc` so are all that leave the group.

mod child;
mod ended;
mod keeper;
mod kin;
mod removal;
mod room;
mod shield;
mod site;
mod supervision;

use std::{
    ffi::{OsStr, OsString},
    io,
    path::PathBuf,
    time::Duration,
};

use tokio::sync::Semaphore;

use self::{child::Child, site::Site, supervision::supervise};
pub(crate) use self::{removal::remove, room::Room};
use crate::{console::Console, stop::Stop};

/// Variables a child gets from us when we have them. Not one that may hold a secret.
pub const INHERITED: [&str; 5] = ["PATH", "HOME", "LANG", "LC_ALL", "TZ"];

/// Where programs are looked for when we have no `PATH` ourselves.
const PATH_DEFAULT: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Children that run at the same time, unless told otherwise. It bounds memory and file descriptors; it is no
/// scheduler, as most children sleep or wait.
pub const RUNNING_MAX: usize = 256;

/// How long a child may take to end after SIGTERM, before the whole group gets SIGKILL.
pub const TERMINATION_GRACE: Duration = Duration::from_secs(1);

/// How long a process that a child left behind may hold the output open, before it is killed.
pub const BACKGROUND_GRACE: Duration = Duration::from_secs(1);

/// How long killed processes may take to vanish, and the log to take what they wrote.
pub const KILLED_GRACE: Duration = Duration::from_secs(2);

/// How a [`Runner`] is set up.
#[derive(Debug)]
pub struct Settings {
    /// Where working directories are made; made itself when missing. Several servers may share it: each clears what
    /// dead ones left, and nothing else.
    pub root: PathBuf,
    /// Our own variables; only those of [`INHERITED`] are used.
    pub environment: Vec<(OsString, OsString)>,
    /// Children at the same time; at least 1. [`RUNNING_MAX`] is a good choice.
    pub running_max: usize,
}

/// Runs programs.
#[derive(Debug)]
pub struct Runner {
    site: Site,
    inherited: Vec<(OsString, OsString)>,
    running: Semaphore,
}

/// What to run.
#[derive(Debug)]
pub(crate) struct Invocation {
    /// The program first; never empty.
    pub(crate) arguments: Vec<String>,
    /// Added to what is inherited, or instead of it.
    pub(crate) environment: Vec<(String, String)>,
}

/// How a child ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// By itself. 128 and the number of the signal when that was one (Kestra: Java's `exitValue`).
    Code(i32),
    /// Because the attempt had to stop; perhaps it was never started.
    Stopped,
}

impl Runner {
    /// Kills and removes what dead servers left under the root, and takes a place of its own there. Closes this process
    /// to others of its user.
    ///
    /// # Errors
    /// When the root cannot be made, written or locked.
    pub fn start(settings: Settings) -> io::Result<Self> {
        shield::close();
        let mut inherited = settings.environment;
        inherited.retain(|(name, _)| INHERITED.iter().any(|it| OsStr::new(it) == name));
        if !inherited.iter().any(|(name, _)| name == "PATH") {
            inherited.push(("PATH".into(), PATH_DEFAULT.into()));
        }
        Ok(Self {
            site: Site::take(&settings.root)?,
            inherited,
            running: Semaphore::new(settings.running_max.clamp(1, Semaphore::MAX_PERMITS)),
        })
    }

    /// A fresh working directory.
    pub(crate) fn room(&self) -> io::Result<Room> {
        self.site.room()
    }

    /// Runs a program to its end in a room, its output to `console`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) async fn run(
        &self,
        invocation: &Invocation,
        room: &Room,
        stop: &mut Stop,
        console: &mut Console,
    ) -> io::Result<Exit> {
        let _permit = tokio::select! {
            biased;
            () = stop.asked() => return Ok(Exit::Stopped),
            permit = self.running.acquire() => permit.expect("the semaphore is never closed"),
        };
        self.site.watch();
        let child = Child::start(invocation, &self.inherited, room.path())?;
        supervise(child, room, stop, console).await
    }
}
