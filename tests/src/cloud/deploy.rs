//! `sam deploy`, as a user would run it.

use std::{
    env,
    path::Path,
    process::{Command, Stdio},
};

use crate::{emulator::Account, guard::Guard, tools};

/// In the place of users and tokens.
const ANONYMOUS: &str = "Anonymous=everyone-may-do-everything";

/// Deploys a template whose functions are built; returns when everything is there.
///
/// # Panics
/// With what `sam` says when the deployment fails.
pub(super) fn deploy(
    stack: &str,
    template: &Path,
    folder: &Path,
    account: &Account,
    tags: &[(&str, &str)],
    parameters: &[(&str, &str)],
) {
    let mut sam = Command::new(tools::sam());
    // Nothing of ours: neither keys of a real account nor settings of the user's.
    sam.env_clear();
    sam.envs(["PATH", "LANG"].into_iter().filter_map(|name| Some((name, env::var_os(name)?))));
    sam.env("HOME", folder).env("TMPDIR", folder).env("SAM_CLI_TELEMETRY", "0").envs(account.variables());
    sam.current_dir(folder).args(["deploy", "--stack-name", stack, "--resolve-s3", "--no-progressbar"]);
    sam.args(["--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND", "--template-file"]).arg(template);
    let pairs =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let (tags, parameters): (Vec<String>, Vec<String>) = (pairs(tags), pairs(parameters));
    sam.arg("--tags").args(tags);
    // Who calls is not asked who they are: the tests sign nothing.
    sam.args([
        "--parameter-overrides",
        "Stage=local",
        "AuthType=NONE",
        ANONYMOUS,
        "LogLevel=info",
        "WorkerGroup=heavy",
    ])
    .args(parameters);
    sam.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = sam.spawn().expect("sam can be started");
    let _guard = Guard::over(child.id(), None);
    let output = child.wait_with_output().expect("the process is ours");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}", text(&output.stdout), text(&output.stderr));
}
