//! How long an invocation may still take.

use std::time::{Duration, SystemTime};

use lambda_runtime::Context;
use tokio::time::Instant;

/// The moment at which an invocation has to be done, `margin` before the platform ends it.
pub fn of(context: &Context, margin: Duration) -> Instant {
    Instant::now() + left(context.deadline(), SystemTime::now(), margin)
}

/// What is left at `now`; nothing when the deadline has passed.
fn left(deadline: SystemTime, now: SystemTime, margin: Duration) -> Duration {
    deadline.duration_since(now).unwrap_or_default().saturating_sub(margin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_ends_before_the_deadline() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        let margin = Duration::from_secs(5);
        assert_eq!(left(now + Duration::from_secs(30), now, margin), Duration::from_secs(25));
        assert_eq!(left(now + Duration::from_secs(5), now, margin), Duration::ZERO);
        assert_eq!(left(now + Duration::from_secs(1), now, margin), Duration::ZERO);
        assert_eq!(left(now - Duration::from_secs(1), now, margin), Duration::ZERO);
    }
}
