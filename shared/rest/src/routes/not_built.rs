//! Routes of Kestra's that are known and not built: they say so, instead of being taken for mistakes.

use axum::routing::MethodFilter;

use crate::{
    error::Error,
    methods::{Methods, on},
};

const GET: MethodFilter = MethodFilter::GET;
const POST: MethodFilter = MethodFilter::POST;
const PUT: MethodFilter = MethodFilter::PUT;
const PATCH: MethodFilter = MethodFilter::PATCH;
const DELETE: MethodFilter = MethodFilter::DELETE;

pub(crate) fn routes() -> impl Iterator<Item = (&'static str, Methods)> {
    ENDPOINTS
        .iter()
        .map(|&(method, path, what)| (path, on(method, move || async move { Error::NotBuilt(what) })))
}

/// Method, path, and what it would do.
const ENDPOINTS: &[(MethodFilter, &str, &str)] = &[
    (POST, "/flows/{namespace}", "updating a whole namespace"),
    (PATCH, "/flows/{namespace}/{id}/{task}", "updating one task of a flow"),
    (DELETE, "/flows/{namespace}/{id}/revisions", "deleting revisions of a flow"),
    (GET, "/flows/{namespace}/{id}/tasks/{task}", "showing one task of a flow"),
    (GET, "/flows/{namespace}/{id}/dependencies", "the dependencies of a flow"),
    (GET, "/flows/source", "searching the source of flows"),
    (GET, "/flows/distinct-namespaces", "listing namespaces"),
    (POST, "/flows/bulk", "updating flows in bulk"),
    (POST, "/flows/graph", "the graph of a flow that is not kept"),
    (POST, "/flows/import", "importing flows"),
    (DELETE, "/flows/delete/by-ids", "deleting flows in bulk"),
    (DELETE, "/flows/delete/by-query", "deleting flows in bulk"),
    (POST, "/flows/disable/by-ids", "disabling flows in bulk"),
    (POST, "/flows/disable/by-query", "disabling flows in bulk"),
    (POST, "/flows/enable/by-ids", "enabling flows in bulk"),
    (POST, "/flows/enable/by-query", "enabling flows in bulk"),
    (GET, "/flows/export/by-query", "exporting flows"),
    (POST, "/flows/export/by-ids", "exporting flows"),
    (POST, "/flows/validate/task", "validating one task"),
    (POST, "/flows/validate/trigger", "validating one trigger"),
    (POST, "/templates/{namespace}", "updating a whole namespace"),
    (POST, "/templates/import", "importing templates"),
    (GET, "/templates/export/by-query", "exporting templates"),
    (POST, "/templates/export/by-ids", "exporting templates"),
    (DELETE, "/templates/delete/by-ids", "deleting templates in bulk"),
    (DELETE, "/templates/delete/by-query", "deleting templates in bulk"),
    (GET, "/executions/{id}/flow", "showing the flow of an execution"),
    (GET, "/executions/{id}/follow-dependencies", "following the dependencies of an execution"),
    (POST, "/executions/{id}/replay-with-inputs", "replaying an execution with other inputs"),
    (POST, "/executions/{id}/resume-from-breakpoint", "resuming from a breakpoint"),
    (POST, "/executions/{id}/actions/replay-with-inputs", "replaying an execution with other inputs"),
    (POST, "/executions/{id}/actions/resume-from-breakpoint", "resuming from a breakpoint"),
    (GET, "/executions/flows/{namespace}/{id}", "showing a flow for its execution"),
    (GET, "/executions/namespaces", "listing the namespaces of flows"),
    (GET, "/executions/namespaces/{namespace}/flows", "listing the flows of a namespace for their execution"),
    (POST, "/executions/latest", "the latest executions of flows"),
    (GET, "/executions/distinct-field-values", "listing the values of a field"),
    (GET, "/executions/export/by-query/csv", "exporting executions"),
    (GET, "/executions/outputs/{id}", "showing the outputs of an execution alone"),
    (GET, "/executions/outputs/{id}/{task_run}", "showing the outputs of a task run alone"),
    (GET, "/logs/search", "searching log lines"),
    (GET, "/logs/{id}/follow", "following log lines"),
    (DELETE, "/logs/{id}", "deleting log lines"),
    (DELETE, "/logs/{namespace}/{id}", "deleting log lines"),
    (POST, "/triggers/delete/by-triggers", "forgetting triggers in bulk"),
    (POST, "/triggers/delete/by-query", "forgetting triggers in bulk"),
    (GET, "/triggers/export/by-query/csv", "exporting triggers"),
    (ANY, "/kv", "the key-value store of all namespaces"),
    (ANY, "/namespaces/search", "searching namespaces"),
    (CHANGE, "/namespaces/{namespace}", "namespaces as a resource"),
    (ANY, "/namespaces/{namespace}/dependencies", "the dependencies of a namespace"),
    (GET, "/namespaces/{namespace}/files/export", "exporting the files of a namespace"),
    (GET, "/namespaces/{namespace}/files/revisions", "revisions of a file of a namespace"),
    (ANY, "/plugins", "the catalogue of plugins"),
    (ANY, "/plugins/{*rest}", "the catalogue of plugins"),
    (ANY, "/stats/{*rest}", "statistics"),
    (ANY, "/usages/{*rest}", "usage counters"),
    (GET, "/configs", "the configuration of the server"),
    (POST, "/basicAuth", "setting the password"),
];

const CHANGE: MethodFilter = POST.or(PUT).or(PATCH).or(DELETE);
const ANY: MethodFilter = GET.or(CHANGE);
