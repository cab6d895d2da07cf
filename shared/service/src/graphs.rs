//! Graphs of flows and executions, with the flows in them that tasks call.

use std::{collections::BTreeMap, sync::Arc};

use engine::{
    execution::{Execution, Templates},
    flow::Flow,
    graph::{self, Graph},
    id::ExecutionId,
    machine,
};
use expression::{Supplied, Template};

use crate::{Error, Service, StoredFlow};

/// Subflows shown within one graph.
const EXPANDED_MAX: usize = 50;

impl Service {
    /// The graph of a flow. `subflows` are the ids of tasks whose flows are to be shown in their places.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` for a subflow that only an execution names, and for a task that calls none.
    pub async fn flow_graph(
        &self,
        (tenant, namespace, id): (&str, &str, &str),
        revision: Option<u32>,
        subflows: &[String],
    ) -> Result<Graph, Error> {
        let found = self.flow(tenant, namespace, id, revision, false).await;
        let stored = found.map_err(|error| match error {
            Error::NotFound(_) => Error::NotFound(format!("Unable to find flow {namespace}_{id}")),
            other => other,
        })?;
        let stored = self.with_templates(stored, &mut Templates::default()).await?;
        self.graph(tenant, stored.sound()?, subflows, |task, template| match template.literal() {
            Some(text) => Ok(text.to_owned()),
            // Kestra's words.
            None => Err(Error::argument(format!(
                "Can't expand subflow task '{task}' because namespace and/or flowId contains dynamic values. This can \
                 only be viewed on an execution."
            ))),
        })
        .await
    }

    /// The graph of an execution's flow, with its subflows as the execution names them.
    ///
    /// # Errors
    /// As [`Self::flow_graph`].
    pub async fn execution_graph(
        &self,
        tenant: &str,
        id: ExecutionId,
        subflows: &[String],
    ) -> Result<(Execution, Graph), Error> {
        let execution = self.execution(tenant, id).await?;
        let stored = self.flow_of(&execution).await?;
        let flow = stored.sound()?;
        let supplied = Supplied::new();
        let graph = self
            .graph(tenant, flow, subflows, |task, template| {
                let rendered =
                    self.with_world(&supplied, 0, |world| machine::render(flow, &execution, template, world));
                rendered
                    .map_err(|error| Error::argument(format!("Can't expand subflow task '{task}': {error}")))
            })
            .await?;
        Ok((execution, graph))
    }

    async fn graph(
        &self,
        tenant: &str,
        flow: &Flow,
        subflows: &[String],
        name: impl Fn(&str, &Template) -> Result<String, Error>,
    ) -> Result<Graph, Error> {
        if subflows.len() > EXPANDED_MAX {
            return Err(Error::argument(format!("a graph shows {EXPANDED_MAX} subflows at most")));
        }
        let mut called: Vec<(&str, Arc<StoredFlow>)> = Vec::new();
        for id in subflows {
            let subflow = flow.task(id).and_then(graph::called);
            let subflow = subflow.ok_or_else(|| Error::argument(format!("no task `{id}` calls a flow")))?;
            let (namespace, flow_id) = (name(id, &subflow.namespace)?, name(id, &subflow.flow_id)?);
            let called_flow = self.flow(tenant, &namespace, &flow_id, subflow.revision, false).await?;
            called.push((id, self.with_templates(called_flow, &mut Templates::default()).await?));
        }
        let mut expanded: BTreeMap<&str, &Flow> = BTreeMap::new();
        for (id, stored) in &called {
            expanded.insert(id, stored.sound()?);
        }
        Ok(graph::graph(flow, &expanded))
    }
}
