//! Lives and deaths.

use std::{
    ops::RangeInclusive,
    path::Path,
    thread::{self, ScopedJoinHandle},
    time::{Duration, Instant},
};

use tests::{chance::Chance, poll, server::Home, space::Space};

use crate::{
    ledger::{Ledger, Promise},
    load::Caller,
};

/// Callers at the same time.
const CALLERS: u64 = 3;
/// One of so many servers dies while it starts, and takes up again what the one before left.
const STILLBORN: u64 = 8;
/// Milliseconds such a one is given, at most: about what a start takes.
const BIRTH_MS_MAX: u64 = 60;

/// Milliseconds a server is given under load, at most: what its load took in the first life, within these bounds.
const LIFE_MS: RangeInclusive<u64> = 150..=400;

/// Starts a server so many times, calls it, and kills it. Gives what it has promised in all its lives.
pub(crate) fn play(home: &Home, space: &Space, effects: &Path, rounds: u64, chance: &mut Chance) -> Ledger {
    let mut ledger = Ledger::default();
    let mut life_ms = 0;
    for round in 0..rounds {
        if round > 0 && chance.within(0..STILLBORN) == 0 {
            home.options().start_and_kill(Duration::from_millis(chance.within(0..BIRTH_MS_MAX)));
            continue;
        }
        let server = home.start();
        let space = space.at(server.client());
        // Reading the last round's while they are taken up again is part of the load.
        ledger.look_at_news(&space);
        let callers: Vec<Caller> = (0..CALLERS)
            .map(|caller| Caller::new(&space, effects, round * CALLERS + caller, chance.fork()))
            .collect();
        thread::scope(|scope| {
            let callers: Vec<ScopedJoinHandle<'_, Vec<Promise>>> =
                callers.into_iter().map(|caller| scope.spawn(move || caller.call())).collect();
            if round == 0 {
                life_ms = load_ms(&callers);
            } else {
                thread::sleep(Duration::from_millis(chance.within(0..life_ms)));
            }
            server.kill();
            for caller in callers {
                ledger.extend(caller.join().unwrap());
            }
        });
    }
    ledger
}

/// What the callers take to say everything they have to say.
fn load_ms(callers: &[ScopedJoinHandle<'_, Vec<Promise>>]) -> u64 {
    let begin = Instant::now();
    poll::until("the callers", || callers.iter().all(ScopedJoinHandle::is_finished).then_some(()));
    let taken = u64::try_from(begin.elapsed().as_millis()).unwrap();
    taken.clamp(*LIFE_MS.start(), *LIFE_MS.end())
}
