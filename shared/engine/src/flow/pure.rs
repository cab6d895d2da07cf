//! Pure tasks: they see only the execution, and nobody outside sees them run.

use expression::Template;

use super::{Rendered, SystemTask};
use crate::execution::{Level, State};

#[derive(Debug, Clone)]
pub enum PureTask {
    /// `debug.Return`: its output `value` is the rendered `format`.
    Return { format: Option<Template> },
    /// `log.Log`, `debug.Echo`: one line per message.
    Log { message: Messages, level: Level },
    /// `execution.Fail`: fails, or fails when the condition holds.
    Fail { condition: Option<Template>, error_message: Template },
    /// `execution.Assert`: fails unless all conditions hold.
    Assert { conditions: Vec<Template>, error_message: Option<Template> },
    /// `output.OutputValues`: its output `values` is the rendered map.
    OutputValues { values: Rendered },
    /// `execution.Labels`: a map, a list of `{key, value}`, or a text that renders to an object in JSON.
    Labels { labels: Rendered },
    /// `execution.SetVariables`: sets what expressions see as `vars`. A map, or a text that renders to one in JSON.
    SetVariables { variables: Rendered, overwrite: bool },
    /// `execution.UnsetVariables`: a list of names, or a text that renders to one in JSON.
    UnsetVariables { variables: Rendered, ignore_missing: bool },
    /// `execution.Exit`: ends the execution in this state; what runs is killed.
    Exit { state: State },
    /// `flow.Sleep`: ends after a time, and nobody waits with it.
    Sleep { duration: Template },
    /// `templating.TemplatedTask`: renders to the YAML of a runnable or pure task, which is then run in its place.
    Templated { spec: Template },
    /// A system task of Conductor.
    System(SystemTask),
}

/// `message` of a Log task: one text, or a list of them.
#[derive(Debug, Clone)]
pub enum Messages {
    /// One text; when it renders to anything it is one line.
    One(Template),
    Many(Vec<Template>),
}
