//! A minute ends when nothing more is due, or when it is over. Time is tokio's, and does not pass by itself.

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
    let script = Mutex::new(script);
    let number = AtomicUsize::new(0);
    let result = until_nothing_is_due(Instant::now() + AT_MOST, || {
        number.fetch_add(1, Ordering::Relaxed);
        let mut script = script.lock().expect("one thread");
        let next = if script.len() > 1 { script.remove(0) } else { script[0].clone() };
        std::future::ready(next)
    });
    let result = result.await;
    (number.load(Ordering::Relaxed), result)
}

#[tokio::test(start_paused = true)]
async fn it_ends_when_nothing_more_is_due() {
    assert_eq!(ticks(vec![Ok(last())]).await, (1, Ok(())));
    assert_eq!(ticks(vec![Ok(full()), Ok(full()), Ok(last())]).await, (3, Ok(())));
}

#[tokio::test(start_paused = true)]
async fn it_ends_with_its_minute() {
    let begun = Instant::now();
    let (number, result) = ticks(vec![Ok(full())]).await;
    assert_eq!((number, result), (10, Ok(())));
    assert!(begun.elapsed() < AT_MOST);
}

#[tokio::test(start_paused = true)]
async fn what_the_queue_refused_is_tried_again() {
    let refused = Ticked { left: 2, all: true, ..Ticked::default() };
    assert_eq!(ticks(vec![Ok(refused), Ok(last())]).await, (2, Ok(())));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_is_asked_again() {
    assert_eq!(ticks(vec![Err(away()), Ok(last())]).await, (2, Ok(())));
    assert_eq!(ticks(vec![Err(away())]).await, (10, Err(away())));
    let bug = Error::Internal("x".to_owned());
    assert_eq!(ticks(vec![Err(bug.clone())]).await, (1, Err(bug)));
}
