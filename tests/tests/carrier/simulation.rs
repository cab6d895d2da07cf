//! Many executions on several processes over weakened adapters, by seed: all of them end, once, as their flows say.

mod callers;
mod flows;
mod labour;
mod town;
mod verdict;
mod waiting;

use std::time::Duration;

use tests::chance::Chance;
use tokio::time::Instant;

use crate::weakened::{Climate, Weather, rounds};
use town::Town;

/// How long things go wrong, in virtual time.
const STORM: Duration = Duration::from_mins(4);
/// How long everything may take to be over after that: a lease, a tick, and the longest flow.
const RECOVERY: Duration = Duration::from_mins(2);
/// How often what is due is looked for.
const TICK: Duration = Duration::from_mins(1);
const EXECUTIONS: usize = 80;
const ROUNDS: u64 = 6;

/// One seed; gives everything that was written.
async fn storm(mut chance: Chance) -> Vec<String> {
    let weather = Weather::new(chance.fork(), Climate::ROUGH);
    let town = Town::open(weather, chance.fork()).await;
    let begun = Instant::now();
    let misfortunes = tokio::spawn(std::sync::Arc::clone(&town).misfortunes(STORM, chance.fork()));
    let callers = callers::all(&town, EXECUTIONS, STORM, chance.fork());
    tokio::time::sleep_until(begun + STORM).await;
    misfortunes.await.unwrap();
    let struck = town.weather.struck();
    assert!(struck > EXECUTIONS, "only {struck} things went wrong");
    town.weather.calm_down();
    tokio::time::sleep_until(begun + STORM + RECOVERY).await;
    verdict::all_have_ended(&town);
    // Whoever waited has seen it within one slow poll.
    let answered = tokio::time::timeout(Duration::from_secs(10), callers.join_all()).await;
    let answered = answered.expect("somebody still waits for what has ended");
    verdict::as_the_flows_say(&town, &answered).await;
    verdict::history(&town)
}

#[test]
fn whatever_goes_wrong_every_execution_ends_once_as_its_flow_says() {
    rounds(ROUNDS, |chance| async move {
        storm(chance).await;
    });
}

#[test]
fn a_seed_does_the_same_again() {
    let run = || {
        let history = std::sync::Mutex::new(Vec::new());
        rounds(1, |chance| async { *history.lock().unwrap() = storm(chance).await });
        history.into_inner().unwrap()
    };
    let (one, other) = (run(), run());
    let differs = one.iter().zip(&other).find(|(one, other)| one != other);
    assert_eq!(differs, None, "the first difference, of {} and {} writes", one.len(), other.len());
    assert_eq!(one.len(), other.len());
}
