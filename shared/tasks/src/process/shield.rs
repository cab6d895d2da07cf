//! Keeps a child from looking into the server that started it.
//!
//! A child runs as the same user. That is enough to read the environment, the memory and the open files of a process
//! below `/proc`, unless it says that it may not be looked into. That in turn does not hold for whoever has one of the
//! capabilities below, as a child of root would.

#[cfg(target_os = "linux")]
mod by_system {
    use rustix::{
        process::{DumpableBehavior, set_dumpable_behavior},
        thread::{CapabilitySet, remove_capability_from_bounding_set},
    };

    /// What opens another process whatever it says.
    const OPENERS: [CapabilitySet; 3] =
        [CapabilitySet::SYS_PTRACE, CapabilitySet::PERFMON, CapabilitySet::SYS_ADMIN];

    pub(in super::super) fn close() {
        if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
            tracing::warn!(%error, "scripts that run as this user can read the environment of this process");
        }
    }

    pub(in super::super) fn before_child() {
        for opener in OPENERS {
            // Refused to whoever may not give capabilities away, and has none of these to pass on.
            let _ = remove_capability_from_bounding_set(opener);
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod by_system {
    pub(in super::super) fn close() {}

    pub(in super::super) fn before_child() {}
}

/// Closes this process to others of its user. It leaves no core dump from then on, and a debugger takes root.
pub(super) fn close() {
    by_system::close();
}

/// Takes from this thread what a child of root must not inherit. To be called before each start, as runtimes start
/// children from any of their threads; the thread itself loses nothing.
pub(super) fn before_child() {
    by_system::before_child();
}
