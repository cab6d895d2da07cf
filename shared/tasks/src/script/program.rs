//! A program that takes its script from a file.

use std::path::Path;

use tempfile::TempPath;
use tokio::{fs, io::AsyncWriteExt};

use super::invocation::SCRIPT_BYTES_MAX;
use crate::stop::Cut;

/// How a program is started.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Program {
    /// The first of these that is there, when its turn has come: `beforeCommands` may have brought it.
    pub(crate) names: &'static [&'static str],
    /// Of the file, with its dot.
    pub(crate) suffix: &'static str,
    /// Variables, unless the task sets them.
    pub(crate) environment: &'static [(&'static str, &'static str)],
}

/// A script for a program.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) text: String,
    pub(crate) program: Program,
}

/// The file of a script, until dropped: in a directory that tasks share it is in nobody's way, and it is no output.
#[derive(Debug)]
pub(super) struct SourceFile {
    path: TempPath,
    program: Program,
}

impl SourceFile {
    /// Writes a file of a name that nothing has yet, beside those the script may want to import.
    pub(super) async fn write(text: &str, program: Program, directory: &Path) -> Result<Self, Cut> {
        if text.len() > SCRIPT_BYTES_MAX {
            return Err(Cut::Failed(format!(
                "the script has {} bytes, of {SCRIPT_BYTES_MAX} at most; put what is long into `inputFiles`",
                text.len()
            )));
        }
        let unwritten = |error| Cut::Failed(format!("the script cannot be written to a file: {error}"));
        let file = tempfile::Builder::new()
            .prefix("script-")
            .suffix(program.suffix)
            .tempfile_in(directory)
            .map_err(unwritten)?;
        // Not by its name, which another task of the directory may have taken.
        let (file, path) = file.into_parts();
        let mut file = fs::File::from_std(file);
        let written = file.write_all(text.as_bytes()).await;
        written.and(file.flush().await).map_err(unwritten)?;
        Ok(Self { path, program })
    }

    /// What a shell has to run, wherever it went meanwhile. A program that is missing is told by name.
    pub(super) fn command(&self) -> String {
        let Program { names, .. } = self.program;
        let file = self.path.file_name().unwrap_or_default().to_string_lossy();
        let run = |name: &&str| {
            format!("if command -v {name} > /dev/null 2>&1; then\n  {name} \"$WORKING_DIR/{file}\"\n")
        };
        let runs: Vec<String> = names.iter().map(run).collect();
        format!(
            "{}else\n  echo 'there is no {} in the PATH of this task' >&2\n  exit 127\nfi",
            runs.join("el"),
            names.join(" or ")
        )
    }
}
