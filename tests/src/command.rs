//! Running a command, and what came of it.

use std::{
    path::Path,
    process::{Command, Output, Stdio},
};

use crate::binary;

/// The `roundtrip` command with these arguments, in this folder.
pub fn roundtrip(folder: &Path, arguments: &[&str]) -> Done {
    let mut command = Command::new(binary::roundtrip());
    command.args(arguments).current_dir(folder);
    Done::of(&mut command)
}

/// A command that has ended.
#[derive(Debug, Clone)]
pub struct Done {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Done {
    pub fn of(command: &mut Command) -> Self {
        let output = command.stdin(Stdio::null()).output();
        let Output { status, stdout, stderr } =
            output.unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
        let text = |bytes| String::from_utf8(bytes).expect("a command writes text");
        Self { code: status.code(), stdout: text(stdout), stderr: text(stderr) }
    }

    /// Itself, when it ended well.
    #[track_caller]
    #[must_use]
    pub fn expect_success(self) -> Self {
        assert_eq!(self.code, Some(0), "{}\n{}", self.stdout, self.stderr);
        self
    }
}
