//! A shell that outlives us for a moment and takes along what we would leave behind.
//!
//! A static is never dropped and an aborted test drops nothing, so a destructor cannot promise that a server ends.

use std::{
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, Command, Stdio},
};

/// The last thing a guard does.
const KILL: &str = r#"kill -s KILL -- "$1"; [ -z "$2" ] || rm -rf -- "$2""#;

/// Ends a process and removes a folder when this process is gone, however it went.
#[derive(Debug)]
pub struct Guard(Child);

impl Guard {
    /// `folder` is removed as well, unless it is `None`.
    pub fn over(process: u32, folder: Option<&Path>) -> Self {
        Self::kills(&process.to_string(), folder)
    }

    /// Over a process that ends others when it is asked to end. It has ten seconds for that.
    pub fn asking(process: u32, folder: &Path) -> Self {
        let ask =
            r#"cat; kill -s TERM "$1"; for i in $(seq 100); do kill -s 0 "$1" || break; sleep 0.1; done"#;
        Self::doing(&format!("{ask}; {KILL}"), &process.to_string(), Some(folder))
    }

    /// Over a process that leads a group of its own, and over all of that group.
    pub fn over_group(leader: u32, folder: Option<&Path>) -> Self {
        Self::kills(&format!("-{leader}"), folder)
    }

    fn kills(target: &str, folder: Option<&Path>) -> Self {
        Self::doing(&format!("cat; {KILL}"), target, folder)
    }

    /// `script` begins with `cat`: the pipe ends when the last holder of its other end does, and we are the only one.
    fn doing(script: &str, target: &str, folder: Option<&Path>) -> Self {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", script, "guard", target]);
        shell.arg(folder.unwrap_or(Path::new("")));
        // An interrupt from the terminal goes to every process of our group, and would end the guard as well.
        shell.process_group(0);
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
