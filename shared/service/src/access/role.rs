//! What somebody may do: one table.

use serde::{Deserialize, Serialize};

/// What a user or a token was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Calls flows.
    Run,
    /// Looks at everything, and changes nothing.
    Read,
    /// Changes flows and all that belongs to them, and calls them.
    Edit,
    /// Everything, also who may do what.
    Admin,
}

/// What a request needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// To start an execution, with its files.
    Start,
    /// To wait for an execution whose id one knows, and to fetch its results.
    Follow,
    /// To look at everything else.
    Read,
    /// To change flows, files, values, triggers and executions, and to evaluate expressions.
    Edit,
    /// To say who may do what, and what tenants there are.
    Administer,
}

impl Permission {
    pub const ALL: [Self; 5] = [Self::Start, Self::Follow, Self::Read, Self::Edit, Self::Administer];

    /// Whether it changes something.
    pub const fn changes(self) -> bool {
        match self {
            Self::Start | Self::Edit | Self::Administer => true,
            Self::Follow | Self::Read => false,
        }
    }

    /// Completes "may not".
    pub const fn says(self) -> &'static str {
        match self {
            Self::Start => "start executions",
            Self::Follow => "look at executions",
            Self::Read => "look at this",
            Self::Edit => "change this",
            Self::Administer => "administer users, tokens and tenants",
        }
    }
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Run, Self::Read, Self::Edit, Self::Admin];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Read => "read",
            Self::Edit => "edit",
            Self::Admin => "admin",
        }
    }

    /// The table.
    pub const fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::Start => match self {
                Self::Run | Self::Edit | Self::Admin => true,
                Self::Read => false,
            },
            Permission::Follow => match self {
                Self::Run | Self::Read | Self::Edit | Self::Admin => true,
            },
            Permission::Read => match self {
                Self::Read | Self::Edit | Self::Admin => true,
                Self::Run => false,
            },
            Permission::Edit => match self {
                Self::Edit | Self::Admin => true,
                Self::Run | Self::Read => false,
            },
            Permission::Administer => match self {
                Self::Admin => true,
                Self::Run | Self::Read | Self::Edit => false,
            },
        }
    }
}
