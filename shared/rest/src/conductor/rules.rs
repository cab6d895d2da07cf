//! What Conductor's routes need: one table, beside that of the routes.

use service::access::Permission::{Edit, Follow, Read, Start};

use crate::access::{
    Concerns::{self, All, Body, Execution, Nothing, Workflow},
    OfMethod, OfPath,
};

/// Paths whose credentials are in the body, and those that tell nothing.
pub(crate) const OPEN: &[&str] = &["/token", "/health"];

/// Paths without prefix, and what their methods need.
pub(crate) const RULES: &[OfPath] = &[
    // Whoever is known may ask who he is.
    ("/token/userInfo", &[("GET", Follow, Nothing)]),
    // A POST names a workflow, and every other method an execution.
    (
        "/workflow/{id}",
        &[("GET", Follow, Execution), ("DELETE", Edit, Execution), ("POST", Start, Workflow("id"))],
    ),
    ("/workflow", &[("POST", Start, Body)]),
    ("/workflow/start/{name}/{version}", &[("POST", Start, WORKFLOW)]),
    ("/workflow/execute/{name}", &[("GET", Start, WORKFLOW), ("POST", Start, WORKFLOW)]),
    ("/workflow/execute/{name}/{version}", &[("POST", Start, WORKFLOW)]),
    // Definitions are in the namespace of the settings, for which the handlers ask.
    ("/metadata/workflow", &[("GET", Read, Body), ("POST", Edit, Body), ("PUT", Edit, Body)]),
    ("/metadata/workflow/validate", &[("POST", Read, Nothing)]),
    ("/metadata/workflow/names", &[("GET", Read, Body)]),
    ("/metadata/workflow/names-and-versions", &[("GET", Read, Body)]),
    ("/metadata/workflow/latest-versions", &[("GET", Read, Body)]),
    ("/metadata/workflow/{name}", &[("GET", Read, Body)]),
    ("/metadata/workflow/{name}/versions", &[("GET", Read, Body)]),
    ("/metadata/workflow/{name}/{version}", &[("DELETE", Edit, Body)]),
    ("/workflow/{id}/status", &[("GET", Follow, Execution)]),
    ("/workflow/{id}/tasks", &[("GET", Follow, Execution)]),
    ("/workflow/{id}/variables", POST),
    ("/workflow/{id}/state", POST),
    ("/workflow/{id}/skiptask/{reference}", PUT),
    ("/workflow/{id}/rerun", POST),
    ("/workflow/{id}/pause", PUT),
    ("/workflow/{id}/resume", PUT),
    ("/workflow/{id}/remove", DELETE),
    ("/workflow/{id}/terminate-remove", DELETE),
    ("/workflow/{id}/retry", POST),
    ("/workflow/{id}/restart", POST),
    ("/workflow/{id}/resetcallbacks", POST),
    ("/workflow/decide/{id}", PUT),
    // Those that somebody may not see are not found.
    ("/workflow/running/{id}", FIND),
    ("/workflow/{id}/correlated", &[("POST", Read, Body)]),
    ("/workflow/{id}/correlated/{correlation}", FIND),
    ("/workflow/correlated/batch", &[("POST", Read, Body)]),
    ("/workflow/search", FIND),
    ("/workflow/search-v2", FIND),
    ("/workflow/search-by-tasks", FIND),
    ("/workflow/search-by-tasks-v2", FIND),
    ("/workflow/bulk/pause", &[("PUT", Edit, Body)]),
    ("/workflow/bulk/resume", &[("PUT", Edit, Body)]),
    ("/workflow/bulk/restart", MANY),
    ("/workflow/bulk/retry", MANY),
    ("/workflow/bulk/terminate", MANY),
    ("/workflow/bulk/delete", MANY),
    ("/workflow/bulk/remove", &[("DELETE", Edit, Body)]),
    ("/workflow/bulk/terminate-remove", &[("DELETE", Edit, Body)]),
    // Tasks of a type come from everywhere: those within reach are handed out, and may be reported of.
    ("/tasks/poll/{type}", &[("GET", Edit, Body)]),
    ("/tasks/poll/batch/{type}", &[("GET", Edit, Body)]),
    ("/tasks", &[("POST", Edit, Body)]),
    ("/tasks/update-v2", &[("POST", Edit, Body)]),
    ("/tasks/search", FIND),
    ("/tasks/search-v2", FIND),
    ("/tasks/{task}", &[("GET", Follow, Body)]),
    ("/tasks/{task}/log", &[("GET", Read, Body), ("POST", Edit, Body)]),
    ("/tasks/{id}/{reference}/{status}", &[("POST", Edit, Execution)]),
    ("/tasks/{id}/{reference}/{status}/sync", &[("POST", Edit, Execution)]),
    ("/tasks/{id}/{status}/signal", &[("POST", Edit, Execution)]),
    ("/tasks/{id}/{status}/signal/sync", &[("POST", Edit, Execution)]),
    ("/tasks/queue/sizes", &[("GET", Read, All)]),
    ("/tasks/queue/size", &[("GET", Read, All)]),
    ("/tasks/queue/all", &[("GET", Read, All)]),
    ("/tasks/queue/polldata", &[("GET", Read, All)]),
    ("/tasks/queue/polldata/all", &[("GET", Read, All)]),
    ("/tasks/queue/requeue/{type}", &[("POST", Edit, All)]),
    ("/metadata/taskdefs", &[("GET", Read, All), ("POST", Edit, All), ("PUT", Edit, All)]),
    ("/metadata/taskdefs/{type}", &[("GET", Read, All), ("DELETE", Edit, All)]),
];

const POST: &[OfMethod] = &[("POST", Edit, Execution)];
const PUT: &[OfMethod] = &[("PUT", Edit, Execution)];
const DELETE: &[OfMethod] = &[("DELETE", Edit, Execution)];
const FIND: &[OfMethod] = &[("GET", Read, Body)];
const MANY: &[OfMethod] = &[("POST", Edit, Body)];
const WORKFLOW: Concerns = Workflow("name");
