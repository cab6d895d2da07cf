//! How an interpreter is given its script.

use std::path::Path;

use tokio::fs;

use super::Script;
use crate::{files::RESERVED, process::Invocation, stop::Cut};

/// Bytes of a script that are passed as an argument. The kernel takes 128 KiB in one.
const ARGUMENT_BYTES_MAX: usize = 100 * 1024;

/// Bytes of a script, which is held in memory.
pub(super) const SCRIPT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The interpreter with the script as its last argument (Kestra: the same). One that is too long for an argument is
/// written to a file, and the interpreter loses the option that says that text follows: `-c` or `-e`.
pub(super) async fn of(script: &Script, text: String, directory: &Path) -> Result<Invocation, Cut> {
    let mut arguments = script.interpreter.clone();
    if text.len() <= ARGUMENT_BYTES_MAX {
        arguments.push(text);
    } else if text.len() > SCRIPT_BYTES_MAX {
        return Err(Cut::Failed(format!(
            "the commands have {} bytes, of {SCRIPT_BYTES_MAX} at most; put what is long into `inputFiles`",
            text.len()
        )));
    } else {
        let option = arguments.pop().as_deref().and_then(without_text).ok_or_else(|| {
            format!(
                "commands of more than {ARGUMENT_BYTES_MAX} bytes are run from a file, which takes an `interpreter` that ends in -c or -e"
            )
        })?;
        arguments.extend(option);
        arguments.push(write(text, directory).await?);
    }
    Ok(Invocation { arguments, environment: script.environment.clone() })
}

/// What is left of the option without the letter that says that text follows: nothing of `-c`, `-l` of `-lc`. `None`
/// when it does not say so.
fn without_text(option: &str) -> Option<Vec<String>> {
    let letters = option.strip_prefix('-')?.strip_suffix(['c', 'e'])?;
    if letters.starts_with('-') {
        return None;
    }
    let left = (!letters.is_empty()).then(|| format!("-{letters}"));
    Some(left.into_iter().collect())
}

async fn write(text: String, directory: &Path) -> Result<String, Cut> {
    let corner = directory.join(RESERVED);
    let path = corner.join("script");
    let written = async {
        fs::create_dir_all(&corner).await?;
        fs::write(&path, text).await
    };
    written.await.map_err(|error| format!("the commands cannot be written to a file: {error}"))?;
    // Relative, as the script starts in its working directory, whose own path need not be UTF-8.
    Ok(format!("{RESERVED}/script"))
}
