//! Durations as Java writes and reads them: `PT1H2M3.5S`, `P1DT1S`, or a number of seconds.

use std::time::Duration;

/// Reads an ISO-8601 duration (any case, days are 24 hours) or a number of seconds. Negative ones are not taken.
///
/// # Errors
/// A message that says what would be right.
pub fn parse(text: &str) -> Result<Duration, String> {
    let _ = text;
    unimplemented!()
}

/// Writes a duration as `java.time.Duration.toString` does: hours, minutes and seconds, never days; `PT0S` for none.
pub fn format(duration: Duration) -> String {
    let _ = duration;
    unimplemented!()
}
