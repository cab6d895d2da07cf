//! A server that is killed again and again, at any moment, under load: what it has acknowledged, it keeps.
//!
//! `CRASH_SEED` plays the same load again, though not the same interleaving; `CRASH_ROUNDS` sets the number of deaths.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod ledger;
mod load;
mod verdict;

use std::{thread, time::Duration};

use ledger::Ledger;
use tests::{chance::Chance, server::Home, space::Space};

const ROUNDS: u64 = 200;
/// Callers at the same time.
const CALLERS: u64 = 3;
/// Milliseconds a server is given under load, at most: about what its load takes.
const LIFE_MS_MAX: u64 = 80;

#[test]
fn a_killed_server_keeps_what_it_acknowledged() {
    let rounds = std::env::var("CRASH_ROUNDS").map_or(ROUNDS, |text| text.parse().unwrap());
    let mut chance = Chance::from_environment("CRASH_SEED");
    let home = Home::new();
    let effects = home.folder().join("effects");
    std::fs::create_dir(&effects).unwrap();
    let mut ledger = Ledger::default();

    let server = home.start();
    let space = Space::on(server.client(), "crash");
    load::create_flows(&space);
    server.kill();

    for round in 0..rounds {
        let server = home.start();
        let space = space.at(server.client());
        // Looking at the last round's while they are taken up again is part of the load.
        ledger.look_at_news(&space);
        let life = Duration::from_millis(chance.within(0..LIFE_MS_MAX));
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| load::Caller::new(&space, &effects, round * CALLERS + caller, chance.fork()))
            .collect();
        let acknowledged = thread::scope(|scope| {
            let callers: Vec<_> =
                callers.into_iter().map(|caller| scope.spawn(move || caller.call())).collect();
            thread::sleep(life);
            server.kill();
            callers.into_iter().map(|caller| caller.join().unwrap()).collect::<Vec<_>>()
        });
        ledger.extend(acknowledged.into_iter().flatten());
    }

    let server = home.start();
    verdict::pass(&space.at(server.client()), &ledger, &effects, rounds);
    assert!(server.stop().success());
}
