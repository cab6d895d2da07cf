//! Finds the processes of an attempt wherever they went, by the variable every one of them inherits.
//!
//! A process group is left with one call; the environment a process was started with stays (Linux: `/proc`).

use std::{
    fs::{self, File},
    io::Read,
    os::unix::ffi::OsStrExt,
    path::Path,
};

/// Kestra's variable that names the working directory, and our mark on every process of an attempt.
pub(super) const MARK: &str = "WORKING_DIR";

/// Bytes of an environment that are looked at: more than the kernel lets a process start with by default.
const ENVIRONMENT_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// How often to look again, as a process that is found may just have started another.
const ROUNDS_MAX: usize = 10;

/// Kills every process whose working directory is, or was when it started, `directory` or one below it; gives their number.
/// Blocks for some milliseconds.
pub(super) fn kill(directory: &Path) -> usize {
    let mut killed = 0;
    for _ in 0..ROUNDS_MAX {
        let found = round(directory);
        killed += found;
        if found == 0 {
            break;
        }
    }
    killed
}

fn round(directory: &Path) -> usize {
    let Ok(processes) = fs::read_dir("/proc") else {
        return 0;
    };
    processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok())
        .filter(|&id| kill_if_marked(id, directory))
        .count()
}

/// Holds on to the process before it looks, so that the number cannot come to mean another one.
#[cfg(target_os = "linux")]
fn kill_if_marked(id: i32, directory: &Path) -> bool {
    use rustix::process::{Pid, PidfdFlags, Signal, getpid, pidfd_open, pidfd_send_signal};

    Pid::from_raw(id)
        .filter(|&pid| pid != getpid())
        .and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok())
        .is_some_and(|process| is_marked(id, directory) && pidfd_send_signal(process, Signal::KILL).is_ok())
}

#[cfg(not(target_os = "linux"))]
fn kill_if_marked(_id: i32, _directory: &Path) -> bool {
    false
}

fn is_marked(id: i32, directory: &Path) -> bool {
    let mut environment = Vec::new();
    // Not ours to read, or already gone.
    let read = File::open(format!("/proc/{id}/environ"))
        .and_then(|file| file.take(ENVIRONMENT_BYTES_MAX).read_to_end(&mut environment));
    read.is_ok()
        && environment.split(|&byte| byte == 0).any(|variable| {
            variable
                .strip_prefix(MARK.as_bytes())
                .and_then(|rest| rest.strip_prefix(b"="))
                .and_then(|value| value.strip_prefix(directory.as_os_str().as_bytes()))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
        })
}
