//! What Conductor's routes need: one table, beside that of the routes.

use service::access::Permission::{Edit, Follow, Read};

use crate::access::{
    Concerns::{All, Body, Execution},
    OfPath,
};

/// Paths whose credentials are in the body, and those that tell nothing.
pub(crate) const OPEN: &[&str] = &[];

/// Paths without prefix, and what their methods need.
pub(crate) const RULES: &[OfPath] = &[
    // Tasks of a type come from everywhere; what is reported of one concerns its execution.
    ("/tasks/poll/{type}", &[("GET", Edit, All)]),
    ("/tasks/poll/batch/{type}", &[("GET", Edit, All)]),
    ("/tasks", &[("POST", Edit, Body)]),
    ("/tasks/update-v2", &[("POST", Edit, All)]),
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
