//! What Conductor's routes need: one table, beside that of the routes.

use service::access::Permission::Start;

use crate::access::{
    Concerns::{self, Body, Workflow},
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
];

const WORKFLOW: Concerns = Workflow("name");
