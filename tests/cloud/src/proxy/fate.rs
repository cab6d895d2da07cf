//! What becomes of a call.

use std::{fmt, time::Duration};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Passed,
    /// Passed on after a while.
    Delayed,
    /// The connection is closed, and the call has not been made.
    Dropped,
    /// The call is made, and the connection is closed.
    Unanswered,
    /// The call is made twice; the first answer is the one that is given.
    Repeated,
    /// Answered with 500 or 503, and not made.
    Broken,
    /// Answered with the service's own refusal of too many calls, and not made.
    Throttled,
}

impl Fate {
    pub const ALL: [Self; 7] = [
        Self::Passed,
        Self::Delayed,
        Self::Dropped,
        Self::Unanswered,
        Self::Repeated,
        Self::Broken,
        Self::Throttled,
    ];

    pub(super) const fn place(self) -> usize {
        self as usize
    }
}

/// How often a call has each fate, in a thousand; the others pass.
#[derive(Debug, Clone, Copy)]
pub struct Climate {
    pub delayed: u64,
    pub dropped: u64,
    pub unanswered: u64,
    pub repeated: u64,
    pub broken: u64,
    pub throttled: u64,
    /// How long one that is delayed is kept.
    pub delay: Duration,
}

impl Climate {
    /// Some of everything: one call in eight.
    pub const ROUGH: Self = Self {
        delayed: 20,
        dropped: 20,
        unanswered: 20,
        repeated: 20,
        broken: 20,
        throttled: 25,
        delay: Duration::from_millis(300),
    };
    /// Every call passes.
    pub const CALM: Self = Self {
        delayed: 0,
        dropped: 0,
        unanswered: 0,
        repeated: 0,
        broken: 0,
        throttled: 0,
        delay: Duration::ZERO,
    };

    /// The fate that belongs to a number below 1,000.
    pub(super) fn choose(&self, number: u64) -> Fate {
        let mut below = 0;
        for (often, fate) in [
            (self.delayed, Fate::Delayed),
            (self.dropped, Fate::Dropped),
            (self.unanswered, Fate::Unanswered),
            (self.repeated, Fate::Repeated),
            (self.broken, Fate::Broken),
            (self.throttled, Fate::Throttled),
        ] {
            below += often;
            if number < below {
                return fate;
            }
        }
        Fate::Passed
    }
}

/// Calls by what became of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Counts(pub(super) [usize; Fate::ALL.len()]);

impl Counts {
    pub fn of(&self, fate: Fate) -> usize {
        self.0[fate.place()]
    }

    /// Calls in all.
    pub fn calls(&self) -> usize {
        self.0.iter().sum()
    }

    /// Calls that did not just pass.
    pub fn harmed(&self) -> usize {
        self.calls() - self.of(Fate::Passed)
    }
}

impl fmt::Debug for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(Fate::ALL.iter().map(|fate| (fate, self.of(*fate)))).finish()
    }
}

/// An answer of something between the client and the service, or of a service in trouble.
pub(super) fn broken(number: u64) -> Vec<u8> {
    let status = if number == 0 { "500 Internal Server Error" } else { "503 Service Unavailable" };
    answer(status, "text/plain", "on purpose")
}

/// How each service says that it was called too often. `target` names the service and the call, but for S3.
pub(super) fn throttled(target: Option<&str>, number: u64) -> Vec<u8> {
    let code = match target {
        Some(target) if target.starts_with("DynamoDB") && number == 0 => {
            "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"
        }
        Some(target) if target.starts_with("DynamoDB") => "com.amazon.coral.availability#ThrottlingException",
        Some(_) if number == 0 => "com.amazonaws.sqs#OverLimit",
        Some(_) => "com.amazonaws.sqs#RequestThrottled",
        None => {
            let body =
                "<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>on purpose</Message></Error>";
            return answer("503 Slow Down", "application/xml", body);
        }
    };
    let body = format!(r#"{{"__type":"{code}","message":"on purpose"}}"#);
    answer("400 Bad Request", "application/x-amz-json-1.0", &body)
}

fn answer(status: &str, kind: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
        .into_bytes()
}
