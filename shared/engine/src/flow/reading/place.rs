//! Where each task of a flow stands.

use foldhash::HashMap;

use crate::flow::{Branch, Flow, Place, Task, TaskKind, TopList};

/// The places of all tasks by their ids.
pub(crate) fn all(flow: &Flow) -> HashMap<String, Place> {
    let mut places = HashMap::default();
    let lists = [TopList::Tasks, TopList::Errors, TopList::Finally, TopList::AfterExecution];
    let listeners = (0..flow.listeners.len()).map(TopList::Listener);
    for list in lists.into_iter().chain(listeners) {
        for (index, task) in flow.top(list).iter().enumerate() {
            add(&mut places, list, index, &mut Vec::new(), task);
        }
    }
    places
}

fn add(
    places: &mut HashMap<String, Place>,
    list: TopList,
    index: usize,
    below: &mut Vec<(Branch, usize)>,
    task: &Task,
) {
    places.insert(task.id.clone(), Place { list, index, below: below.clone() });
    let TaskKind::Flowable(flowable) = &task.kind else { return };
    for branch in flowable.branches() {
        for (at, child) in flowable.branch(branch).iter().enumerate() {
            below.push((branch, at));
            add(places, list, index, below, child);
            below.pop();
        }
    }
}
