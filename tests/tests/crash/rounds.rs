//! Lives and deaths.

use std::{path::Path, thread, time::Duration};

use tests::{chance::Chance, server::Home, space::Space};

use crate::{ledger::Ledger, load::Caller};

/// Callers at the same time.
const CALLERS: u64 = 3;
/// Milliseconds a server is given under load, at most: about what its load takes.
const LIFE_MS_MAX: u64 = 160;
/// One of so many servers dies while it starts, and takes up again what the one before left.
const STILLBORN: u64 = 8;
/// Milliseconds such a one is given, at most: about what a start takes.
const BIRTH_MS_MAX: u64 = 60;

/// Starts a server so many times, calls it, and kills it. Gives what it has promised in all its lives.
pub(crate) fn play(home: &Home, space: &Space, effects: &Path, rounds: u64, chance: &mut Chance) -> Ledger {
    let mut ledger = Ledger::default();
    for round in 0..rounds {
        if chance.within(0..STILLBORN) == 0 {
            home.options().start_and_kill(Duration::from_millis(chance.within(0..BIRTH_MS_MAX)));
            continue;
        }
        let server = home.start();
        let space = space.at(server.client());
        // Reading the last round's while they are taken up again is part of the load.
        ledger.look_at_news(&space);
        let life = Duration::from_millis(chance.within(0..LIFE_MS_MAX));
        let callers: Vec<Caller> = (0..CALLERS)
            .map(|caller| Caller::new(&space, effects, round * CALLERS + caller, chance.fork()))
            .collect();
        thread::scope(|scope| {
            let callers: Vec<_> =
                callers.into_iter().map(|caller| scope.spawn(move || caller.call())).collect();
            thread::sleep(life);
            server.kill();
            for caller in callers {
                ledger.extend(caller.join().unwrap());
            }
        });
    }
    ledger
}
