//! Labels of an execution that nobody carries.

use crate::{execution::Execution, flow::Label};

/// The execution with these labels, each in place of one of the same key.
#[must_use]
pub fn set_labels(execution: &Execution, labels: &[Label]) -> Execution {
    let mut changed = execution.clone();
    for label in labels {
        match changed.labels.iter_mut().find(|it| it.key == label.key) {
            Some(known) => known.value.clone_from(&label.value),
            None => changed.labels.push(label.clone()),
        }
    }
    changed
}
