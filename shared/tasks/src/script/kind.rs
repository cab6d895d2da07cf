//! What one script task is: its name, what it reads its script from, and the program that runs it.

use std::sync::Arc;

use engine::{
    execution::AttemptOutcome,
    flow::{PropertyType, Shape, TaskType},
};
use ports::{
    Answer,
    run::{Attempt, Runnable, Surroundings},
};

use super::{
    Host, Script,
    program::{Program, Source},
    properties::with,
};
use crate::properties::{Properties, required};

const OF_COMMANDS: &[PropertyType] = &with(required("commands", Shape::Strings));
const OF_SCRIPT: &[PropertyType] = &with(required("script", Shape::String));

/// A script task.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) task_type: TaskType,
    body: Body,
    /// Variables, unless the task sets them.
    environment: &'static [(&'static str, &'static str)],
}

/// What the interpreter, a shell unless the task names another, runs behind the `beforeCommands`.
#[derive(Debug, Clone, Copy)]
enum Body {
    /// The `commands`, one a line.
    Commands,
    /// The `script` itself.
    Lines,
    /// A program, with a file that holds the `script`.
    Program(Program),
}

impl Kind {
    /// A list of `commands`.
    pub(crate) const fn commands(
        name: &'static str,
        environment: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self {
            task_type: TaskType { name, aliases: &[], properties: OF_COMMANDS },
            body: Body::Commands,
            environment,
        }
    }

    /// A `script` for the interpreter itself.
    pub(crate) const fn lines(name: &'static str) -> Self {
        Self::script(name, Body::Lines, &[])
    }

    /// A `script` for a program, which the interpreter starts.
    pub(crate) const fn program(name: &'static str, program: Program) -> Self {
        Self::script(name, Body::Program(program), program.environment)
    }

    const fn script(
        name: &'static str,
        body: Body,
        environment: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self { task_type: TaskType { name, aliases: &[], properties: OF_SCRIPT }, body, environment }
    }

    fn read(&self, attempt: &Attempt) -> Result<Script, String> {
        let mut properties = Properties::new(&attempt.properties);
        let (lines, source) = match self.body {
            Body::Commands => {
                let commands = properties.strings("commands");
                if commands.is_empty() && properties.are_sound() {
                    properties.problem("`commands` must have at least one command".to_owned());
                }
                (commands, None)
            }
            Body::Lines => (vec![script(&mut properties)], None),
            Body::Program(program) => (Vec::new(), Some(Source { text: script(&mut properties), program })),
        };
        let mut script = Script::read(&mut properties, lines, source);
        script.default_environment(self.environment);
        properties.finish().map(|()| script)
    }
}

fn script(properties: &mut Properties<'_>) -> String {
    let text = properties.text("script").unwrap_or_default();
    if text.trim().is_empty() && properties.are_sound() {
        properties.problem("`script` must not be empty".to_owned());
    }
    text
}

/// A [`Kind`] and what runs it.
#[derive(Debug)]
pub(crate) struct ScriptTask {
    kind: Kind,
    host: Arc<Host>,
}

impl ScriptTask {
    pub(crate) fn new(kind: Kind, host: &Arc<Host>) -> Self {
        Self { kind, host: Arc::clone(host) }
    }
}

impl Runnable for ScriptTask {
    fn task_type(&self) -> &TaskType {
        &self.kind.task_type
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        let script = self.kind.read(attempt);
        Box::pin(self.host.run(script, attempt, surroundings))
    }
}
