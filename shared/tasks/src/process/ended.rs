//! Notices the end of a child without reaping it.
//!
//! Until it is reaped its number belongs to it, so that its group can be signalled without hitting a stranger.

use rustix::process::Pid;

#[cfg(target_os = "linux")]
mod by_system {
    use std::os::fd::OwnedFd;

    use rustix::process::{Pid, PidfdFlags, pidfd_open};
    use tokio::io::{Interest, unix::AsyncFd};

    /// A descriptor that becomes readable when the process ends.
    #[derive(Debug)]
    pub(in super::super) struct Notice(AsyncFd<OwnedFd>);

    impl Notice {
        pub(super) fn of(pid: Pid) -> Option<Self> {
            let descriptor = pidfd_open(pid, PidfdFlags::empty()).ok()?;
            #[allow(
                deprecated,
                reason = "its successor is unsafe for the sake of types that do not own their descriptor; this one does"
            )]
            let watched = AsyncFd::with_interest(descriptor, Interest::READABLE);
            watched.ok().map(Self)
        }

        /// Stays ready once it was.
        pub(super) async fn given(&self) {
            // An error means that the runtime shuts down; whoever waits is dropped then.
            let _ = self.0.readable().await;
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod by_system {
    use rustix::process::Pid;

    #[derive(Debug)]
    pub(in super::super) enum Notice {}

    impl Notice {
        pub(super) fn of(_pid: Pid) -> Option<Self> {
            None
        }

        pub(super) async fn given(&self) {
            match *self {}
        }
    }
}

/// How the end of a child is noticed.
#[derive(Debug)]
pub(super) enum Ended {
    ByNotice(by_system::Notice),
    /// The system gives no notice: the end is seen by reaping. The group is then signalled a moment after its number
    /// became free, which only goes wrong when every number there is was handed out meanwhile.
    ByReaping,
}

impl Ended {
    pub(super) fn of(pid: Pid) -> Self {
        by_system::Notice::of(pid).map_or(Self::ByReaping, Self::ByNotice)
    }

    /// Comes back when the child has ended, at once when it already has.
    pub(super) async fn wait(&self, child: &mut tokio::process::Child) {
        match self {
            Self::ByNotice(notice) => notice.given().await,
            Self::ByReaping => {
                let _ = child.wait().await;
            }
        }
    }
}
