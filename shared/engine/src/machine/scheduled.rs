//! What becomes of a date of a schedule.

use serde_json::{Map, Value as Json};

use super::{
    World,
    condition::{About, Unclear, all_hold},
    context::Context,
    render::Renderer,
    sent::Sent,
    triggered,
};
use crate::{
    cron::written,
    execution::{Execution, ExecutionTrigger},
    flow::{
        Flow, Schedule, Trigger,
        schedule::{DATES_MAX, date},
    },
    time::Timestamp,
};

/// The variable that shows the dates at the root of expressions, as `trigger` does.
pub const VARIABLE: &str = "schedule";
/// Dates that are held against the conditions to find the next or the previous one that fires. Kestra: those of ten
/// years.
const SEARCHED_MAX: usize = 1_000;

/// An execution that a date starts.
#[derive(Debug, Clone)]
pub struct Fired {
    /// With its labels, and what started it.
    pub execution: Execution,
    /// To be read as a caller's.
    pub inputs: Map<String, Json>,
}

/// A schedule and its trigger, as a flow has them.
#[derive(Debug, Clone, Copy)]
pub struct Scheduled<'s> {
    pub flow: &'s Flow,
    pub trigger: &'s Trigger,
    pub schedule: &'s Schedule,
}

impl Scheduled<'_> {
    /// What the date makes of an execution that was created for it; `None` when the conditions do not hold. What was
    /// sent for it takes the place of the trigger's inputs, by name, and stands beside its labels.
    ///
    /// # Errors
    /// See [`Unclear`]: a condition or an input failed, or needs something from outside.
    pub fn fire(
        self,
        execution: &Execution,
        date: Timestamp,
        sent: Option<Sent<'_>>,
        world: &World<'_>,
    ) -> Result<Option<Fired>, Unclear> {
        let mut seen = self.dated(execution, date, world);
        if !self.holds(&seen, world)? {
            return Ok(None);
        }
        let mut variables = Map::new();
        variables.insert("date".to_owned(), self.shown(date, world));
        let (dates, zone) = (&self.schedule.dates, self.schedule.zone(world.zone));
        let next = self.search(execution, date, |it| dates.next(it, zone), world)?;
        let previous = self.search(execution, date, |it| dates.previous(it, zone), world)?;
        for (name, date) in [("next", next), ("previous", previous)] {
            if let Some(date) = date {
                variables.insert(name.to_owned(), self.shown(date, world));
            }
        }
        seen.variables.insert(VARIABLE.to_owned(), Json::Object(variables.clone()));
        if let Some(trigger) = &mut seen.trigger {
            trigger.variables = variables;
        }
        let context = Context::of_execution(self.flow, &seen, world);
        let renderer = Renderer::new(&context, world, seen.id.as_u128());
        let mut inputs = match self.schedule.inputs.as_ref().map(|it| renderer.value(it)).transpose()? {
            Some(Json::Object(inputs)) => inputs,
            Some(_) | None => Map::new(),
        };
        let mut labels = triggered::labels(self.flow, &seen, self.trigger, world)?;
        if let Some(sent) = sent {
            inputs.extend(sent.inputs(&renderer)?);
            labels.extend(sent.labels(&renderer)?);
        }
        seen.labels.extend(labels);
        Ok(Some(Fired { execution: seen, inputs }))
    }

    /// The execution as the conditions see it: it knows its date and nothing else.
    pub fn dated(self, execution: &Execution, date: Timestamp, world: &World<'_>) -> Execution {
        let variables = [("date".to_owned(), self.shown(date, world))].into_iter().collect();
        let trigger = ExecutionTrigger {
            id: self.trigger.id.clone(),
            type_name: self.trigger.type_name.clone(),
            variables,
        };
        Execution { trigger: Some(trigger), ..execution.clone() }
    }

    /// The dates that its expression gives now; `None` when it has none.
    ///
    /// # Errors
    /// See [`Unclear`]: it failed, gave no list of dates or too many of them, or needs something from outside.
    pub fn dates(self, execution: &Execution, world: &World<'_>) -> Result<Option<Vec<Timestamp>>, Unclear> {
        let Some(expression) = self.schedule.expression() else { return Ok(None) };
        let context = Context::of_execution(self.flow, execution, world);
        let given = Renderer::new(&context, world, execution.id.as_u128()).value(&expression.rendered)?;
        let no_list = || Unclear::Failed("`dates` is no list of date-times in JSON".to_owned());
        let listed = match given {
            Json::String(text) => serde_json::from_str(&text).map_err(|_| no_list())?,
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => given,
        };
        let items = listed.as_array().ok_or_else(no_list)?;
        if items.len() > DATES_MAX {
            return Err(Unclear::Failed(format!("`dates` has {}; {DATES_MAX} are taken", items.len())));
        }
        let date = |item: &Json| {
            let text = item.as_str().ok_or_else(no_list)?;
            date(text, self.schedule.timezone.as_ref()).map_err(Unclear::Failed)
        };
        items.iter().map(date).collect::<Result<_, _>>().map(Some)
    }

    fn shown(self, date: Timestamp, world: &World<'_>) -> Json {
        written(date, self.schedule.zone(world.zone)).into()
    }

    fn holds(self, seen: &Execution, world: &World<'_>) -> Result<bool, Unclear> {
        all_hold(&self.trigger.conditions, About { flow: self.flow, execution: seen }, world)
    }

    /// The first date, step by step, of which the conditions hold. None when there is none near enough, or a condition
    /// fails.
    fn search(
        self,
        execution: &Execution,
        from: Timestamp,
        step: impl Fn(Timestamp) -> Option<Timestamp>,
        world: &World<'_>,
    ) -> Result<Option<Timestamp>, Unclear> {
        let mut date = from;
        for _ in 0..SEARCHED_MAX {
            let Some(found) = step(date) else { return Ok(None) };
            date = found;
            match self.holds(&self.dated(execution, date, world), world) {
                Ok(true) => return Ok(Some(date)),
                Ok(false) => {}
                Err(Unclear::Failed(_)) => return Ok(None),
                Err(needs @ Unclear::Needs(_)) => return Err(needs),
            }
        }
        Ok(None)
    }
}
