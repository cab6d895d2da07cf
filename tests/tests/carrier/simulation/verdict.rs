//! What must be true at the end, whatever went wrong.

use std::collections::{BTreeMap, BTreeSet};

use engine::{
    execution::{Execution, State},
    id::ExecutionId,
};
use ports::store::{Change, Key};
use serde_json::Value as Json;

use super::{callers::Answered, flows, town::Town};
use crate::world::TENANT;

/// A task run whose attempts were lost so often has failed.
const LOST_MAX: usize = 3;

/// Every execution that was stored has ended, and nothing was written after its end.
pub(super) fn all_have_ended(town: &Town) {
    town.store.feed(|feed| {
        for (key, changes) in feed.histories().filter(|(key, _)| key.sort == "state") {
            let states: Vec<_> = changes.iter().map(state).collect();
            let ends = states.iter().filter(|state| state.is_terminal()).count();
            assert!(
                ends == 1 && states.last().unwrap().is_terminal(),
                "{key} went through {states:?}; now {}",
                town.somebody().service.now()
            );
        }
    });
}

/// Every execution ended as its flow says, and as its callers were told; what was done is what is written down.
pub(super) async fn as_the_flows_say(town: &Town, answered: &[Answered]) {
    let killed = town.killed.lock().unwrap().clone();
    let mut by_id = BTreeMap::new();
    let mut recorded = BTreeSet::new();
    let mut excused = 0;
    let mut all = Vec::new();
    for id in town.executions() {
        all.push(town.somebody().service.execution(TENANT, id).await.unwrap());
    }
    let kin = kin(&all);
    for execution in all {
        let (id, ended) = (execution.id, execution.state.current());
        // A parent ends as its child does, and what is told to a parent is told to its child.
        let right = ended == flows::end_of(&execution.flow_id)
            || (ended == State::Killed && kin[&id].iter().any(|it| killed.contains(&it.id)))
            || (ended == State::Failed && kin[&id].iter().any(was_lost_too_often));
        assert!(right, "{} ended as {ended:?}: {execution:#?}", execution.flow_id);
        excused += usize::from(ended != flows::end_of(&execution.flow_id));
        recorded.extend(attempts(&execution));
        by_id.insert(id, execution);
    }
    // Most ended as if nothing had happened.
    assert!(2 * excused < by_id.len(), "{excused} of {} were killed or lost too often", by_id.len());
    town.labour.done(|done| {
        let unknown: Vec<_> = done.begun.difference(&recorded).collect();
        assert!(unknown.is_empty(), "attempts ran that nobody wrote down: {unknown:?}");
    });
    let mut by_key = BTreeMap::new();
    for answer in answered {
        let Some(id) = answer.id else { continue };
        assert_eq!(by_id[&id].flow_id, answer.flow);
        if let Some(told) = &answer.ended {
            assert_eq!(*told, by_id[&id], "a caller was told of another end");
        }
        if let Some(key) = &answer.key {
            assert_eq!(*by_key.entry(key).or_insert(id), id, "{key} became two executions");
        }
    }
}

/// Each execution, then its parent and its children.
fn kin(all: &[Execution]) -> BTreeMap<ExecutionId, Vec<Execution>> {
    let parent = |it: &Execution| it.course.caller.map(|caller| caller.execution);
    let of = |one: &Execution| {
        let related = |it: &&Execution| parent(it) == Some(one.id) || parent(one) == Some(it.id);
        [one].into_iter().chain(all.iter().filter(related)).cloned().collect()
    };
    all.iter().map(|one| (one.id, of(one))).collect()
}

fn was_lost_too_often(execution: &Execution) -> bool {
    execution.task_runs.iter().any(|run| run.attempts.iter().filter(|it| it.lost).count() >= LOST_MAX)
}

/// Everything that was written, in an order of its own: two runs of a seed have the same.
pub(super) fn history(town: &Town) -> Vec<String> {
    let line = |key: &Key, change: &Change| format!("{key} {change:?}");
    town.store.feed(|feed| {
        feed.histories().flat_map(|(key, changes)| changes.iter().map(move |it| line(key, it))).collect()
    })
}

/// The attempts that somebody may have run.
fn attempts(execution: &Execution) -> impl Iterator<Item = (engine::id::TaskRunId, u32)> + '_ {
    execution
        .task_runs
        .iter()
        .flat_map(|run| (1..=run.attempts.len()).map(|it| (run.id, u32::try_from(it).unwrap())))
}

/// The state that the summary of an execution's item tells.
fn state(change: &Change) -> State {
    let content = change.content.as_ref().expect("an execution is never removed");
    let summary: Json = serde_json::from_slice(&content.entry.as_ref().unwrap().summary).unwrap();
    State::from_name(summary["s"].as_str().unwrap()).unwrap()
}
