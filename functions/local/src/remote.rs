//! `roundtrip run --server`: one flow on a server, as if it ran here.

mod files;
pub(crate) mod server;

use std::{io::Write, path::Path, process::ExitCode, time::Duration};

use embedded::{RandomIds, SystemClock};
use engine::{execution::State, flow, id::ExecutionId};
use ports::clock::{Clock, Ids};
use reqwest::Method;
use serde_json::Value as Json;
use tasks::Registry;
use tokio::time::Instant;

use self::server::{Answer, Body, Server, segment};
use crate::{cli, inputs, report, show};

/// Between two questions, when the server answers a wait at once.
const PAUSE: Duration = Duration::from_millis(250);

pub(crate) async fn run(options: cli::Run) -> Result<ExitCode, report::Error> {
    let server = Server::of(&options.at)?;
    let sent = inputs::read(&options)?;
    let Some((namespace, id)) = flow(&server, &options.flow).await? else {
        return Ok(ExitCode::from(1));
    };
    let path = format!("/executions/{}/{}", segment(&namespace), segment(&id));
    // The answer may be lost on its way: with a key, to ask again starts nothing twice.
    let key = ExecutionId::from_u128(RandomIds::default().next(SystemClock.now())).to_string();
    let mut values: serde_json::Map<String, Json> =
        sent.texts.into_iter().map(|(name, value)| (name, Json::String(value))).collect();
    for (name, uri) in files::upload(&server, &path, &key, &sent.files).await? {
        values.insert(name, Json::String(uri));
    }
    let answer = ended(&server, &path, &key, &Json::Object(values)).await?;
    let execution = answer.json()?;
    let mut out = std::io::stdout().lock();
    if options.json {
        writeln!(out, "{}", answer.text())?;
    } else {
        let id = execution["id"].as_str().unwrap_or_default();
        let lines =
            server.send(Method::GET, &format!("/logs/{id}"), None, Body::None).await?.expect()?.json()?;
        show::summary(&execution, &lines_of(&lines), &mut out)?;
    }
    Ok(show::exit_code(&execution))
}

/// Which flow is meant. A file is created or updated on the server; `None` when it is wrong, which was told.
async fn flow(server: &Server, named: &Path) -> Result<Option<(String, String)>, report::Error> {
    let is_yaml = named.extension().is_some_and(|it| it == "yaml" || it == "yml");
    let by_name = named.to_str().and_then(|text| text.split_once('/')).filter(|(_, id)| !id.contains('/'));
    if let Some((namespace, id)) = by_name
        && !is_yaml
        && !named.exists()
    {
        return Ok(Some((namespace.to_owned(), id.to_owned())));
    }
    let source = std::fs::read_to_string(named)
        .map_err(|error| report::Error::new(format!("cannot read {}", named.display()), error))?;
    match flow::parse(&source, &Registry::catalogue()) {
        Err(invalid) => {
            report::show(named, &source, &invalid);
            Ok(None)
        }
        Ok(flow) => {
            let stored = server.flow(&flow.namespace, &flow.id).await?;
            if stored.as_ref().is_none_or(|stored| stored.source != source) {
                let revision = server.put_flow(&flow.namespace, &flow.id, &source, stored.is_some()).await?;
                let done = if stored.is_some() { "updated" } else { "created" };
                report::say(&format!("{done} {}/{} (revision {revision})", flow.namespace, flow.id));
            }
            Ok(Some((flow.namespace, flow.id)))
        }
    }
}

/// Starts an execution and waits for its end, as often as the server wants to be asked.
async fn ended(server: &Server, path: &str, key: &str, inputs: &Json) -> Result<Answer, report::Error> {
    let mut asked = Instant::now();
    let body = Body::Json(inputs.to_string());
    let mut answer =
        server.send(Method::POST, &format!("{path}?wait=true"), Some(key), body).await?.expect()?;
    loop {
        let execution = answer.json()?;
        let state = execution["state"]["current"].as_str().and_then(State::from_name);
        if state.is_none_or(State::is_terminal) {
            return Ok(answer);
        }
        tokio::time::sleep_until(asked + PAUSE).await;
        asked = Instant::now();
        let id = execution["id"].as_str().unwrap_or_default();
        let next = answer.location.unwrap_or_else(|| server.address(&format!("/executions/{id}?wait=true")));
        answer = server.send_to(Method::GET, &next, None, Body::None).await?.expect()?;
    }
}

fn lines_of(logs: &Json) -> Vec<show::Line> {
    let line = |line: &Json| {
        let text = |name: &str| line[name].as_str().map(str::to_owned);
        show::Line {
            task_run: text("taskRunId"),
            level: text("level").unwrap_or_default(),
            message: text("message").unwrap_or_default(),
        }
    };
    logs.as_array().into_iter().flatten().map(line).collect()
}
