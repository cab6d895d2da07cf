//! What the model of a flow knows and the engine does not carry out yet.
//!
//! It is read and checked like everything else and then refused, so that no flow is accepted that would quietly do
//! less than it says. A feature that gets built loses its line here and nothing else.

/// A part of a flow that is refused for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feature {
    WorkerGroup,
}

impl Feature {
    /// What is said of it.
    pub(super) const fn refusal(self) -> &'static str {
        match self {
            // Kestra's own words; of a task they are said where there are no groups.
            Self::WorkerGroup => "Worker Group is an Enterprise Edition functionality",
        }
    }
}
