//! Flows with the templates in them that their tasks name, and with the steps that come with an execution.
//!
//! # Invariants
//! * The revisions of its templates are fixed in an execution before anything happens to it, and stored with the first
//!   commit that knows more than that it was created: whoever takes it up later sees the same flow.
//! * A flow that names no template is handed on as it is: nothing is read, and nothing is stored.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, PoisonError, RwLock},
};

use engine::{
    execution::{Execution, Templates},
    flow::{TaskTemplate, TemplateName},
};

use super::StoredTemplate;
use crate::{
    Error, Service, StoredFlow,
    hold::Held,
    revisions::{CACHED_MAX, Key, Revisioned},
};

/// Templates in one flow, those that templates name counted: each is a read when an execution begins.
const TEMPLATES_MAX: usize = 100;

/// Flows that were composed before, by their revision and those of their templates.
#[derive(Debug, Default)]
pub(crate) struct Composed(RwLock<HashMap<(Key, u32, Templates), Arc<StoredFlow>>>);

impl Composed {
    fn get(&self, of: &(Key, u32, Templates)) -> Option<Arc<StoredFlow>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(of).cloned()
    }

    fn keep(&self, of: (Key, u32, Templates), flow: &Arc<StoredFlow>) {
        let mut flows = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if flows.len() >= CACHED_MAX {
            flows.clear();
        }
        flows.insert(of, Arc::clone(flow));
    }
}

/// What was found; `None` for a template that is not there.
type Found = BTreeMap<TemplateName, Option<Arc<StoredTemplate>>>;

impl Service {
    /// The flow an execution runs with, its templates in it.
    pub(crate) async fn flow_of(&self, execution: &Execution) -> Result<Arc<StoredFlow>, Error> {
        let flow = self.flow_begun_with(execution).await?;
        let flow = self.with_templates(flow, &mut execution.templates.clone()).await?;
        Ok(grown(flow, execution))
    }

    /// Fixes the templates of an execution that begins.
    pub(crate) async fn fix_templates(&self, held: &mut Held) -> Result<(), Error> {
        let mut flow = Arc::clone(&held.flow);
        if flow.flow.as_ref().is_ok_and(|flow| !flow.templates.is_empty()) {
            flow = Box::pin(self.with_templates(flow, &mut held.record.execution.templates)).await?;
        }
        held.flow = grown(flow, &held.record.execution);
        Ok(())
    }

    /// A flow with its templates in it. Those that are not fixed yet are fixed as they are now.
    pub(crate) async fn with_templates(
        &self,
        flow: Arc<StoredFlow>,
        fixed: &mut Templates,
    ) -> Result<Arc<StoredFlow>, Error> {
        let Ok(read) = &flow.flow else { return Ok(flow) };
        if read.templates.is_empty() {
            return Ok(flow);
        }
        let composed = &self.shared.composed;
        if let Some(known) = composed.get(&(flow.key(), flow.revision, fixed.clone())) {
            return Ok(known);
        }
        let found = self.find_templates(&flow.tenant, &read.templates, fixed).await?;
        // With all of them fixed it may be known after all.
        let of = (flow.key(), flow.revision, fixed.clone());
        if let Some(known) = composed.get(&of) {
            return Ok(known);
        }
        let filled = Arc::new(flow.with(read.composed(&|name| of_found(&found, name))));
        composed.keep(of, &filled);
        Ok(filled)
    }

    /// Reads templates, and those that they name, at most [`TEMPLATES_MAX`].
    async fn find_templates(
        &self,
        tenant: &str,
        named: &[TemplateName],
        fixed: &mut Templates,
    ) -> Result<Found, Error> {
        let mut found = Found::new();
        let mut owed: Vec<TemplateName> = named.iter().rev().cloned().collect();
        while let Some(name) = owed.pop() {
            if found.contains_key(&name) || found.len() == TEMPLATES_MAX {
                continue;
            }
            let key = (tenant.to_owned(), name.namespace.clone(), name.id.clone());
            let stored = match fixed.revision(&name) {
                Some(revision) => Some(self.template_revision(&key, revision).await?),
                None if fixed.is_fixed(&name) => None,
                None => self.newest_template(&key).await?,
            };
            fixed.fix(&name, stored.as_ref().map(|it| it.revision));
            if let Some(Ok(template)) = stored.as_ref().map(|it| &it.template) {
                owed.extend(template.templates.iter().rev().cloned());
            }
            found.insert(name, stored);
        }
        Ok(found)
    }
}

/// A flow with the steps in it that came with an execution. One that takes none is handed on as it is.
pub(crate) fn grown(flow: Arc<StoredFlow>, execution: &Execution) -> Arc<StoredFlow> {
    match &flow.flow {
        Ok(read) if read.grows() => Arc::new(flow.with(read.grown(&execution.task_runs))),
        Ok(_) | Err(_) => flow,
    }
}

/// The same, for those who show what has run.
pub(crate) fn with_past(flow: Arc<StoredFlow>, execution: &Execution) -> Arc<StoredFlow> {
    match &flow.flow {
        Ok(read) if read.grows() => Arc::new(flow.with(read.clone().with_past(&execution.task_runs))),
        Ok(_) | Err(_) => flow,
    }
}

/// A template, or why its task fails.
fn of_found<'f>(found: &'f Found, name: &TemplateName) -> Result<&'f TaskTemplate, String> {
    match found.get(name) {
        Some(Some(stored)) => stored
            .template
            .as_ref()
            .map_err(|invalid| format!("The flow template '{name}' is not valid. Error: {invalid}")),
        Some(None) => Err(name.missing()),
        None => Err(format!("a flow takes {TEMPLATES_MAX} flow templates, and '{name}' is one too many")),
    }
}
