//! Scripts of a shell.

use crate::script::Kind;

pub(crate) const COMMANDS: Kind = Kind::commands("io.kestra.plugin.scripts.shell.Commands", &[]);

pub(crate) const SCRIPT: Kind = Kind::lines("io.kestra.plugin.scripts.shell.Script");
