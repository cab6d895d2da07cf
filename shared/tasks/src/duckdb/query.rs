//! One attempt of a query.

use std::{io::Read, path::Path, sync::Arc};

use engine::{
    execution::{AttemptOutcome, Metric},
    flow::TaskType,
};
use ports::{
    Answer as Answering, blobs,
    clock::Clock,
    engine::Rendering,
    run::{Attempt, Runnable, Surroundings},
    uri,
};
use serde_json::{Map, Value as Json, json};
use tokio::{fs, sync::Semaphore};

use super::{
    PROGRAM, QUERY, RUNNING_MAX, Settings, extension,
    properties::Wanted,
    sql,
    wire::{self, Answer, Fetch, Request},
};
use crate::{
    console::Console,
    directories::{Directories, Place},
    files::{RESERVED, collect, open, read, write_input},
    plain::{Made, said},
    process::{Exit, Invocation, Runner},
    registry::Parts,
    stop::{Cut, Stop},
};

/// The task type.
#[derive(Debug)]
pub(crate) struct Query {
    settings: Option<Settings>,
    runner: Arc<Runner>,
    directories: Arc<Directories>,
    clock: Arc<dyn Clock>,
    running: Semaphore,
}

impl Query {
    pub(crate) fn new(parts: &Parts) -> Self {
        Self {
            settings: parts.duckdb.clone(),
            runner: Arc::clone(&parts.runner),
            directories: Arc::clone(&parts.directories),
            clock: Arc::clone(&parts.clock),
            running: Semaphore::new(RUNNING_MAX),
        }
    }

    async fn attempt(&self, attempt: &Attempt, surroundings: Surroundings) -> Result<Made, Cut> {
        let settings = self.settings.as_ref().ok_or_else(|| format!("there is no program {PROGRAM} here"))?;
        let mut stop = Stop::new(surroundings.stop.clone());
        let permit = stop.unless(self.running.acquire()).await?;
        let _permit = permit.expect("the semaphore is never closed");
        let place = self.directories.enter(attempt)?;
        let made = self.run_in(&place, settings, attempt, surroundings, stop).await;
        place.leave().await;
        made
    }

    async fn run_in(
        &self,
        place: &Place,
        settings: &Settings,
        attempt: &Attempt,
        surroundings: Surroundings,
        mut stop: Stop,
    ) -> Result<Made, Cut> {
        let wanted = Wanted::read(&attempt.properties, place.path())?;
        let prepared = prepare(place, &wanted, settings.network, attempt, &surroundings);
        stop.unless(prepared).await??;
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let beside = settings.program.parent().unwrap_or(Path::new("/"));
        let invocation = Invocation {
            arguments: vec![text(&settings.program)],
            environment: vec![
                ("HOME".to_owned(), text(place.path())),
                // Where DuckDB's library is, and what that needs where a system has none.
                ("LD_LIBRARY_PATH".to_owned(), text(beside)),
            ],
        };
        let mut console = Console::new(surroundings.log.clone(), Arc::clone(&self.clock));
        let exit = self.runner.run(&invocation, place.room(), &mut stop, &mut console).await;
        match exit {
            Ok(Exit::Code(0)) => {}
            Ok(Exit::Code(code)) => return Err(Cut::Failed(died(code))),
            Ok(Exit::Stopped) => return Err(Cut::Stopped),
            Err(error) => return Err(Cut::Failed(format!("{PROGRAM} cannot be started: {error}"))),
        }
        let answer = answer(place.path())?;
        if let Some(problem) = answer.problem {
            return Err(Cut::Failed(problem));
        }
        Ok(stop.unless(made(place, wanted, answer, attempt, &surroundings)).await??)
    }
}

impl Runnable for Query {
    fn task_type(&self) -> &TaskType {
        &QUERY
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answering<'a, AttemptOutcome> {
        Box::pin(async move {
            self.attempt(attempt, surroundings).await.map_or_else(Cut::outcome, AttemptOutcome::from)
        })
    }
}

/// Brings the files, and writes the request.
async fn prepare(
    place: &Place,
    wanted: &Wanted,
    network: bool,
    attempt: &Attempt,
    surroundings: &Surroundings,
) -> Result<(), String> {
    let sql = rendered(wanted, place.path(), attempt, surroundings).await?;
    let (statements, extensions) = extension::taken_out(sql::split(&sql)?, network)?;
    let is_file = wanted.database.is_some() || wanted.output_database;
    let request = Request {
        database: match &wanted.database {
            None if wanted.file.is_some() => wanted.file.clone(),
            Some(_) | None => is_file.then(|| wire::DATABASE.to_owned()),
        },
        extensions,
        network,
        time_zone: wanted.time_zone.clone(),
        statements: statements.iter().map(|it| it.bound(&wanted.parameters)).collect(),
        fetch: wanted.fetch,
    };
    let request = serde_json::to_vec(&request).map_err(said)?;
    if request.len() as u64 > wire::MESSAGE_BYTES_MAX {
        return Err(format!("`sql` and `parameters` have more than {} bytes", wire::MESSAGE_BYTES_MAX));
    }
    place.clear_corner().await;
    let mut fetch = place.fetch(&*surroundings.blobs, attempt);
    for (name, value) in &wanted.input_files {
        write_input(&mut fetch, place.path(), name, value).await?;
    }
    if let Some(uri) = &wanted.database {
        let copied = fetch.copy(uri, &place.path().join(wire::DATABASE)).await;
        copied.map_err(|problem| format!("`databaseUri`: {problem}"))?;
    }
    let unwritten = |error| format!("the request cannot be written: {error}");
    fs::create_dir_all(place.path().join(RESERVED)).await.map_err(unwritten)?;
    fs::write(place.path().join(wire::REQUEST), request).await.map_err(unwritten)
}

/// The SQL, whose expressions see where files are.
async fn rendered(
    wanted: &Wanted,
    directory: &Path,
    attempt: &Attempt,
    surroundings: &Surroundings,
) -> Result<String, String> {
    let at = |name: &str| directory.join(name).to_string_lossy().into_owned();
    let files: Map<String, Json> =
        wanted.output_files.iter().map(|name| (name.clone(), Json::String(at(name)))).collect();
    let variables = Map::from_iter([
        ("workingDir".to_owned(), json!(directory.to_string_lossy())),
        ("outputFiles".to_owned(), Json::Object(files)),
    ]);
    let rendering = Rendering { expression: wanted.sql.clone(), variables: vec![variables] };
    let engine = &surroundings.engine;
    let texts = engine.render(&attempt.tenant, attempt.execution, attempt.task_run, &rendering).await;
    let text = texts.map_err(said)?.into_iter().next();
    text.unwrap_or_else(|| Err("it was not rendered".to_owned())).map_err(|why| format!("`sql`: {why}"))
}

/// What the program says.
fn answer(directory: &Path) -> Result<Answer, String> {
    let mut bytes = Vec::new();
    let file = open(&directory.join(wire::ANSWER));
    let read = file.and_then(|file| file.take(wire::MESSAGE_BYTES_MAX).read_to_end(&mut bytes));
    read.map_err(|error| format!("{PROGRAM} left no answer: {error}"))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| format!("{PROGRAM} left an answer that cannot be read: {error}"))
}

/// Why there is no answer.
fn died(code: i32) -> String {
    let why = match code {
        134 | 135 | 136 | 139 => "DuckDB crashed",
        137 => "DuckDB was killed, perhaps because this machine has no more memory",
        153 => "the query wrote a file of more than 4 GiB",
        _ => "DuckDB cannot be run here; the log says why",
    };
    format!("{why} (exit code {code})")
}

/// The outputs.
async fn made(
    place: &Place,
    wanted: Wanted,
    answer: Answer,
    attempt: &Attempt,
    surroundings: &Surroundings,
) -> Result<Made, String> {
    let mut made = Made::default();
    let stored =
        async |from: &str, name: &str| store(&place.path().join(from), name, attempt, surroundings).await;
    let fetch = if answer.has_rows { wanted.fetch } else { Fetch::Nothing };
    match fetch {
        Fetch::Nothing => {}
        Fetch::All => made.put("rows", json!(answer.rows)),
        Fetch::One => made.put("row", json!(answer.rows.into_iter().next())),
        Fetch::Store => made.put("uri", Json::String(stored(wire::ROWS, "rows.ion").await?)),
    }
    if fetch != Fetch::Nothing {
        made.put("size", json!(answer.size));
    }
    let mut files = Map::new();
    if !wanted.globs.is_empty() {
        files = collect(wanted.globs, place.path(), &*surroundings.blobs, &attempt.folder).await?;
        let is_name = |name: &&String| !name.contains(['*', '?', '[', '{']);
        if let Some(name) = wanted.output_files.iter().filter(is_name).find(|name| !files.contains_key(*name))
        {
            return Err(format!("output file `{name}`: the query did not write it"));
        }
    }
    made.put("outputFiles", Json::Object(files));
    if wanted.output_database {
        let file = match (&wanted.database, &wanted.file) {
            (None, Some(file)) => file.as_str(),
            (Some(_), _) | (None, None) => wire::DATABASE,
        };
        made.put("databaseUri", Json::String(stored(file, "database.db").await?));
    }
    let is = |yes: bool| if yes { "true" } else { "false" };
    let metric = Metric::counter("fetch.size", answer.size)
        .tagged("fetch", is(matches!(wanted.fetch, Fetch::All | Fetch::One)))
        .tagged("store", is(wanted.fetch == Fetch::Store));
    Ok(made.measured([metric]))
}

/// Stores a file that the query left, apart from the output files.
async fn store(
    from: &Path,
    name: &str,
    attempt: &Attempt,
    surroundings: &Surroundings,
) -> Result<String, String> {
    let unstored = |why: String| format!("`{name}` cannot be stored: {why}");
    let path =
        blobs::Path::new(format!("{}/query/{name}", attempt.folder)).map_err(|it| unstored(said(it)))?;
    let file = open(from).map_err(|error| unstored(said(error)))?;
    let put = surroundings.blobs.put(&path, read(file), wire::FILE_BYTES_MAX).await;
    put.map_err(|error| unstored(said(error)))?;
    uri::from_path(&path).map_err(|error| unstored(said(error)))
}
