//! What the system keeps from this process, whatever DuckDB does in it.
//!
//! DuckDB's own locks do not cover all: `INSTALL` asks any server for a file even when access to the outside is off.

use std::fs;

use rustix::process::{Resource, Rlimit, setrlimit};
use seccompiler::{TargetArch, apply_filter, compile_from_json};
use tasks::duckdb::wire;

use crate::error::Error;

/// What is refused to every query: other programs, other processes' memory, and ways around this very filter.
const ALWAYS: [&str; 7] = [
    "execve",
    "execveat",
    "io_uring_setup",
    "pidfd_getfd",
    "process_vm_readv",
    "process_vm_writev",
    "ptrace",
];

/// What is refused to those that may not use the network, of this machine too.
const NETWORK: [&str; 2] = ["socket", "socketpair"];

/// Bytes of addresses that a query may have besides its memory: libraries, stacks, and what is only reserved.
const ADDRESS_BYTES: u64 = 4 * 1024 * 1024 * 1024;

/// Bytes of memory that DuckDB may use: a part of the machine's, or of the container's.
pub(crate) fn memory() -> u64 {
    let of_machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| total(&text));
    let of_group =
        fs::read_to_string("/sys/fs/cgroup/memory.max").ok().and_then(|text| text.trim().parse().ok());
    let all = [of_machine, of_group].into_iter().flatten().min().unwrap_or(0);
    (all / wire::MEMORY_SHARE).clamp(wire::MEMORY_BYTES_MIN, wire::MEMORY_BYTES_MAX)
}

/// Bytes, of `MemTotal:  24689404 kB`.
fn total(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// Limits of the process: DuckDB counts what its buffers take, and not all that it allocates.
pub(crate) fn limit(memory: u64) -> Result<(), Error> {
    let at_most = |bytes| Rlimit { current: Some(bytes), maximum: Some(bytes) };
    setrlimit(Resource::As, at_most(2 * memory + ADDRESS_BYTES))?;
    setrlimit(Resource::Fsize, at_most(wire::FILE_BYTES_MAX))?;
    setrlimit(Resource::Core, at_most(0))?;
    Ok(())
}

/// Gives the network up, unless it is permitted, and everything that no query needs. For good: before any thread starts.
pub(crate) fn shut(network: bool) -> Result<(), Error> {
    let given_up = ALWAYS.iter().chain(if network { &[][..] } else { &NETWORK[..] });
    let rules: Vec<_> = given_up.map(|name| serde_json::json!({ "syscall": name })).collect();
    let permission_denied = serde_json::json!({ "errno": 1 });
    let filter = serde_json::json!({
        "query": { "mismatch_action": "allow", "match_action": permission_denied, "filter": rules }
    });
    let machine: TargetArch = std::env::consts::ARCH.try_into().map_err(seccompiler::Error::Backend)?;
    let programs = compile_from_json(filter.to_string().as_bytes(), machine)?;
    for program in programs.values() {
        apply_filter(program)?;
    }
    Ok(())
}
