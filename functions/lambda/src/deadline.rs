//! How long an invocation may still take.

use std::time::{Duration, SystemTime};

use lambda_runtime::Context;
use tokio::time::Instant;

/// The moment at which an invocation has to be done: `margin` before the platform ends it, and after `at_most` anyhow.
pub fn of(context: &Context, margin: Duration, at_most: Duration) -> Instant {
    Instant::now() + left(context.deadline(), SystemTime::now(), margin).min(at_most)
}

/// What is left at `now`. `cargo lambda watch` names a deadline of 1970: one that has passed before the invocation
/// begins says nothing.
fn left(deadline: SystemTime, now: SystemTime, margin: Duration) -> Duration {
    deadline.duration_since(now).map_or(Duration::MAX, |left| left.saturating_sub(margin))
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
    }

    #[test]
    fn a_deadline_of_1970_is_none() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_hours(24);
        let watch = SystemTime::UNIX_EPOCH + Duration::from_mins(10);
        assert_eq!(left(watch, now, Duration::from_secs(1)), Duration::MAX);
    }
}
