//! The definition itself.

use super::{
    object::{Object, Problems},
    references, steps,
};
use crate::{
    conductor::{Definition, RateLimit, TimeoutPolicy},
    flow::CONCURRENCY_MAX,
};

/// Bytes of a workflow's name.
pub const NAME_BYTES_MAX: usize = 200;

const WHOSE: &str = "WorkflowDef";

pub(super) fn definition(given: &Object<'_>, problems: &mut Problems) -> Option<Definition> {
    let name = given.some_text("name", problems);
    match &name {
        None => given.add("name", "WorkflowDef name cannot be null or empty", problems),
        Some(name) => check_name(name, given, problems),
    }
    if let Some(version) = given.number("schemaVersion", 0, WHOSE, problems).filter(|it| *it != 2) {
        given.add("schemaVersion", format!("WorkflowDef schemaVersion: {version} must be 2"), problems);
    }
    check_built(given, problems);
    let items = given.list("tasks", problems);
    if items.is_empty() && given.get("tasks").is_none_or(serde_json::Value::is_array) {
        given.add("tasks", "WorkflowTask list cannot be empty", problems);
    }
    let tasks = steps::of(items, &given.at("tasks"), 0, problems);
    references::check(&tasks, &given.at("tasks"), name.as_deref().unwrap_or_default(), problems);
    let policies = [("TIME_OUT_WF", TimeoutPolicy::TimeOut), ("ALERT_ONLY", TimeoutPolicy::AlertOnly)];
    let rest = Definition {
        name: String::new(),
        version: given.number("version", 1, WHOSE, problems).unwrap_or(1),
        description: given.text("description", problems),
        tasks,
        input_parameters: given.texts("inputParameters", problems),
        input_template: given.map("inputTemplate", problems),
        output_parameters: given.map("outputParameters", problems),
        variables: given.map("variables", problems),
        failure_workflow: given.some_text("failureWorkflow", problems),
        failure_workflow_version: given
            .number("failureWorkflowVersion", 0, WHOSE, problems)
            .filter(|it| *it > 0),
        timeout: given.seconds("timeoutSeconds", WHOSE, problems),
        timeout_policy: given.word("timeoutPolicy", &policies, TimeoutPolicy::AlertOnly, problems),
        restartable: given.flag("restartable", true, problems),
        rate_limit: rate_limit(given, problems),
    };
    Some(Definition { name: name?, ..rest })
}

/// Conductor: letters, digits, `_ < > { } # -` and blanks. Colons besides; no dot, which stands between a namespace and
/// a flow.
fn check_name(name: &str, given: &Object<'_>, problems: &mut Problems) {
    let is_usual = |c: char| c.is_alphanumeric() || "_<>{}#-: ".contains(c);
    if !name.chars().all(is_usual) || name.starts_with(' ') || name.ends_with(' ') {
        let message = format!(
            "WorkflowDef name: `{name}` may have letters, digits, _ < > {{ }} # - : and blanks within"
        );
        given.add("name", message, problems);
    }
    if name.len() > NAME_BYTES_MAX {
        let message = format!("WorkflowDef name has {} bytes; it may have {NAME_BYTES_MAX}", name.len());
        given.add("name", message, problems);
    }
}

/// What would be dropped without a word although the definition counts on it.
fn check_built(given: &Object<'_>, problems: &mut Problems) {
    if given.flag("enforceSchema", true, problems) {
        for key in ["inputSchema", "outputSchema"] {
            if given.get(key).is_some() {
                let message = format!(
                    "{key} is not enforced in this version; leave it out, or say enforceSchema: false"
                );
                given.add(key, message, problems);
            }
        }
    }
    if given.list("maskedFields", problems).iter().any(|it| !it.is_null()) {
        given.add(
            "maskedFields",
            "maskedFields are not built in this version: nothing would be masked",
            problems,
        );
    }
}

fn rate_limit(given: &Object<'_>, problems: &mut Problems) -> Option<RateLimit> {
    let limit = given.object("rateLimitConfig", problems)?;
    let concurrent = limit.number("concurrentExecLimit", 0, "rateLimitConfig", problems).unwrap_or(0);
    if concurrent > CONCURRENCY_MAX {
        let message = format!(
            "rateLimitConfig concurrentExecLimit: {concurrent} may be {CONCURRENCY_MAX} at most; leave it out for no limit"
        );
        limit.add("concurrentExecLimit", message, problems);
    }
    let key = limit.some_text("rateLimitKey", problems);
    (concurrent > 0).then(|| RateLimit { key: key.unwrap_or_default(), concurrent })
}
