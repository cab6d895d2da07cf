//! A shell that outlives us for a moment and takes along what we would leave behind.
//!
//! A static is never dropped and an aborted test drops nothing, so a destructor cannot promise that a server ends.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
};

/// Ends a process and removes a folder when this process is gone, however it went.
#[derive(Debug)]
pub struct Guard(Child);

impl Guard {
    /// `folder` is removed as well, unless it is `None`.
    pub fn over(process: u32, folder: Option<&Path>) -> Self {
        // The pipe ends when the last holder of its other end does, and we are the only one.
        let script = r#"cat; kill -KILL "$1"; [ -z "$2" ] || rm -rf -- "$2""#;
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", script, "guard", &process.to_string()]);
        shell.arg(folder.unwrap_or(Path::new("")));
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Self(shell.spawn().expect("there is a shell"))
    }
}

impl Drop for Guard {
    /// The process is ours to end now.
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
