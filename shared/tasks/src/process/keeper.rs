//! A shell that waits for our death, and takes our children along.
//!
//! A process that is killed cannot clear up after itself. The kernel's own means would have to be asked for in the
//! child between fork and exec, which safe code cannot do, and reaches the child alone, not what it started. So one
//! small shell per server holds the other end of a pipe; it learns of our death by the end of the pipe, however we
//! die, and costs an attempt nothing.

use std::{
    io,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
};

/// Twice, as a process that is found may just have started another. `$1` is the place of the server.
const SCRIPT: &str = r#"
read -r line
for round in 1 2; do
  for process in /proc/[0-9]*; do
    if grep -qF "WORKING_DIR=$1/" "$process/environ" 2>/dev/null; then
      kill -KILL "${process#/proc/}" 2>/dev/null
    fi
  done
done
rm -rf -- "$1"
"#;

/// The shell, until dropped.
#[derive(Debug)]
pub(super) struct Keeper(Child);

impl Keeper {
    /// Watches over the processes whose working directories are below `directory`.
    pub(super) fn start(directory: &Path) -> io::Result<Self> {
        Command::new("/bin/sh")
            .args(["-c", SCRIPT, "roundtrip-keeper"])
            .arg(directory)
            .current_dir("/")
            .env_clear()
            .env("PATH", super::PATH_DEFAULT)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A Ctrl-C at the terminal is for us, not for it.
            .process_group(0)
            .spawn()
            .map(Self)
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
