//! How much of a limited type workers may have, as it is stored: pure, so that who asks holds it against what he read.

use engine::{
    execution::{Rate, Terms},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// The parts of a window in which deliveries are counted together. A part counts as if all in it were its last, so there
/// are never more than the rate; where a window is a second, parts are milliseconds and nothing is lost by that.
const PARTS: i64 = 1_000;

/// What workers have of a limited type, and what they were given of late.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Book {
    #[serde(rename = "t", default, skip_serializing_if = "Vec::is_empty")]
    pub(super) taken: Vec<Taken>,
    /// The begin of a part of the window, in milliseconds, and how many were given in it.
    #[serde(rename = "g", default, skip_serializing_if = "Vec::is_empty")]
    given: Vec<(i64, u32)>,
}

/// A claim of an offer that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Taken {
    /// What was polled for.
    #[serde(rename = "q")]
    pub(super) queue: String,
    /// The sort key of the offer.
    #[serde(rename = "s")]
    pub(super) offer: String,
    /// Which claim of it: 1 for the first.
    #[serde(rename = "p")]
    pub(super) polls: u32,
}

/// Why none may be taken now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// Until one that is in progress ends.
    Taken,
    /// Until then, when no more are given.
    Until(Timestamp),
}

impl Book {
    /// Whether one more may be handed out now; `offer` is its sort key.
    pub(super) fn admits(&self, offer: &str, terms: &Terms, now: Timestamp) -> Result<(), Full> {
        let others = self.taken.iter().filter(|it| it.offer != offer).count();
        if terms.concurrent_max.is_some_and(|most| usize::try_from(most).is_ok_and(|most| others >= most)) {
            return Err(Full::Taken);
        }
        let Some(rate) = terms.rate else { return Ok(()) };
        let counted = || self.given.iter().filter(|(part, _)| forgotten_at(*part, rate) > now);
        let given: u64 = counted().map(|(_, count)| u64::from(*count)).sum();
        if given < u64::from(rate.most) {
            return Ok(());
        }
        Err(Full::Until(counted().map(|(part, _)| forgotten_at(*part, rate)).min().unwrap_or(now)))
    }

    /// Counts one that is handed out. A claim takes the place of an earlier one of the same offer.
    pub(super) fn take(&mut self, taken: Taken, terms: &Terms, now: Timestamp) {
        if terms.concurrent_max.is_some() {
            self.taken.retain(|it| it.offer != taken.offer);
            self.taken.push(taken);
        }
        let Some(rate) = terms.rate else { return };
        self.given.retain(|(part, _)| forgotten_at(*part, rate) > now);
        let part = now.as_millis() - now.as_millis().rem_euclid(width(rate));
        match self.given.iter_mut().find(|(known, _)| *known == part) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => self.given.push((part, 1)),
        }
    }

    /// One that has ended, or that a worker put back: that claim of it or an earlier one. `false` when it does not count.
    pub(super) fn free(&mut self, offer: &str, polls: u32) -> bool {
        let before = self.taken.len();
        self.taken.retain(|it| it.offer != offer || it.polls > polls);
        self.taken.len() < before
    }
}

/// In milliseconds.
fn width(rate: Rate) -> i64 {
    (millis(rate) / PARTS).max(1)
}

fn millis(rate: Rate) -> i64 {
    i64::try_from(rate.window.as_millis()).unwrap_or(i64::MAX / 4).max(1)
}

/// When a part counts no longer.
fn forgotten_at(part: i64, rate: Rate) -> Timestamp {
    Timestamp::from_millis(part.saturating_add(width(rate) - 1).saturating_add(millis(rate)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use engine::conductor::TaskDefinition;

    use super::*;

    fn terms(concurrent_max: Option<u32>, rate: Option<(u32, u64)>) -> Terms {
        let rate = rate.map(|(most, seconds)| (most, Duration::from_secs(seconds)));
        Terms::from(&TaskDefinition { concurrent_max, rate_limit: rate, ..TaskDefinition::named("t") })
    }

    fn taken(offer: &str, polls: u32) -> Taken {
        Taken { queue: "t".to_owned(), offer: offer.to_owned(), polls }
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + millis)
    }

    #[test]
    fn as_many_as_may_at_the_same_time() {
        let (mut book, terms) = (Book::default(), terms(Some(2), None));
        for offer in ["a", "b"] {
            assert_eq!(book.admits(offer, &terms, at(0)), Ok(()));
            book.take(taken(offer, 1), &terms, at(0));
        }
        assert_eq!(book.admits("c", &terms, at(9)), Err(Full::Taken));
        assert_eq!(book.admits("a", &terms, at(9)), Ok(()), "it has its place");
        book.take(taken("a", 2), &terms, at(9));
        assert!(!book.free("a", 1), "that claim has gone before");
        assert_eq!(book.admits("c", &terms, at(9)), Err(Full::Taken));
        assert!(book.free("a", 2));
        assert_eq!(book.admits("c", &terms, at(9)), Ok(()));
    }

    #[test]
    fn never_more_in_any_window_than_the_rate() {
        for (most, seconds, step) in [(3, 1, 50), (5, 60, 777), (1, 10, 999)] {
            let (mut book, terms) = (Book::default(), terms(None, Some((most, seconds))));
            let window = i64::try_from(seconds * 1_000).unwrap();
            let mut given: Vec<i64> = Vec::new();
            let mut now = 0;
            while now < 5 * window {
                if book.admits("a", &terms, at(now)).is_ok() {
                    book.take(taken("a", 1), &terms, at(now));
                    given.push(now);
                }
                now += step;
            }
            for first in &given {
                let within = given.iter().filter(|it| (0..window).contains(&(**it - first))).count();
                assert!(within <= usize::try_from(most).unwrap(), "{within} in {seconds} s");
            }
            assert!(given.len() >= usize::try_from(most).unwrap() * 4, "and about as many: {}", given.len());
        }
    }

    #[test]
    fn who_comes_too_early_is_told_when_to_come() {
        let (mut book, terms) = (Book::default(), terms(None, Some((1, 1))));
        book.take(taken("a", 1), &terms, at(100));
        assert_eq!(book.admits("b", &terms, at(500)), Err(Full::Until(at(1_100))));
        assert_eq!(book.admits("b", &terms, at(1_100)), Ok(()));
    }
}
