//! Whether conditions hold.

mod moment;
mod window;

use expression::{Error, Need, Template};

use super::{World, context::Context, render::Renderer};
use crate::{
    execution::{Execution, State},
    flow::{
        Flow, Label, Listener,
        condition::{Comparison, Condition, Field, Filter, FilterTest, Operand, States},
    },
    holidays::Calendar,
};

pub use window::counts_since;

/// Why it cannot be said whether a condition holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unclear {
    /// Ask again with these supplied.
    Needs(Vec<Need>),
    /// An expression failed, or is no date. Kestra: the condition does not hold, and a warning is logged.
    Failed(String),
}

impl From<Error> for Unclear {
    fn from(error: Error) -> Self {
        match error {
            Error::Needs(needs) => Self::Needs(needs),
            Error::Failed(failure) => Self::Failed(failure.explained()),
        }
    }
}

/// What conditions are about: an execution, as the flow with the trigger or listener sees it. Expressions show this
/// flow's `flow` and `vars`, and everything else of the execution.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    pub flow: &'a Flow,
    pub execution: &'a Execution,
}

/// Whether the tasks of a listener run after the end of an execution. A condition that fails does not hold.
///
/// # Errors
/// What its expressions need from outside.
pub fn listener_holds(
    flow: &Flow,
    execution: &Execution,
    listener: &Listener,
    world: &World<'_>,
) -> Result<bool, Vec<Need>> {
    match all_hold(&listener.conditions, About { flow, execution }, world) {
        Ok(holds) => Ok(holds),
        Err(Unclear::Needs(needs)) => Err(needs),
        Err(Unclear::Failed(_)) => Ok(false),
    }
}

/// Whether all of them hold; yes when there are none. The first that does not says so.
///
/// # Errors
/// See [`Unclear`].
pub fn all_hold(conditions: &[Condition], about: About<'_>, world: &World<'_>) -> Result<bool, Unclear> {
    for condition in conditions {
        if !holds(condition, about, world)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a condition holds.
///
/// # Errors
/// See [`Unclear`].
pub fn holds(condition: &Condition, about: About<'_>, world: &World<'_>) -> Result<bool, Unclear> {
    let About { flow, execution } = about;
    let moment = |date: &Template| moment::read(&render(date, about, world)?, world);
    Ok(match condition {
        Condition::DateTimeBetween { date, after, before } => {
            let date = moment(date)?.instant;
            let bound = |bound: &Option<Template>| bound.as_ref().map(moment).transpose();
            let (after, before) = (bound(after)?, bound(before)?);
            if after.is_none() && before.is_none() {
                return Err(Unclear::Failed("a DateTimeBetween needs `after` or `before`".to_owned()));
            }
            after.is_none_or(|it| date > it.instant) && before.is_none_or(|it| date < it.instant)
        }
        Condition::DayWeek { date, day } => moment(date)?.is_on(*day),
        Condition::DayWeekInMonth { date, day, which } => {
            let date = moment(date)?;
            date.is_on(*day) && date.is_the(*which)
        }
        Condition::TimeBetween { date, after, before } => {
            let date = moment(date)?;
            if after.is_none() && before.is_none() {
                return Err(Unclear::Failed("a TimeBetween needs `after` or `before`".to_owned()));
            }
            after.is_none_or(|it| date.millis_past(it) > 0)
                && before.is_none_or(|it| date.millis_past(it) < 0)
        }
        Condition::Weekend { date } => moment(date)?.is_weekend(),
        Condition::PublicHoliday { date, country, sub_division } => {
            let country = render(country, about, world)?;
            let part = sub_division.as_ref().map(|it| render(it, about, world)).transpose()?;
            let calendar = Calendar::find(&country, part.as_deref());
            let calendar = calendar.map_err(|error| Unclear::Failed(error.to_string()))?;
            calendar.has(moment(date)?.shown.date())
        }
        Condition::Expression(template) => says_yes(&render(template, about, world)?),
        Condition::ExecutionOutputs(template) => {
            execution.outputs.as_ref().is_some_and(|it| !it.is_empty())
                && says_yes(&render(template, about, world)?)
        }
        Condition::ExecutionFlow { namespace, flow_id } => {
            execution.namespace == *namespace && execution.flow_id == *flow_id
        }
        Condition::ExecutionNamespace { namespace, comparison } => match comparison {
            Comparison::Equals => execution.namespace == *namespace,
            Comparison::Prefix => execution.namespace.starts_with(namespace),
            Comparison::Suffix => execution.namespace.ends_with(namespace),
        },
        Condition::ExecutionStatus(states) => fits(states, execution.state.current()),
        Condition::ExecutionLabels(labels) => has(execution, labels),
        Condition::HasRetryAttempt(states) => execution
            .task_runs
            .iter()
            .filter(|run| run.attempts.len() > 1)
            .flat_map(|run| &run.attempts)
            .any(|attempt| fits(states, attempt.state.current())),
        Condition::Flow { namespace, flow_id } => flow.namespace == *namespace && flow.id == *flow_id,
        Condition::FlowNamespace { namespace, prefix } => {
            if *prefix {
                flow.namespace.starts_with(namespace)
            } else {
                flow.namespace == *namespace
            }
        }
        Condition::Not(conditions) => !any_holds(conditions, about, world)?,
        Condition::Or(conditions) => any_holds(conditions, about, world)?,
        Condition::Upstream { namespace, flow_id, states, labels } => {
            execution.namespace == *namespace
                && flow_id.as_ref().is_none_or(|it| *it == execution.flow_id)
                && (states.is_empty() || states.contains(&execution.state.current()))
                && has(execution, labels)
        }
        Condition::Filters { operand, filters } => {
            let enough = matches!(operand, Operand::Or);
            for filter in filters {
                if passes(filter, about, world)? == enough {
                    return Ok(enough);
                }
            }
            !enough
        }
    })
}

fn any_holds(conditions: &[Condition], about: About<'_>, world: &World<'_>) -> Result<bool, Unclear> {
    for condition in conditions {
        if holds(condition, about, world)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn passes(filter: &Filter, about: About<'_>, world: &World<'_>) -> Result<bool, Unclear> {
    let execution = about.execution;
    // What an expression renders to is looked at itself; everything else is compared with it.
    let rendered = filter.value.as_ref().map(|it| render(it, about, world)).transpose()?;
    let looked_at = match filter.field {
        Field::FlowId => Some(execution.flow_id.as_str()),
        Field::Namespace => Some(execution.namespace.as_str()),
        Field::State => Some(execution.state.current().name()),
        Field::Expression => rendered.as_deref(),
    };
    let text = looked_at.unwrap_or_default();
    let value = match filter.field {
        Field::Expression => filter.values.first().map(String::as_str),
        Field::FlowId | Field::Namespace | Field::State => rendered.as_deref(),
    };
    let wanted = value.unwrap_or_default();
    let among = || filter.values.iter().any(|it| it == text);
    Ok(match filter.test {
        FilterTest::EqualTo => text == wanted,
        FilterTest::NotEqualTo => text != wanted,
        FilterTest::In => among(),
        FilterTest::NotIn => !among(),
        FilterTest::IsTrue => super::render::truthy(text),
        FilterTest::IsFalse => !super::render::truthy(text),
        FilterTest::IsNull => looked_at.is_none_or(str::is_empty),
        FilterTest::IsNotNull => looked_at.is_some_and(|it| !it.is_empty()),
        FilterTest::StartsWith => text.starts_with(wanted),
        FilterTest::EndsWith => text.ends_with(wanted),
        FilterTest::Regex => {
            let pattern = regex::Regex::new(&format!("^(?:{wanted})$"));
            pattern.map_err(|error| Unclear::Failed(error.to_string()))?.is_match(text)
        }
        FilterTest::Contains => text.contains(wanted),
    })
}

fn fits(states: &States, state: State) -> bool {
    states.within.as_ref().is_none_or(|it| it.contains(&state))
        && states.without.as_ref().is_none_or(|it| !it.contains(&state))
}

fn has(execution: &Execution, labels: &[Label]) -> bool {
    labels.iter().all(|label| execution.labels.contains(label))
}

/// Kestra's truth of a condition: not the same as that of `runIf`.
fn says_yes(text: &str) -> bool {
    !text.trim().is_empty() && text.trim() != "false"
}

fn render(template: &Template, about: About<'_>, world: &World<'_>) -> Result<String, Unclear> {
    let context = Context::of_execution(about.flow, about.execution, world);
    Ok(Renderer::new(&context, world, about.execution.id.as_u128()).text(template)?)
}
