//! How the emulator's process is started.

use std::{env, os::unix::process::CommandExt as _, path::Path, process::Command};

use super::{Access, REGION};
use crate::tools;

/// Leads a group of its own. Everything it writes is in the folder.
pub(super) fn command(port: u16, folder: &Path, access: Access) -> Command {
    let mut command = Command::new(tools::ministack());
    // Its functions get all of its environment: nothing of ours, above all no keys of a real account.
    command.env_clear();
    command.envs(["PATH", "HOME", "LANG"].into_iter().filter_map(|name| Some((name, env::var_os(name)?))));
    command
        .env("TMPDIR", folder)
        .env("STATE_DIR", folder.join("state"))
        .env("S3_DATA_DIR", folder.join("s3"));
    command.env("GATEWAY_PORT", port.to_string()).env("BIND_HOST", "127.0.0.1");
    // Handed to its functions, which would speak to the real AWS without it.
    command.env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}")).env("AWS_REGION", REGION);
    command.env("AUTH", (access == Access::Policies).to_string());
    command.env("SFTP_ENABLED", "0").env("LOG_LEVEL", "WARNING");
    command.current_dir(folder).process_group(0);
    command
}
