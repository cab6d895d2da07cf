//! The tasks that run after the end: those of `listeners`, in their order, then those of `afterExecution`.

use super::{
    Turn, World,
    agenda::{enabled, worse},
    condition,
    plan::Move,
};
use crate::{
    execution::{Execution, State},
    flow::{Flow, TopList},
    id::TaskRunId,
};

/// What is owed after the end. Kestra: a task that fails ends its list, and changes nothing.
///
/// # Errors
/// What a condition needs from outside.
pub(super) fn plan(
    flow: &Flow,
    execution: &Execution,
    world: &World<'_>,
) -> Result<Vec<Move>, Vec<expression::Need>> {
    let listeners = (0..flow.listeners.len()).map(TopList::Listener);
    for list in listeners.chain([TopList::AfterExecution]) {
        let runs = execution.task_runs.children(None).filter(|run| flow.list_of(&run.task_id) == Some(list));
        let (mut created, mut worst) = (0, State::Success);
        for run in runs {
            if !run.state.is_terminal() {
                return Ok(Vec::new());
            }
            created += 1;
            worst = worse(worst, run.state.current());
        }
        if matches!(worst, State::Failed | State::Killed) {
            continue;
        }
        if let TopList::Listener(index) = list
            && created == 0
            && !condition::listener_holds(flow, execution, &flow.listeners[index], world)?
        {
            continue;
        }
        if let Some(task) = enabled(flow.top(list)).nth(created) {
            let id = TaskRunId::from_u128(0);
            return Ok(vec![Move::Create(Turn {
                id,
                task_id: task.id.clone(),
                parent: None,
                index: None,
                value: None,
                iteration: None,
            })]);
        }
    }
    Ok(vec![Move::Trailed])
}
