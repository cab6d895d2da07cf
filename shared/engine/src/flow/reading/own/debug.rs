//! Tasks that say something: `Return`, `Echo`, `Log`.

use super::super::{Reading, bean::Bean, scalar, task::LEVELS};
use crate::{
    execution::Level,
    flow::{Messages, PureTask},
    yaml::Kind,
};

pub(super) fn format(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<PureTask> {
    Some(PureTask::Return { format: bean.template(reading, "format") })
}

pub(super) fn echo(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<PureTask> {
    let level = level(reading, bean);
    bean.required(reading, "format");
    let message = bean.template(reading, "format").map(Messages::One);
    Some(PureTask::Log { message: message?, level })
}

pub(super) fn log(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<PureTask> {
    let level = level(reading, bean);
    Some(PureTask::Log { message: messages(reading, bean)?, level })
}

fn level(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Level {
    bean.one_of(reading, "level", &LEVELS).unwrap_or(Level::Info)
}

fn messages(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<Messages> {
    let node = bean.required(reading, "message")?;
    let path = bean.path("message");
    let class = match &node.kind {
        Kind::String(_) => return scalar::template(reading, node, &path).map(Messages::One),
        Kind::List(_) => return bean.templates(reading, "message").map(Messages::Many),
        Kind::Null => "null",
        Kind::Bool(_) => "java.lang.Boolean",
        Kind::Int(_) => "java.lang.Integer",
        Kind::Float(_) => "java.lang.Double",
        Kind::Map(_) => "java.util.LinkedHashMap",
    };
    let message = format!("Invalid message type '{class}': a text or a list of texts is expected");
    reading.problems.wrong_kind(&path, message, node.at);
    None
}
