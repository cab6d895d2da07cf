//! How many commits and transactions executions cost, by the store's own count, which the server writes when it ends:
//! so each count takes a server of its own.

use std::{fs, path::Path, time::Duration};

use serde_json::Value;

use crate::{
    cells::{Writing, count},
    error::Error,
    flows::{self, Work},
    load::{self, Pace},
    options, process, rounds,
};

/// What the store counted from the server's start to its end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted {
    commits: u64,
    transactions: u64,
}

/// Counts a server that only has its flows created and tried; `None` when it does not tell.
pub(crate) async fn idle(program: &Path) -> Result<Option<Counted>, Error> {
    Ok(counted(program, None).await?.1)
}

/// Counts what the executions of one flow cost beyond that.
pub(crate) async fn writing(
    program: &Path,
    idle: Counted,
    work: Work,
    connections: usize,
    pace: Pace,
) -> Result<Option<Writing>, Error> {
    let pace = Pace { warm_up: Duration::ZERO, ..pace };
    let (answered, loaded) = counted(program, Some((work, connections, pace))).await?;
    Ok(loaded.map(|loaded| Writing {
        commits: count(loaded.commits.saturating_sub(idle.commits)) / count(answered),
        per_transaction: count(answered) / count(loaded.transactions.saturating_sub(idle.transactions)),
    }))
}

async fn counted(program: &Path, load: Option<(Work, usize, Pace)>) -> Result<(u64, Option<Counted>), Error> {
    let folder = options::temporary_folder()?;
    let file = folder.path().join("counters");
    let server = process::server(program, folder.path(), &file).await?;
    flows::create(server.address).await?;
    let mut answered = 0;
    if let Some((work, connections, pace)) = load {
        let target = rounds::target(work.name(), &server, work);
        answered = load::drive(&target, connections, pace).await?.answered;
    }
    server.stop().await?;
    Ok((answered, fs::read(file).ok().and_then(|json| Counted::read(&json))))
}

impl Counted {
    fn read(json: &[u8]) -> Option<Self> {
        let counters: Value = serde_json::from_slice(json).ok()?;
        let number = |name: &str| counters[name].as_u64();
        Some(Self { commits: number("commits")?, transactions: number("transactions")? })
    }
}
