//! Task types that Conductor knows and that are not built here. A type that it does not know either is that of a worker.

/// Orkes' own, and what needs a service that is not there.
const NOT_BUILT: &[&str] = &[
    "YIELD",
    "GET_WORKFLOW",
    "TERMINATE_WORKFLOW",
    "UPDATE_TASK",
    "HTTP_POLL",
    "WAIT_FOR_WEBHOOK",
    "BUSINESS_RULE",
    "JDBC",
    "GRPC",
    "GET_SIGNED_JWT",
    "UPDATE_SECRET",
    "QUERY_PROCESSOR",
    "OPSGENIE",
    "SENDGRID",
    "KAFKA_PUBLISH",
    "PULL_WORKFLOW_MESSAGES",
];

/// Of the AI module, besides those that begin with `LLM_` and `MCP_`.
const OF_AI: &[&str] = &[
    "AGENT",
    "GET_AGENT_CARD",
    "CANCEL_AGENT",
    "LIST_MCP_TOOLS",
    "CALL_MCP_TOOL",
    "CHUNK_TEXT",
    "GET_DOCUMENT",
    "PARSE_DOCUMENT",
    "GENERATE_IMAGE",
    "GENERATE_AUDIO",
    "GENERATE_VIDEO",
    "GENERATE_PDF",
];

pub(super) fn is_not_built(task_type: &str) -> bool {
    let is_of_ai =
        task_type.starts_with("LLM_") || task_type.starts_with("MCP_") || OF_AI.contains(&task_type);
    is_of_ai || NOT_BUILT.contains(&task_type)
}

/// Sinks of an EVENT task, before their colon, that are not built.
pub(super) const SINKS_NOT_BUILT: &[&str] =
    &["kafka", "amqp", "amqp_queue", "amqp_exchange", "nats", "nats_stream", "jsm", "redis"];
