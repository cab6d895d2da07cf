//! Tasks that run shell commands.

mod commands;

pub(crate) use self::commands::{COMMANDS, Commands};
