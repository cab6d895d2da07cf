//! Graphs of flows and of executions.

use axum::{extract::State, response::Response};
use engine::{
    execution::Execution,
    graph::{Cluster, Edge, Graph, Node, NodeKind, Relation},
};
use serde_json::{Value as Json, json};
use service::Service;

use super::{ExecutionPath, FlowPath, InPath};
use crate::{error::Error, params::Params, tenant::Tenant, wire};

pub(crate) async fn of_flow(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<FlowPath>,
    mut params: Params,
) -> Result<Response, Error> {
    let revision = params.number("revision");
    let subflows = subflows(&params);
    params.check()?;
    let of = (tenant.name(), path.namespace.as_str(), path.id.as_str());
    let graph = service.flow_graph(of, revision, &subflows).await?;
    Ok(wire::json(&shown(&graph, None)))
}

pub(crate) async fn of_execution(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<ExecutionPath>,
    params: Params,
) -> Result<Response, Error> {
    let subflows = subflows(&params);
    let (execution, graph) = service.execution_graph(tenant.name(), path.id()?, &subflows).await?;
    Ok(wire::json(&shown(&graph, Some(&execution))))
}

/// Repeated, or with commas between.
fn subflows(params: &Params) -> Vec<String> {
    params.all("subflows").flat_map(|it| it.split(',')).map(|it| it.trim().to_owned()).collect()
}

fn shown(graph: &Graph, execution: Option<&Execution>) -> Json {
    let nodes: Vec<Json> = graph.nodes.iter().map(|it| node(it, execution)).collect();
    json!({
        "nodes": nodes,
        "edges": graph.edges.iter().map(edge).collect::<Vec<_>>(),
        "clusters": graph.clusters.iter().map(cluster).collect::<Vec<_>>(),
        "flowables": graph.flowables,
    })
}

/// A task of the execution's own flow shows its newest run.
fn node(node: &Node, execution: Option<&Execution>) -> Json {
    let kind = match node.kind {
        NodeKind::Root => "io.kestra.core.models.hierarchies.GraphClusterRoot",
        NodeKind::End => "io.kestra.core.models.hierarchies.GraphClusterEnd",
        NodeKind::Task => "io.kestra.core.models.hierarchies.GraphTask",
        NodeKind::Trigger => "io.kestra.core.models.hierarchies.GraphTrigger",
    };
    let mut shown = json!({ "uid": node.uid, "type": kind });
    let Some(id) = &node.id else { return shown };
    let part = if node.kind == NodeKind::Trigger { "trigger" } else { "task" };
    shown[part] = json!({ "id": id });
    if let Some(run) =
        execution.filter(|_| node.uid == *id).and_then(|it| it.task_runs.of_task(id).next_back())
    {
        shown["taskRun"] = json!({
            "id": run.id.to_string(),
            "taskId": run.task_id,
            "state": { "current": run.state.current().name() },
        });
    }
    shown
}

fn edge(edge: &Edge) -> Json {
    let relation = match edge.relation {
        Relation::Sequential => "SEQUENTIAL",
        Relation::Choice => "CHOICE",
        Relation::Error => "ERROR",
        Relation::Parallel => "PARALLEL",
        Relation::Dynamic => "DYNAMIC",
    };
    let mut shown = json!({
        "source": edge.source, "target": edge.target, "relation": { "relationType": relation },
    });
    if let Some(value) = &edge.value {
        shown["relation"]["value"] = Json::from(value.as_str());
    }
    shown
}

fn cluster(cluster: &Cluster) -> Json {
    json!({
        "cluster": { "uid": cluster.uid },
        "nodes": cluster.nodes,
        "parents": cluster.parents,
        "start": cluster.start,
        "end": cluster.end,
    })
}
