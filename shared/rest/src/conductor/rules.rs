//! What Conductor's routes need: one table, beside that of the routes.

use crate::access::OfPath;

/// Paths whose credentials are in the body, and those that tell nothing.
pub(crate) const OPEN: &[&str] = &[];

/// Paths without prefix, and what their methods need.
pub(crate) const RULES: &[OfPath] = &[];
