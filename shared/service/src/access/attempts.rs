//! How often a source may fail to say who it is: a token bucket for each, as one moment.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

use engine::time::Timestamp;

/// Failures that a source has free.
const FREE: u32 = 20;
/// After those, one more in this time.
const ONE_MORE: Duration = Duration::from_secs(6);
/// Sources that are remembered.
const SOURCES_MAX: usize = 10_000;

/// What sources have failed.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    /// When all failures of a source will be forgotten; each puts it off by [`ONE_MORE`].
    forgotten_at: HashMap<IpAddr, Timestamp>,
}

impl Attempts {
    /// How long a source has to wait before it may try, if it has to.
    pub(crate) fn wait(&self, source: IpAddr, now: Timestamp) -> Option<Duration> {
        let forgotten_at = *self.forgotten_at.get(&network(source))?;
        let owed = forgotten_at.since(now);
        let wait = owed.checked_sub(ONE_MORE * (FREE - 1))?;
        (!wait.is_zero()).then_some(wait)
    }

    pub(crate) fn failed(&mut self, source: IpAddr, now: Timestamp) {
        let source = network(source);
        if self.forgotten_at.len() >= SOURCES_MAX && !self.forgotten_at.contains_key(&source) {
            self.make_room(now);
        }
        let at = self.forgotten_at.entry(source).or_insert(now);
        *at = (*at).max(now).plus(ONE_MORE);
    }

    /// Forgets who owes nothing, and if all do, who owes least.
    fn make_room(&mut self, now: Timestamp) {
        self.forgotten_at.retain(|_, at| *at > now);
        if self.forgotten_at.len() >= SOURCES_MAX
            && let Some(least) = self.forgotten_at.iter().min_by_key(|(_, at)| **at).map(|(it, _)| *it)
        {
            self.forgotten_at.remove(&least);
        }
    }
}

/// One caller has a whole /64 of IPv6.
fn network(source: IpAddr) -> IpAddr {
    match source.to_canonical() {
        IpAddr::V4(it) => IpAddr::V4(it),
        IpAddr::V6(it) => IpAddr::V6(Ipv6Addr::from_bits(it.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_000_000 + seconds * 1_000)
    }

    #[test]
    fn after_the_free_ones_a_source_waits_and_others_do_not() {
        let mut attempts = Attempts::default();
        for number in 0..FREE {
            assert_eq!(attempts.wait(A, at(0)), None, "{number}");
            attempts.failed(A, at(0));
        }
        assert_eq!(attempts.wait(A, at(0)), Some(ONE_MORE));
        assert_eq!(attempts.wait(A, at(5)), Some(Duration::from_secs(1)));
        assert_eq!(attempts.wait("192.0.2.2".parse().unwrap(), at(0)), None);
        assert_eq!(attempts.wait(A, at(6)), None);
        attempts.failed(A, at(6));
        assert_eq!(attempts.wait(A, at(6)), Some(ONE_MORE));
        assert_eq!(attempts.wait(A, at(1_000)), None);
    }

    #[test]
    fn addresses_of_one_network_are_one_source() {
        let mut attempts = Attempts::default();
        for number in 0..FREE {
            attempts.failed(format!("2001:db8::{number:x}").parse().unwrap(), at(0));
        }
        assert!(attempts.wait("2001:db8::ffff".parse().unwrap(), at(0)).is_some());
        assert_eq!(attempts.wait("2001:db8:0:1::".parse().unwrap(), at(0)), None);
    }

    #[test]
    fn the_table_has_an_end_and_keeps_who_failed_most() {
        let mut attempts = Attempts::default();
        for _ in 0..FREE {
            attempts.failed(A, at(0));
        }
        for number in 0..u32::try_from(SOURCES_MAX).unwrap() + 10 {
            attempts.failed(IpAddr::V4(std::net::Ipv4Addr::from_bits(0x0a00_0000 + number)), at(0));
        }
        assert_eq!(attempts.forgotten_at.len(), SOURCES_MAX);
        assert!(attempts.wait(A, at(0)).is_some());
    }
}
