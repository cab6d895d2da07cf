//! What Conductor's routes need: one table, beside that of the routes.

use service::access::Permission::{Edit, Read, Start};

use crate::access::{
    Concerns::{self, Body, Nothing, Workflow},
    OfPath,
};

/// Paths whose credentials are in the body, and those that tell nothing.
pub(crate) const OPEN: &[&str] = &[];

/// Paths without prefix, and what their methods need.
pub(crate) const RULES: &[OfPath] = &[
    ("/workflow", &[("POST", Start, Body)]),
    // A POST names a workflow, and every other method an execution.
    ("/workflow/{id}", &[("POST", Start, Workflow("id"))]),
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
];

const WORKFLOW: Concerns = Workflow("name");
