//! What every route needs: one table, beside that of the routes.
//!
//! A route that is not in it is for administrators alone, and a test finds it.

use service::access::Permission::{self, Administer, Edit, Follow, Read, Start};

/// What a route needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Nothing: it tells nothing, or what it knows of its caller is the credential.
    Open,
    /// Somebody who is known, whoever it is.
    Known,
    /// A permission where the request concerns something.
    Needs(Permission, Concerns),
}

/// How the namespace is found that a request concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Concerns {
    /// A parameter of the path has it.
    Path(&'static str),
    /// A parameter of the path is the name of a workflow, which means one.
    Workflow(&'static str),
    /// That of the execution `id` of the path.
    Execution,
    /// The query parameter `namespace`: who is limited to namespaces has to name one.
    Query,
    /// The body says, and the handler asks [`super::Asker`].
    Body,
    /// None: nothing that is kept is looked at or changed.
    Nothing,
    /// All: not for who is limited to some.
    All,
}

use Concerns::{All, Body, Execution, Nothing, Path, Query};

const NAMESPACE: Concerns = Path("namespace");

/// A method, and what it needs.
pub(crate) type OfMethod = (&'static str, Permission, Concerns);
/// A path without prefix, and what its methods need.
pub(crate) type OfPath = (&'static str, &'static [OfMethod]);

/// Paths without prefix, and what their methods need.
pub(crate) const RULES: &[OfPath] = &[
    ("/flows", &[("POST", Edit, Body)]),
    ("/flows/search", &[("GET", Read, Query)]),
    ("/flows/validate", &[("POST", Read, Nothing)]),
    ("/flows/{namespace}", &[("GET", Read, NAMESPACE)]),
    (
        "/flows/{namespace}/{id}",
        &[("GET", Read, NAMESPACE), ("PUT", Edit, NAMESPACE), ("DELETE", Edit, NAMESPACE)],
    ),
    ("/flows/{namespace}/{id}/graph", &[("GET", Read, NAMESPACE)]),
    ("/flows/{namespace}/{id}/revisions", &[("GET", Read, NAMESPACE)]),
    ("/namespaces/{namespace}", &[("GET", Read, NAMESPACE)]),
    (
        "/namespaces/{namespace}/files",
        &[
            ("GET", Read, NAMESPACE),
            ("POST", Edit, NAMESPACE),
            ("PUT", Edit, NAMESPACE),
            ("DELETE", Edit, NAMESPACE),
        ],
    ),
    ("/namespaces/{namespace}/files/search", &[("GET", Read, NAMESPACE)]),
    ("/namespaces/{namespace}/files/stats", &[("GET", Read, NAMESPACE)]),
    ("/namespaces/{namespace}/files/directory", &[("GET", Read, NAMESPACE), ("POST", Edit, NAMESPACE)]),
    ("/namespaces/{namespace}/kv", &[("GET", Read, NAMESPACE)]),
    (
        "/namespaces/{namespace}/kv/{key}",
        &[("GET", Read, NAMESPACE), ("PUT", Edit, NAMESPACE), ("DELETE", Edit, NAMESPACE)],
    ),
    ("/templates", &[("POST", Edit, Body)]),
    ("/templates/search", &[("GET", Read, Query)]),
    ("/templates/distinct-namespaces", &[("GET", Read, All)]),
    ("/templates/validate", &[("POST", Read, Nothing)]),
    (
        "/templates/{namespace}/{id}",
        &[("GET", Read, NAMESPACE), ("PUT", Edit, NAMESPACE), ("DELETE", Edit, NAMESPACE)],
    ),
    ("/executions", &[("GET", Read, Query)]),
    ("/executions/search", &[("GET", Read, Query)]),
    ("/executions/{id}", &[("GET", Follow, Execution), ("DELETE", Edit, Execution)]),
    ("/executions/{id}/graph", &[("GET", Read, Execution)]),
    ("/executions/{namespace}/{id}", &[("POST", Start, NAMESPACE)]),
    ("/executions/{namespace}/{id}/validate", &[("POST", Start, NAMESPACE)]),
    ("/executions/{namespace}/{id}/uploads", &[("POST", Start, NAMESPACE)]),
    ("/executions/{namespace}/{id}/uploads/{execution}/{input}/{file}", &[("PUT", Start, NAMESPACE)]),
    ("/executions/trigger/{namespace}/{id}", &[("POST", Start, NAMESPACE)]),
    // A POST starts the flow `kill` of the namespace `id`.
    ("/executions/{id}/kill", &[("DELETE", Edit, Execution), ("POST", Start, Path("id"))]),
    ("/executions/{id}/follow", &[("GET", Follow, Execution), ("POST", Start, Path("id"))]),
    ("/executions/{id}/file", &[("GET", Follow, Execution), ("POST", Start, Path("id"))]),
    ("/executions/{id}/file/metas", &[("GET", Follow, Execution)]),
    ("/executions/{id}/file/preview", &[("GET", Follow, Execution)]),
    ("/executions/{id}/actions/kill", &[("DELETE", Edit, Execution)]),
    ("/executions/{id}/pause", CHANGE),
    ("/executions/{id}/actions/pause", CHANGE),
    ("/executions/{id}/resume", CHANGE),
    ("/executions/{id}/actions/resume", CHANGE),
    ("/executions/{id}/resume/validate", CHANGE),
    ("/executions/{id}/actions/resume/validate", CHANGE),
    ("/executions/{id}/restart", CHANGE),
    ("/executions/{id}/actions/restart", CHANGE),
    ("/executions/{id}/replay", CHANGE),
    ("/executions/{id}/actions/replay", CHANGE),
    ("/executions/{id}/state", CHANGE),
    ("/executions/{id}/actions/state", CHANGE),
    ("/executions/{id}/change-status", CHANGE),
    ("/executions/{id}/actions/change-status", CHANGE),
    ("/executions/{id}/labels", CHANGE),
    ("/executions/{id}/actions/labels", CHANGE),
    ("/executions/{id}/unqueue", CHANGE),
    ("/executions/{id}/actions/unqueue", CHANGE),
    ("/executions/{id}/force-run", CHANGE),
    ("/executions/{id}/actions/force-run", CHANGE),
    // An expression sees secrets and values that no other route shows.
    ("/executions/{id}/eval", CHANGE),
    ("/executions/{id}/actions/eval", CHANGE),
    ("/executions/{id}/eval/{task_run}", CHANGE),
    ("/executions/{id}/actions/eval/{task_run}", CHANGE),
    ("/executions/by-ids", &[("DELETE", Edit, Body)]),
    ("/executions/by-query", &[("DELETE", Edit, Query)]),
    ("/executions/kill/by-ids", &[("DELETE", Edit, Body)]),
    ("/executions/kill/by-query", &[("DELETE", Edit, Query)]),
    ("/executions/restart/by-ids", BY_IDS),
    ("/executions/restart/by-query", BY_QUERY),
    ("/executions/replay/by-ids", BY_IDS),
    ("/executions/replay/by-query", BY_QUERY),
    ("/executions/change-status/by-ids", BY_IDS),
    ("/executions/change-status/by-query", BY_QUERY),
    ("/executions/resume/by-ids", BY_IDS),
    ("/executions/resume/by-query", BY_QUERY),
    ("/executions/pause/by-ids", BY_IDS),
    ("/executions/pause/by-query", BY_QUERY),
    ("/executions/labels/by-ids", BY_IDS),
    ("/executions/labels/by-query", BY_QUERY),
    ("/executions/unqueue/by-ids", BY_IDS),
    ("/executions/unqueue/by-query", BY_QUERY),
    ("/executions/force-run/by-ids", BY_IDS),
    ("/executions/force-run/by-query", BY_QUERY),
    ("/logs/{id}", &[("GET", Follow, Execution)]),
    ("/logs/{id}/download", &[("GET", Follow, Execution)]),
    ("/metrics/{id}", &[("GET", Read, Execution)]),
    ("/metrics/names/{namespace}/{id}", &[("GET", Read, NAMESPACE)]),
    ("/metrics/names/{namespace}/{id}/{task}", &[("GET", Read, NAMESPACE)]),
    ("/metrics/tasks/{namespace}/{id}", &[("GET", Read, NAMESPACE)]),
    ("/metrics/aggregates/{namespace}/{id}/{metric}", &[("GET", Read, NAMESPACE)]),
    ("/metrics/aggregates/{namespace}/{id}/{task}/{metric}", &[("GET", Read, NAMESPACE)]),
    ("/triggers", &[("PUT", Edit, Body)]),
    ("/triggers/search", &[("GET", Read, Query)]),
    ("/triggers/{namespace}/{id}", &[("GET", Read, NAMESPACE)]),
    ("/triggers/backfill/create", &[("PUT", Edit, Body)]),
    ("/triggers/{namespace}/{id}/{trigger}", &[("DELETE", Edit, NAMESPACE)]),
    ("/triggers/{namespace}/{id}/{trigger}/unlock", &[("POST", Edit, NAMESPACE)]),
    ("/triggers/{namespace}/{id}/{trigger}/restart", &[("POST", Edit, NAMESPACE)]),
    ("/triggers/unlock", &[("POST", Edit, Body)]),
    ("/triggers/unlock/by-triggers", BY_IDS),
    ("/triggers/unlock/by-query", BY_QUERY),
    ("/triggers/set-disabled", &[("PUT", Edit, Body)]),
    ("/triggers/set-disabled/by-triggers", BY_IDS),
    ("/triggers/set-disabled/by-query", BY_QUERY),
    ("/triggers/backfill/pause", &[("PUT", Edit, Body)]),
    ("/triggers/backfill/pause/by-triggers", BY_IDS),
    ("/triggers/backfill/pause/by-query", BY_QUERY),
    ("/triggers/backfill/unpause", &[("PUT", Edit, Body)]),
    ("/triggers/backfill/unpause/by-triggers", BY_IDS),
    ("/triggers/backfill/unpause/by-query", BY_QUERY),
    ("/triggers/backfill/delete", &[("POST", Edit, Body)]),
    ("/triggers/backfill/delete/by-triggers", BY_IDS),
    ("/triggers/backfill/delete/by-query", BY_QUERY),
    ("/tokens", &[("GET", Administer, Nothing), ("POST", Administer, Nothing)]),
    ("/tokens/{id}", &[("DELETE", Administer, Nothing)]),
    ("/users", &[("GET", Administer, Nothing), ("POST", Administer, Nothing)]),
    ("/users/{name}", &[("DELETE", Administer, Nothing)]),
    ("/tenants", &[("GET", Administer, Nothing), ("POST", Administer, All)]),
];

const CHANGE: &[OfMethod] = &[("POST", Edit, Execution)];
const BY_IDS: &[OfMethod] = &[("POST", Edit, Body)];
const BY_QUERY: &[OfMethod] = &[("POST", Edit, Query)];

/// Paths whose key is the credential of who calls them, and those that tell nothing.
pub(crate) const OPEN: &[&str] = &["/health", "/ping", "/executions/webhook/{namespace}/{id}/{key}"];
