//! The task types that are the engine's own.

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Own {
    Sequential,
    If,
    Return,
    Echo,
    Log,
    Fail,
}

#[derive(Debug)]
pub(super) struct OwnType {
    pub(super) own: Own,
    /// The canonical name.
    pub(super) name: &'static str,
    /// Compared without regard to case.
    pub(super) alias: &'static str,
    /// Its own, besides those of every task.
    pub(super) properties: &'static [&'static str],
}

pub(super) const OWN: [OwnType; 6] = [
    OwnType {
        own: Own::Sequential,
        name: "io.kestra.plugin.core.flow.Sequential",
        alias: "io.kestra.core.tasks.flows.Sequential",
        properties: &["tasks", "errors", "finally"],
    },
    OwnType {
        own: Own::If,
        name: "io.kestra.plugin.core.flow.If",
        alias: "io.kestra.core.tasks.flows.If",
        properties: &["condition", "then", "else", "errors", "finally"],
    },
    OwnType {
        own: Own::Return,
        name: "io.kestra.plugin.core.debug.Return",
        alias: "io.kestra.core.tasks.debugs.Return",
        properties: &["format"],
    },
    OwnType {
        own: Own::Echo,
        name: "io.kestra.plugin.core.debug.Echo",
        alias: "io.kestra.core.tasks.debugs.Echo",
        properties: &["format", "level"],
    },
    OwnType {
        own: Own::Log,
        name: "io.kestra.plugin.core.log.Log",
        alias: "io.kestra.core.tasks.log.Log",
        properties: &["message", "level"],
    },
    OwnType {
        own: Own::Fail,
        name: "io.kestra.plugin.core.execution.Fail",
        alias: "io.kestra.core.tasks.executions.Fail",
        properties: &["condition", "errorMessage"],
    },
];

/// The one of that name or alias.
pub(super) fn find(name: &str) -> Option<&'static OwnType> {
    OWN.iter().find(|it| it.name == name || it.alias.eq_ignore_ascii_case(name))
}
