//! `roundtrip deploy`: a folder of flows becomes what a server has.
//!
//! # Invariants
//! * Nothing changes before every flow was found right, here and by the server.
//! * What is going to change is printed first, and then each change as it is made.

mod folder;
mod plan;

use std::{io::Write, process::ExitCode};

use reqwest::Method;
use serde_json::Value as Json;

use self::plan::{Change, Plan, Step};
use crate::{
    cli,
    remote::server::{Body, Server, segment},
    report,
};

pub(crate) async fn deploy(options: cli::Deploy) -> Result<ExitCode, report::Error> {
    let server = Server::of(&options.at)?;
    let Some(wanted) = folder::read(&options.folder, options.namespace.as_deref())? else {
        return Ok(ExitCode::from(1));
    };
    let plan = Plan::make(&server, wanted, options.delete).await?;
    let mut out = std::io::stdout().lock();
    plan.show(&mut out)?;
    if !accepted(&server, &plan).await? {
        report::say("nothing was changed");
        return Ok(ExitCode::from(1));
    }
    if options.dry_run {
        writeln!(out, "nothing was changed: a dry run")?;
        return Ok(ExitCode::SUCCESS);
    }
    let total = plan.changes().count();
    for (done, step) in plan.changes().enumerate() {
        let told = |error| report::Error::new(format!("{step}, after {done} of {total} changes"), error);
        let outcome = apply(&server, step).await.map_err(told)?;
        writeln!(out, "[{}/{total}] {outcome}", done + 1)?;
        out.flush()?;
    }
    writeln!(out, "{}", plan.counts())?;
    Ok(ExitCode::SUCCESS)
}

/// Whether the server takes every flow that is to change; what it does not is told.
async fn accepted(server: &Server, plan: &Plan) -> Result<bool, report::Error> {
    let mut all = true;
    for step in plan.changes() {
        let Some(flow) = &step.wanted else { continue };
        let body = Body::Yaml(flow.source.clone());
        let answer = server.send(Method::POST, "/flows/validate", None, body).await?;
        let wrong = match answer.expect() {
            Ok(answer) => constraints(&answer.json()?),
            Err(refused) => vec![refused.to_string()],
        };
        for wrong in &wrong {
            report::say(&format!("error: {}: {wrong}", flow.file.display()));
        }
        all &= wrong.is_empty();
    }
    Ok(all)
}

/// What the server has against a flow.
fn constraints(validations: &Json) -> Vec<String> {
    let each = validations.as_array().into_iter().flatten();
    each.filter_map(|it| it["constraints"].as_str()).map(str::to_owned).collect()
}

/// Makes one change; says what was done.
async fn apply(server: &Server, step: &Step) -> Result<String, report::Error> {
    let Step { namespace, id, change, wanted } = step;
    match (change, wanted) {
        (Change::Create | Change::Update { .. }, Some(flow)) => {
            let is_there = !matches!(change, Change::Create);
            let revision = server.put_flow(namespace, id, &flow.source, is_there).await?;
            let done = if is_there { "updated" } else { "created" };
            Ok(format!("{done} {namespace}/{id} (revision {revision})"))
        }
        (Change::Delete, _) => {
            let path = format!("/flows/{}/{}", segment(namespace), segment(id));
            server.send(Method::DELETE, &path, None, Body::None).await?.expect()?;
            Ok(format!("deleted {namespace}/{id}"))
        }
        (Change::Unchanged, _) | (Change::Create | Change::Update { .. }, None) => {
            Ok(format!("left {namespace}/{id}"))
        }
    }
}

/// The ids of the flows of exactly one namespace.
async fn flows_of(server: &Server, namespace: &str) -> Result<Vec<String>, report::Error> {
    let path = format!("/flows/{}", segment(namespace));
    let flows = server.send(Method::GET, &path, None, Body::None).await?.expect()?.json()?;
    let ids = flows.as_array().into_iter().flatten().filter_map(|flow| flow["id"].as_str());
    Ok(ids.map(str::to_owned).collect())
}
