//! What script tasks have in common: their properties, and the run of one attempt.
//!
//! Only the local process runs a script here. Kestra's own default is a container; a flow that names no
//! `taskRunner` runs as a process all the same, and a `containerImage` is passed over with a warning.

mod invocation;
mod kind;
mod program;
mod properties;

use std::{collections::HashMap, sync::Arc};

use engine::execution::{AttemptOutcome, Ending, Level};
use ports::{
    clock::Clock,
    run::{Attempt, Surroundings},
};
use serde_json::{Map, Value as Json};

pub(crate) use self::{
    kind::{Kind, ScriptTask},
    program::Program,
};
use self::{
    program::{Source, SourceFile},
    properties::Script,
};
use crate::{
    console::Console,
    directories::{Directories, Place},
    files::{Globs, RESERVED, collect, localize, write_input},
    process::{Exit, Runner},
    stop::{Cut, Stop},
};

/// Where files of an output directory stand below those of the attempt, which may have the same names.
const OUTPUT_FOLDER: &str = "outputDir";

/// What runs scripts.
#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) runner: Arc<Runner>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) directories: Arc<Directories>,
}

impl Host {
    /// Runs an attempt to its end. A script that could not be read fails.
    pub(crate) async fn run(
        &self,
        script: Result<Script, String>,
        attempt: &Attempt,
        surroundings: Surroundings,
    ) -> AttemptOutcome {
        let outcome = match script {
            Ok(script) => self.run_in_place(script, attempt, surroundings).await,
            Err(problem) => Err(Cut::Failed(problem)),
        };
        outcome.unwrap_or_else(Cut::outcome)
    }

    async fn run_in_place(
        &self,
        script: Script,
        attempt: &Attempt,
        surroundings: Surroundings,
    ) -> Result<AttemptOutcome, Cut> {
        let place = self.directories.enter(attempt)?;
        let outcome = self.run_in(&place, script, attempt, surroundings).await;
        place.leave().await;
        outcome
    }

    async fn run_in(
        &self,
        place: &Place,
        script: Script,
        attempt: &Attempt,
        surroundings: Surroundings,
    ) -> Result<AttemptOutcome, Cut> {
        let Surroundings { blobs, engine, seal: _, stop, log } = surroundings;
        let output = script.output_directory.then(|| place.path().join(RESERVED).join("output"));
        let script = script.in_directories(place.path(), output.as_deref())?;
        let mut stop = Stop::new(stop);
        let mut console = Console::new(log, Arc::clone(&self.clock));
        let prepared = async {
            if script.has_container_image {
                let words =
                    "`containerImage` is passed over: the script runs as a local process, not in a container";
                console.say(Level::Warn, words).await;
            }
            place.clear_corner().await;
            if let Some(output) = &output {
                let made = tokio::fs::create_dir_all(output).await;
                made.map_err(|error| format!("the output directory cannot be made: {error}"))?;
            }
            let mut fetch = match &script.namespace_files {
                None => place.fetch(&*blobs, attempt),
                Some(files) => {
                    let mut fetch = place.fetch_replacing(&*blobs, attempt);
                    files.bring(&mut fetch, &*engine, attempt, place.path()).await?;
                    fetch
                }
            };
            for (name, value) in &script.input_files {
                write_input(&mut fetch, place.path(), name, value).await?;
            }
            let mut local = HashMap::new();
            let mut text = localize(&script.text, &mut local, &mut fetch, place.path()).await?;
            let file = match &script.source {
                None => None,
                Some(Source { text, program }) => {
                    let text = localize(text, &mut local, &mut fetch, place.path()).await?;
                    Some(SourceFile::write(&text, *program, place.path()).await?)
                }
            };
            if let Some(file) = &file {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(&file.command());
            }
            Ok::<_, Cut>((invocation::of(&script, text, place.path()).await?, file))
        };
        let (invocation, file) = stop.unless(prepared).await??;
        let exit = self.runner.run(&invocation, place.room(), &mut stop, &mut console).await;
        drop(file);
        let code = match exit {
            Ok(Exit::Code(code)) => code,
            Ok(Exit::Stopped) => return Ok(stopped(&mut console)),
            Err(error) => {
                return Err(Cut::Failed(format!("`{}` cannot be started: {error}", invocation.arguments[0])));
            }
        };
        let globs = script.output_files;
        let collected = async {
            let mut collected = Map::new();
            if !globs.is_empty() {
                collected = collect(globs, place.path(), &*blobs, &attempt.folder).await?;
            }
            if let Some(output) = &output {
                let folder = format!("{}/{OUTPUT_FOLDER}", attempt.folder);
                collected.extend(collect(Globs::all(), output, &*blobs, &folder).await?);
            }
            Ok(collected)
        };
        let Ok(collected) = stop.unless(collected).await else {
            return Ok(stopped(&mut console));
        };
        Ok(outcome(code, script.warning_on_std_err, console, collected))
    }
}

/// How a script that ran ended. The outputs are kept whatever the exit code was (Kestra: the same).
fn outcome(
    code: i32,
    warning_on_std_err: bool,
    mut console: Console,
    collected: Result<Map<String, Json>, String>,
) -> AttemptOutcome {
    let warned = warning_on_std_err && console.err_seen();
    let mut problems = Vec::new();
    if code != 0 {
        problems.push(format!("Command failed with exit code {code}"));
    }
    let mut kept = |part: Result<Map<String, Json>, String>| {
        part.unwrap_or_else(|problem| {
            problems.push(problem);
            Map::new()
        })
    };
    let metrics = console.take_metrics();
    let vars = kept(console.into_vars());
    let files = kept(collected);
    let outputs = Map::from_iter([
        ("vars".to_owned(), Json::Object(vars)),
        ("exitCode".to_owned(), Json::from(code)),
        ("outputFiles".to_owned(), Json::Object(files)),
    ]);
    let ending = if !problems.is_empty() {
        Ending::Failed { message: problems.join("; ") }
    } else if warned {
        Ending::Warning
    } else {
        Ending::Success
    };
    AttemptOutcome { metrics, ..AttemptOutcome::new(ending, outputs) }
}

/// A script that had to stop keeps what it measured.
fn stopped(console: &mut Console) -> AttemptOutcome {
    AttemptOutcome { metrics: console.take_metrics(), ..AttemptOutcome::new(Ending::Killed, Map::new()) }
}
