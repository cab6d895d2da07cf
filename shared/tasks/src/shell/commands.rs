//! `io.kestra.plugin.scripts.shell.Commands`: a list of commands, run by one shell.

use std::sync::Arc;

use engine::{
    execution::AttemptOutcome,
    flow::{Shape, TaskType},
};
use ports::{
    Answer,
    clock::Clock,
    run::{Attempt, Runnable, Surroundings},
};

use crate::{
    directories::Directories,
    process::Runner,
    properties::{Properties, required},
    script::{self, Host, Script},
};

/// What the interpreter is when a flow names none (Kestra: the same).
const INTERPRETER: [&str; 2] = ["/bin/sh", "-c"];

pub(crate) const COMMANDS: TaskType = TaskType {
    name: "io.kestra.plugin.scripts.shell.Commands",
    aliases: &[],
    properties: &{
        let mut properties = [script::UNUSED; script::PROPERTIES.len() + 1];
        properties[0] = required("commands", Shape::Strings);
        let mut index = 0;
        while index < script::PROPERTIES.len() {
            properties[index + 1] = script::PROPERTIES[index];
            index += 1;
        }
        properties
    },
};

/// The task type.
#[derive(Debug)]
pub(crate) struct Commands {
    host: Host,
}

impl Commands {
    pub(crate) fn new(runner: Arc<Runner>, clock: Arc<dyn Clock>, directories: Arc<Directories>) -> Self {
        Self { host: Host { runner, clock, directories } }
    }
}

impl Runnable for Commands {
    fn task_type(&self) -> &TaskType {
        &COMMANDS
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        let script = read(attempt);
        Box::pin(self.host.run(script, attempt, surroundings))
    }
}

fn read(attempt: &Attempt) -> Result<Script, String> {
    let mut properties = Properties::new(&attempt.properties);
    let commands = properties.strings("commands");
    if commands.is_empty() && properties.are_sound() {
        properties.problem("`commands` must have at least one command".to_owned());
    }
    let script = Script::read(&mut properties, commands, &INTERPRETER);
    properties.finish().map(|()| script)
}
