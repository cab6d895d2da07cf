//! A flow with the templates in it that its tasks name.

use std::collections::HashSet;

use super::{
    Executable, Flow, FlowableKind, Task, TaskKind, TaskTemplate, TemplateName, reading,
    reading::{NESTING_MAX, TASKS_MAX},
    template::each,
};

/// Finds a template; or says why the task that names it fails.
pub type Find<'t> = dyn Fn(&TemplateName) -> Result<&'t TaskTemplate, String> + 't;

impl Flow {
    /// The flow with its templates in it, and those that they name. A function of the flow and of what is found, so
    /// that whoever finds the same has the same flow.
    ///
    /// A template that cannot stand where it is named (it is not there, has an id that the flow has already, contains
    /// itself, or makes the flow too large) is left out: its task fails, and says why.
    #[must_use]
    pub fn composed(&self, find: &Find<'_>) -> Self {
        let mut flow = self.clone();
        flow.templates = Vec::new();
        let ids = self.places.keys().cloned().collect();
        let of = (self.namespace.as_str(), self.id.as_str());
        let mut composing = Composing { find, ids, around: Vec::new(), of };
        let lists = [&mut flow.tasks, &mut flow.errors, &mut flow.finally, &mut flow.after_execution];
        let listeners = flow.listeners.iter_mut().map(|listener| &mut listener.tasks);
        for list in lists.into_iter().chain(listeners) {
            composing.fill(list, 0);
        }
        flow.places = reading::places(&flow);
        flow
    }
}

struct Composing<'c, 't> {
    find: &'c Find<'t>,
    /// Of all tasks so far.
    ids: HashSet<String>,
    /// The templates around what is filled, outermost first.
    around: Vec<TemplateName>,
    /// Namespace and id of the flow.
    of: (&'c str, &'c str),
}

impl Composing<'_, '_> {
    /// Fills a list that stands within so many tasks.
    fn fill(&mut self, tasks: &mut [Task], depth: usize) {
        for task in tasks {
            let TaskKind::Flowable(flowable) = &mut task.kind else { continue };
            let entered = if let FlowableKind::Template(it) = &mut flowable.kind {
                match self.found(&it.name, depth + 1) {
                    Ok(template) => {
                        it.tasks = Ok(template.tasks.clone());
                        flowable.errors.clone_from(&template.errors);
                        flowable.finally.clone_from(&template.finally);
                        self.around.push(it.name.clone());
                        true
                    }
                    Err(why) => {
                        it.tasks = Err(why);
                        continue;
                    }
                }
            } else {
                false
            };
            for list in flowable.lists_mut() {
                self.fill(list, depth + 1);
            }
            if entered {
                self.around.pop();
            }
        }
    }

    /// The template, when it may stand within so many tasks.
    fn found(&mut self, name: &TemplateName, depth: usize) -> Result<&TaskTemplate, String> {
        if self.around.contains(name) {
            return Err(format!("the flow template '{name}' contains itself"));
        }
        let template = (self.find)(name)?;
        let mut ids: Vec<&str> = Vec::new();
        let mut recursive = false;
        let lists = [&template.tasks, &template.errors, &template.finally];
        let depths = lists.map(|list| {
            each(list, &mut |task| {
                ids.push(&task.id);
                recursive |= calls(task, self.of);
            })
        });
        if recursive {
            let (namespace, id) = self.of;
            return Err(format!("Recursive call to flow [{namespace}.{id}] in the flow template '{name}'"));
        }
        let twice: Vec<&str> = ids.iter().copied().filter(|id| self.ids.contains(*id)).collect();
        if !twice.is_empty() {
            let listed = reading::listed(&twice);
            return Err(format!("Duplicate task id with name [{listed}] in the flow template '{name}'"));
        }
        let deepest = depths.into_iter().max().unwrap_or(0);
        if self.ids.len() + ids.len() > TASKS_MAX || depth + deepest > NESTING_MAX {
            return Err(format!(
                "with the flow template '{name}' the flow has more than {TASKS_MAX} tasks, or more than {NESTING_MAX} \
                 within each other"
            ));
        }
        self.ids.extend(ids.into_iter().map(ToOwned::to_owned));
        Ok(template)
    }
}

/// Whether a task starts that flow, as far as it can be seen: one call would start endlessly many.
fn calls(task: &Task, (namespace, id): (&str, &str)) -> bool {
    match &task.kind {
        TaskKind::Executable(Executable::Subflow(subflow) | Executable::Items { subflow, .. }) => {
            subflow.namespace.literal() == Some(namespace) && subflow.flow_id.literal() == Some(id)
        }
        TaskKind::Flowable(_) | TaskKind::Pure(_) | TaskKind::Runnable(_) | TaskKind::Worker(_) => false,
    }
}
