//! A server that is killed again and again, at any moment, under load: what it has acknowledged, it keeps.
//!
//! `CRASH_SEED` plays the same load again, though not the same interleaving; `CRASH_ROUNDS` sets the number of deaths.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod ledger;
mod load;
mod rounds;
mod verdict;

use tests::{chance::Chance, server::Home, space::Space};

const ROUNDS: u64 = 200;

#[test]
fn a_killed_server_keeps_what_it_acknowledged() {
    let rounds = std::env::var("CRASH_ROUNDS").map_or(ROUNDS, |text| text.parse().unwrap());
    let mut chance = Chance::from_environment("CRASH_SEED");
    let home = Home::new();
    let effects = home.folder().join("effects");
    std::fs::create_dir(&effects).unwrap();

    let server = home.start();
    let space = Space::on(server.client(), "crash");
    load::create_flows(&space);
    server.kill();
    let ledger = rounds::play(&home, &space, &effects, rounds, &mut chance);

    let server = home.start();
    verdict::pass(&space.at(server.client()), &ledger, &effects, rounds);
    assert!(server.stop().success());
}
