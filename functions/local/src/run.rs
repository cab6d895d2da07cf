//! `roundtrip run`: one flow, in this process, with nothing kept.

use std::{
    collections::HashMap,
    io::{IsTerminal, Write},
    process::ExitCode,
};

use engine::{
    duration,
    execution::{Execution, LogEntry, State, TaskRun},
    id::TaskRunId,
};
use service::{Begun, LogQuery, Settings, Start};

use crate::{cli, home, inputs, report, show};

const TENANT: &str = "main";

pub(crate) async fn run(options: cli::Run) -> Result<ExitCode, report::Error> {
    let source = std::fs::read_to_string(&options.flow)
        .map_err(|error| report::Error::new(format!("cannot read {}", options.flow.display()), error))?;
    let folder = tempfile::tempdir()?;
    let encryption_key = options.encryption.key()?;
    let secrets = cli::secrets();
    let settings = Settings { encryption_key, secrets, alone: true, ..Settings::default() };
    let home = home::open(folder.path(), options.reach.outbound, settings)?;
    let service = &home.service;
    let _loops = service.spawn_loops(home.dispatches);
    let flow = match service.put_flow(TENANT, &source).await {
        Ok(flow) => flow,
        Err(service::Error::Invalid(invalid)) => {
            report::show(&options.flow, &source, &invalid);
            return Ok(ExitCode::from(1));
        }
        Err(other) => return Err(other.into()),
    };
    let Begun::New(draft) = service.begin(TENANT, &flow.namespace, &flow.id, None, None).await? else {
        return Err(report::Error::plain("a new execution exists already".to_owned()));
    };
    let submitted = inputs::submitted(service, &draft, &options).await?;
    let started = service.start(draft, submitted, Start::default()).await?;
    let mut states = service.follow(TENANT, started.execution.id).await?;
    let mut last = started.execution;
    let mut screen = Screen::new(!options.json && std::io::stdout().is_terminal());
    while let Some(execution) = states.recv().await {
        screen.show(&execution)?;
        last = execution;
    }
    let mut out = std::io::stdout().lock();
    let text = rest::execution_json(&last);
    let json = serde_json::from_str(&text)?;
    if options.json {
        writeln!(out, "{text}")?;
    } else {
        let lines = service.logs(TENANT, last.id, LogQuery::default()).await?;
        let lines: Vec<show::Line> = lines.into_iter().flat_map(|(_, lines)| lines).map(shown).collect();
        show::summary(&json, &lines, &mut out)?;
    }
    Ok(show::exit_code(&json))
}

fn shown(entry: LogEntry) -> show::Line {
    let LogEntry { task_run, level, message, .. } = entry;
    show::Line { task_run: task_run.map(|it| it.to_string()), level: level.name().to_owned(), message }
}

/// Shows task runs on a terminal as they move.
struct Screen {
    live: bool,
    shown: HashMap<TaskRunId, State>,
}

impl Screen {
    fn new(live: bool) -> Self {
        Self { live, shown: HashMap::new() }
    }

    fn show(&mut self, execution: &Execution) -> std::io::Result<()> {
        if !self.live {
            return Ok(());
        }
        let mut out = std::io::stdout().lock();
        for run in &execution.task_runs {
            let state = run.state.current();
            if self.shown.insert(run.id, state) != Some(state) && !state.is_terminal() {
                writeln!(out, "{} …", line(run))?;
            }
        }
        out.flush()
    }
}

/// `hello   SUCCESS  PT0.002S`
fn line(run: &TaskRun) -> String {
    let state = &run.state;
    let took = state.last().date.since(state.first().date);
    format!("{:<24} {:<8} {}", run.task_id, state.current().name(), duration::format(took))
}
