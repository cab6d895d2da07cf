//! Scripts in JavaScript.

use crate::script::{Kind, Program};

const NODE: Program = Program { names: &["node"], suffix: ".js", environment: &[] };

pub(crate) const COMMANDS: Kind = Kind::commands("io.kestra.plugin.scripts.node.Commands", NODE.environment);

pub(crate) const SCRIPT: Kind = Kind::program("io.kestra.plugin.scripts.node.Script", NODE);
