//! The load: connections that each send the next request when the last answer is there.
//!
//! One thread drives all of them, since the cores are needed by what is measured. Bare route and server get the same
//! bytes by the same code, and their answers the same check, so what the generator itself costs falls on both.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use crate::{
    error::Error,
    http::{Answer, Connection},
    latency::Latencies,
};

/// What is asked again and again.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) address: SocketAddr,
    pub(crate) request: Vec<u8>,
    /// Says whether an answer counts; it runs for each, so it is cheap.
    pub(crate) counts: fn(&[u8]) -> bool,
}

/// For how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// Asked as well, but not counted.
    pub(crate) warm_up: Duration,
    pub(crate) measured: Duration,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Sample {
    /// Of the answers that came while it was measured.
    pub(crate) latencies: Latencies,
    /// Answers in all, the warm-up and the last ones included.
    pub(crate) answered: u64,
}

/// Asks over so many connections at once. One answer that does not count ends the measurement.
pub(crate) async fn drive(target: &Arc<Target>, connections: usize, pace: Pace) -> Result<Sample, Error> {
    let mut opened = Vec::with_capacity(connections);
    for _ in 0..connections {
        opened.push(Connection::open(target.address).await?);
    }
    let begin = Instant::now() + pace.warm_up;
    let end = begin + pace.measured;
    let mut tasks = JoinSet::new();
    for connection in opened {
        tasks.spawn(ask(target.clone(), connection, begin, end));
    }
    let mut sample = Sample::default();
    while let Some(joined) = tasks.join_next().await {
        let one = joined.expect("a connection's task does not panic and is not cancelled")?;
        sample.latencies.merge(one.latencies);
        sample.answered += one.answered;
    }
    if sample.latencies.len() == 0 {
        return Err(Error::Silence(target.name.clone()));
    }
    Ok(sample)
}

async fn ask(
    target: Arc<Target>,
    mut connection: Connection,
    begin: Instant,
    end: Instant,
) -> Result<Sample, Error> {
    let mut sample = Sample::default();
    let mut sent = Instant::now();
    while sent < end {
        let answer = connection.call(&target.request).await?;
        let came = Instant::now();
        check(&target, answer)?;
        sample.answered += 1;
        if came >= begin && came < end {
            sample.latencies.record(came - sent);
        }
        sent = came;
    }
    Ok(sample)
}

fn check(target: &Target, answer: Answer<'_>) -> Result<(), Error> {
    if answer.status == 200 && (target.counts)(answer.body) {
        return Ok(());
    }
    Err(Error::WrongAnswer {
        what: target.name.clone(),
        status: answer.status,
        body: String::from_utf8_lossy(answer.body).into_owned(),
    })
}

#[cfg(test)]
mod tests;
