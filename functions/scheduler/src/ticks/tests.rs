//! A minute ends when nothing more is due, or when it is over.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use super::*;

fn full() -> Ticked {
    Ticked { dispatched: 1_000, all: false, ..Ticked::default() }
}

fn last() -> Ticked {
    Ticked { dispatched: 3, all: true, ..Ticked::default() }
}

fn away() -> Error {
    Error::Unavailable { message: "no route".to_owned(), retry_after: Duration::from_secs(1) }
}

/// Ticks as told, then for ever like the last one; gives their number.
async fn ticks(script: Vec<Result<Ticked, Error>>) -> (usize, Result<(), Error>) {
    within(Duration::from_mins(1), script).await
}

async fn within(time: Duration, script: Vec<Result<Ticked, Error>>) -> (usize, Result<(), Error>) {
    let script = Mutex::new(script);
    let number = AtomicUsize::new(0);
    let result = until_nothing_is_due(Instant::now() + time, Duration::from_millis(1), || {
        number.fetch_add(1, Ordering::Relaxed);
        let mut script = script.lock().expect("one thread");
        let next = if script.len() > 1 { script.remove(0) } else { script[0].clone() };
        std::future::ready(next)
    });
    let result = result.await;
    (number.load(Ordering::Relaxed), result)
}

#[tokio::test]
async fn it_ends_when_nothing_more_is_due() {
    assert_eq!(ticks(vec![Ok(last())]).await, (1, Ok(())));
    assert_eq!(ticks(vec![Ok(full()), Ok(full()), Ok(last())]).await, (3, Ok(())));
}

#[tokio::test]
async fn it_ends_with_its_minute() {
    let time = Duration::from_millis(50);
    let begun = Instant::now();
    let (number, result) = within(time, vec![Ok(full())]).await;
    assert!(number > 1 && result == Ok(()) && begun.elapsed() < Duration::from_secs(10), "{number} ticks");
    assert_eq!(within(time, vec![Err(away())]).await.1, Err(away()));
    assert_eq!(within(Duration::ZERO, vec![Ok(full())]).await, (1, Ok(())), "there is one in any case");
}

#[tokio::test]
async fn what_the_queue_refused_is_tried_again() {
    let refused = Ticked { left: 2, all: true, ..Ticked::default() };
    assert_eq!(ticks(vec![Ok(refused), Ok(last())]).await, (2, Ok(())));
}

#[tokio::test]
async fn a_store_that_is_away_is_asked_again() {
    assert_eq!(ticks(vec![Err(away()), Ok(last())]).await, (2, Ok(())));
    let bug = Error::Internal("x".to_owned());
    assert_eq!(ticks(vec![Err(bug.clone())]).await, (1, Err(bug)));
}
