//! Tasks that decide how it goes on: `Fail`, `Assert`, `Exit`, `Sleep`, `TemplatedTask`.

use expression::Template;

use super::super::{Reading, bean::Bean, task};
use crate::{execution::State, flow::PureTask};

/// `CANCELED` is Kestra's spelling here, `CANCELLED` everywhere else.
const STATES: [(&str, State); 6] = [
    ("SUCCESS", State::Success),
    ("WARNING", State::Warning),
    ("KILLED", State::Killed),
    ("FAILED", State::Failed),
    ("CANCELED", State::Cancelled),
    ("CANCELLED", State::Cancelled),
];

pub(super) fn fail(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<PureTask> {
    let condition = bean.template(reading, "condition");
    let error_message = match bean.get("errorMessage") {
        Some(_) => bean.template(reading, "errorMessage"),
        None => Template::parse("Task failure").ok(),
    };
    Some(PureTask::Fail { condition, error_message: error_message? })
}

pub(super) fn assert(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<PureTask> {
    bean.required(reading, "conditions");
    let conditions = bean.templates(reading, "conditions");
    let error_message = bean.template(reading, "errorMessage");
    Some(PureTask::Assert { conditions: conditions?, error_message })
}

pub(super) fn exit(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<PureTask> {
    let state = match bean.get("state") {
        Some(_) => bean.one_of(reading, "state", &STATES),
        None => Some(State::Success),
    };
    Some(PureTask::Exit { state: state? })
}

pub(super) fn sleep(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<PureTask> {
    bean.required(reading, "duration");
    Some(PureTask::Sleep { duration: task::duration(reading, bean, "duration", None)? })
}

pub(super) fn templated(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<PureTask> {
    bean.required(reading, "spec");
    Some(PureTask::Templated { spec: bean.template(reading, "spec")? })
}
