//! One child and its process group.

use std::{ffi::OsString, io, os::unix::process::ExitStatusExt, path::Path, process::Stdio};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{ChildStderr, ChildStdout, Command};

use super::{Invocation, ended::Ended, shield};

/// A running child. Dropped before it is reaped, its group is killed.
#[derive(Debug)]
pub(super) struct Child {
    inner: tokio::process::Child,
    group: Pid,
    ended: Ended,
    reaped: bool,
}

impl Child {
    pub(super) fn start(
        invocation: &Invocation,
        inherited: &[(OsString, OsString)],
        directory: &Path,
    ) -> io::Result<Self> {
        let (program, arguments) = invocation
            .arguments
            .split_first()
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "there is no program to run"))?;
        shield::before_child();
        let inner = Command::new(program)
            .args(arguments)
            .current_dir(directory)
            .env_clear()
            .envs(inherited.iter().map(|(name, value)| (name, value)))
            .env("TMPDIR", directory)
            .envs(invocation.environment.iter().map(|(name, value)| (name, value)))
            // Last, as processes are found by it.
            .env(super::kin::MARK, directory)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let group = inner
            .id()
            .and_then(|id| Pid::from_raw(i32::try_from(id).ok()?))
            .expect("a child that is not reaped has a number");
        Ok(Self { inner, group, ended: Ended::of(group), reaped: false })
    }

    pub(super) fn pipes(&mut self) -> (Option<ChildStdout>, Option<ChildStderr>) {
        (self.inner.stdout.take(), self.inner.stderr.take())
    }

    /// Comes back when the child itself has ended; others of its group may not have.
    pub(super) async fn ended(&mut self) {
        self.ended.wait(&mut self.inner).await;
    }

    /// Asks the whole group to end.
    pub(super) fn terminate(&self) {
        let _ = kill_process_group(self.group, Signal::TERM);
    }

    /// Ends whoever is left of the group.
    pub(super) fn kill(&self) {
        let _ = kill_process_group(self.group, Signal::KILL);
    }

    /// The exit code, 128 and more for a signal. Waits until the child has ended.
    pub(super) async fn reap(mut self) -> io::Result<i32> {
        let status = self.inner.wait().await?;
        self.reaped = true;
        Ok(status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(-1))
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if !self.reaped {
            self.kill();
        }
    }
}
