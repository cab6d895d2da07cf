//! Takes the measurements, in rounds in which everything has its turn.

use std::{path::Path, sync::Arc};

use crate::{
    bare,
    cells::{CONNECTIONS, Cell, Measured, Round, Subject},
    counting, disk,
    error::Error,
    flows::{self, Work},
    load::{self, Target},
    machine::Watch,
    options::{self, Plan},
    process::{self, Process},
};

/// Measures everything; `say` is told how far it is.
pub(crate) async fn measure(program: &Path, plan: Plan, say: impl Fn(&str)) -> Result<Measured, Error> {
    let watch = Watch::start();
    let folder = options::temporary_folder()?;
    let in_memory = disk::is_in_memory(folder.path())?;
    let server = process::server(program, folder.path(), &folder.path().join("counters")).await?;
    let answer = flows::create(server.address).await?;
    let bare = bare::start(&answer).await?;

    let mut cells: Vec<Cell> = CONNECTIONS
        .into_iter()
        .flat_map(|connections| Subject::ALL.map(|subject| (subject, connections)))
        .map(|(subject, connections)| Cell { subject, connections, rounds: Vec::new(), writing: None })
        .collect();
    let mut appends = Vec::new();
    for round in 1..=plan.rounds {
        say(&format!("round {round} of {}", plan.rounds));
        appends.push(disk::appends(folder.path(), plan.pace.measured)?);
        for cell in &mut cells {
            cell.rounds.push(match cell.subject {
                Subject::Bare => one(&bare, Work::OnePure, cell, plan).await?,
                Subject::Flow(work) => one(&server, work, cell, plan).await?,
            });
        }
    }
    bare.stop().await?;
    server.stop().await?;
    drop(folder);

    say("counting transactions, each flow on a server of its own");
    let idle = counting::idle(program).await?;
    for cell in &mut cells {
        if let (Subject::Flow(work), Some(idle)) = (cell.subject, idle) {
            cell.writing = counting::writing(program, idle, work, cell.connections, plan.pace).await?;
        }
    }
    Ok(Measured { cells, appends, in_memory, noise: watch.stop() })
}

async fn one(process: &Process, work: Work, cell: &Cell, plan: Plan) -> Result<Round, Error> {
    process.forget_peak()?;
    let cpu_before = process.cpu()?;
    let target = target(cell.subject.name(), process, work);
    let sample = load::drive(&target, cell.connections, plan.pace).await?;
    let cpu = process.cpu()?.saturating_sub(cpu_before);
    Ok(Round::new(sample, plan.pace.measured, cpu, process.peak_bytes()?))
}

/// What asks a process for a flow. The bare route is asked the same, and does not care.
pub(crate) fn target(name: &str, process: &Process, work: Work) -> Arc<Target> {
    Arc::new(Target {
        name: name.to_owned(),
        address: process.address,
        request: work.request(),
        counts: flows::ended_well,
    })
}
