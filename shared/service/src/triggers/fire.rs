//! From a state that an execution entered to the executions that it starts.

use std::sync::Arc;

use engine::{
    execution::{Execution, ExecutionTrigger, History},
    flow::{Condition, FlowTrigger, Label, Trigger},
    input::Submitted,
    machine::{
        World,
        condition::{About, Unclear, all_hold, holds},
        triggered,
    },
    secrets::Masks,
};
use expression::Supplied;
use ports::Answer;
use serde_json::{Map, Value as Json};

use super::{Known, Listener, triggers};
use crate::{
    Class, Draft, Error, Service,
    carry::{NEEDS_ROUNDS_MAX, stuck},
    start::{self, id_of},
};

/// One entry into a state, as one trigger hears it.
pub(super) struct Heard<'h> {
    pub(super) listener: &'h Listener,
    pub(super) trigger: &'h Trigger,
    pub(super) kind: &'h FlowTrigger,
    /// As it was then, and as the listening flow sees it.
    pub(super) seen: &'h Execution,
    /// Its number among the states of the execution.
    pub(super) entry: usize,
}

impl Service {
    /// Starts what listens to the states that an execution has entered, from this one on. What it started before is
    /// found again.
    ///
    /// # Errors
    /// The store's: a later try starts what is missing.
    pub(crate) async fn fire_triggers(&self, upstream: &Execution, from: usize) -> Result<(), Error> {
        let listeners = self.listeners(&upstream.tenant).await?;
        if listeners.is_empty() { Ok(()) } else { self.tell_listeners(listeners, upstream, from).await }
    }

    fn tell_listeners<'a>(
        &'a self,
        listeners: Known,
        upstream: &'a Execution,
        from: usize,
    ) -> Answer<'a, Result<(), Error>> {
        // Boxed, as what it starts is announced, too.
        Box::pin(async move {
            for (entry, History { state, date }) in upstream.state.histories().enumerate().skip(from) {
                for listener in listeners.iter() {
                    let flow = &listener.flow;
                    let is_itself = flow.namespace == upstream.namespace && flow.id == upstream.flow_id;
                    if is_itself || date < listener.since {
                        continue;
                    }
                    for (trigger, kind) in triggers(flow.sound()?) {
                        if kind.states.contains(&state) {
                            self.hear(listener, trigger, kind, upstream, entry).await?;
                        }
                    }
                }
            }
            Ok(())
        })
    }

    async fn hear(
        &self,
        listener: &Listener,
        trigger: &Trigger,
        kind: &FlowTrigger,
        upstream: &Execution,
        entry: usize,
    ) -> Result<(), Error> {
        let flow = listener.flow.sound()?;
        if self.is_out_of_question(trigger, About { flow, execution: upstream }) {
            return Ok(());
        }
        if self.has_stopped((&upstream.tenant, &flow.namespace, &flow.id), trigger).await? {
            return Ok(());
        }
        let starter = [
            upstream.tenant.as_str(),
            "flow trigger",
            flow.namespace.as_str(),
            flow.id.as_str(),
            trigger.id.as_str(),
            &upstream.id.to_string(),
            &entry.to_string(),
        ];
        let draft = Draft::of(Arc::clone(&listener.flow), id_of(&starter));
        let defaults = self.check_inputs(&draft, &Submitted::new()).await?.defaults();
        let seen = triggered::as_entered(upstream, entry, listener.flow.revision, &defaults);
        let about = About { flow, execution: &seen };
        if !self.all_hold(trigger, about).await? {
            return Ok(());
        }
        let heard = Heard { listener, trigger, kind, seen: &seen, entry };
        if !kind.gatherings.is_empty() && !self.gather(&heard).await? {
            return Ok(());
        }
        let rendered = self
            .ask(&seen, |world| triggered::inputs(flow, &seen, &kind.inputs, world).map_err(Unclear::from))
            .await?;
        match rendered {
            Ok(inputs) => {
                let inputs = defaults.into_iter().chain(inputs).collect();
                self.start_triggered(&draft, trigger, upstream, &seen, inputs).await
            }
            Err(failure) => {
                tracing::warn!(
                    trigger = trigger.id,
                    flow = flow.id,
                    failure,
                    "its inputs cannot be rendered"
                );
                Ok(())
            }
        }
    }

    async fn start_triggered(
        &self,
        draft: &Draft,
        trigger: &Trigger,
        upstream: &Execution,
        seen: &Execution,
        inputs: Map<String, Json>,
    ) -> Result<(), Error> {
        let labels: Vec<Label> = draft.flow().labels.iter().filter(|it| !it.is_system()).cloned().collect();
        let mut execution = start::created(draft, inputs, labels, self.now());
        execution.trigger = Some(ExecutionTrigger {
            id: trigger.id.clone(),
            type_name: trigger.type_name.clone(),
            variables: triggered::variables(seen, upstream.flow_revision),
        });
        self.label(draft, trigger, &mut execution).await?;
        match self.start_and_leave(start::held(draft, execution)).await {
            Ok(_) => Ok(()),
            // It was started before.
            Err(error) if error.class() == Class::Contention => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Gives an execution the labels of the trigger that starts it.
    pub(crate) async fn label(
        &self,
        draft: &Draft,
        trigger: &Trigger,
        execution: &mut Execution,
    ) -> Result<(), Error> {
        if trigger.labels.is_none() {
            return Ok(());
        }
        let (flow, seen) = (draft.flow(), &*execution);
        let labels = self
            .ask(seen, |world| triggered::labels(flow, seen, trigger, world).map_err(Unclear::from))
            .await?;
        // One that fails was left out already.
        execution.labels.extend(labels.into_iter().flatten());
        Ok(())
    }

    /// Whether all conditions of a trigger hold. One that fails does not.
    pub(crate) async fn all_hold(&self, trigger: &Trigger, about: About<'_>) -> Result<bool, Error> {
        let answer = self.ask(about.execution, |world| all_hold(&trigger.conditions, about, world)).await?;
        Ok(said_yes(trigger, answer))
    }

    /// Whether a condition that looks at names alone says no, so that nothing else has to be looked at.
    fn is_out_of_question(&self, trigger: &Trigger, about: About<'_>) -> bool {
        let names = trigger.conditions.iter().filter(|it| {
            matches!(
                it,
                Condition::ExecutionFlow { .. }
                    | Condition::ExecutionNamespace { .. }
                    | Condition::ExecutionLabels(_)
            )
        });
        self.with_world(&Supplied::new(), 0, |world| {
            names.map(|it| holds(it, about, world)).any(|it| it == Ok(false))
        })
    }

    /// Asks the machine, with what it needs from outside. The inner error is why it does not answer.
    pub(crate) async fn ask<T>(
        &self,
        seen: &Execution,
        ask: impl Fn(&World<'_>) -> Result<T, Unclear>,
    ) -> Result<Result<T, String>, Error> {
        let mut supplied = Supplied::new();
        for _ in 0..NEEDS_ROUNDS_MAX {
            let needs = match self.with_world(&supplied, 0, &ask) {
                Ok(answer) => return Ok(Ok(answer)),
                Err(Unclear::Failed(mut why)) => {
                    Masks::of_given(&supplied).mask(&mut why);
                    return Ok(Err(why));
                }
                Err(Unclear::Needs(needs)) => needs,
            };
            for need in needs {
                let answer = self.fetch(seen, &need).await?;
                supplied.insert(need, answer);
            }
        }
        Err(stuck())
    }
}

/// Kestra: a condition that fails does not hold.
pub(super) fn said_yes(trigger: &Trigger, answer: Result<bool, String>) -> bool {
    answer.unwrap_or_else(|failure| {
        tracing::warn!(trigger = trigger.id, failure, "a condition fails, and does not hold");
        false
    })
}
