//! How long a carrier may go on here, and which attempts still fit into that.
//!
//! A process that lives on has no end of shift. A function has: what does not fit before it is handed over, and what
//! still runs then is stopped, and run again by whoever takes over.

use std::time::Duration;

use tokio::time::Instant;

/// What stopping, writing down and handing over may take at the end.
const HANDING_OVER: Duration = Duration::from_secs(2);
/// A request begins an attempt that does not say how long it may take when so much time is left. Most tasks are done
/// by then; one that is not was begun in vain.
const TRIED_WITHIN: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Copy)]
pub(crate) struct Shift {
    end: Option<End>,
}

#[derive(Debug, Clone, Copy)]
struct End {
    at: Instant,
    /// What an attempt without a timeout needs.
    unsaid: Duration,
    /// Whether the first attempt begins in any case. Without it, one that fits no shift would be handed over for ever.
    begins: bool,
}

impl Shift {
    /// Of a process that lives on.
    pub(crate) const ENDLESS: Self = Self { end: None };

    /// Of a request that has to be answered then.
    pub(crate) fn of_request(answer_at: Instant) -> Self {
        Self::before(answer_at, TRIED_WITHIN, false)
    }

    /// Of a worker that has to be done then; an attempt takes `attempt_max` at most.
    pub(crate) fn of_worker(done_at: Instant, attempt_max: Option<Duration>) -> Self {
        Self::before(done_at, attempt_max.unwrap_or(TRIED_WITHIN), true)
    }

    fn before(limit: Instant, unsaid: Duration, begins: bool) -> Self {
        let at = limit.checked_sub(HANDING_OVER).unwrap_or(limit);
        Self { end: Some(End { at, unsaid, begins }) }
    }

    /// Whether an attempt can be begun and ended here; `first` when this shift has begun none yet.
    pub(crate) fn fits(&self, timeout: Option<Duration>, first: bool) -> bool {
        self.end.is_none_or(|end| {
            let left = end.at.saturating_duration_since(Instant::now());
            (first && end.begins) || timeout.unwrap_or(end.unsaid) <= left
        })
    }

    /// Whether it lasts at least until then.
    pub(crate) fn lasts(&self, until: Instant) -> bool {
        self.end.is_none_or(|end| until <= end.at)
    }

    /// Comes back at the end; never when there is none.
    pub(crate) async fn over(&self) {
        match self.end {
            Some(end) => tokio::time::sleep_until(end.at).await,
            None => std::future::pending().await,
        }
    }
}
