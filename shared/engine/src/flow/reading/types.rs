//! Names of types: which one is meant, and what to say of one that nobody runs.

use super::{Reading, nearest, own};
use crate::flow::{Catalogue, TaskType};

/// Where Kestra's core types live.
const CORE_PREFIX: &str = "io.kestra.plugin.core.";

/// What a program of its own runs, which a server may do without, and the program.
const OF_PROGRAMS: [(&str, &str); 1] = [("io.kestra.plugin.jdbc.duckdb.Query", "roundtrip-duckdb")];

/// Kestra's core types, after [`CORE_PREFIX`], and the prefix that was in its place before (`<prefix><Name>`), if any.
const CORE: [(&str, &str, &[&str]); 16] = [
    ("debug", "io.kestra.core.tasks.debugs.", &["Return", "Echo"]),
    ("log", "io.kestra.core.tasks.log.", &["Log", "Fetch", "PurgeLogs"]),
    (
        "flow",
        "io.kestra.core.tasks.flows.",
        &[
            "Sequential",
            "Parallel",
            "Dag",
            "If",
            "Switch",
            "EachSequential",
            "EachParallel",
            "ForEach",
            "ForEachItem",
            "Pause",
            "AllowFailure",
            "Template",
            "Subflow",
            "WorkingDirectory",
            "WaitFor",
            "LoopUntil",
            "Sleep",
        ],
    ),
    (
        "execution",
        "io.kestra.core.tasks.executions.",
        &[
            "Count",
            "Fail",
            "Labels",
            "Resume",
            "PurgeExecutions",
            "Exit",
            "SetVariables",
            "UnsetVariables",
            "Assert",
        ],
    ),
    (
        "storage",
        "io.kestra.core.tasks.storages.",
        &[
            "Concat",
            "DeduplicateItems",
            "Delete",
            "FilterItems",
            "LocalFiles",
            "Reverse",
            "Size",
            "Split",
            "Write",
            "PurgeCurrentExecutionFiles",
        ],
    ),
    ("state", "io.kestra.core.tasks.states.", &["Get", "Set", "Delete"]),
    ("http", "io.kestra.plugin.fs.http.", &["Request", "Download", "Trigger"]),
    ("templating", "io.kestra.core.tasks.templating.", &["TemplatedTask"]),
    ("kv", "", &["Get", "Set", "Delete", "GetKeys", "PurgeKV", "Version"]),
    ("namespace", "", &["UploadFiles", "DownloadFiles", "DeleteFiles", "PurgeFiles"]),
    ("output", "", &["OutputValues"]),
    ("runner", "", &["Process"]),
    ("trigger", "io.kestra.core.models.triggers.types.", &["Schedule", "Flow", "Webhook", "ScheduleOnDates"]),
    ("trigger", "io.kestra.core.tasks.trigger.", &["Toggle"]),
    (
        "condition",
        "io.kestra.core.models.conditions.types.",
        &[
            "DateTimeBetween",
            "DayWeek",
            "DayWeekInMonth",
            "TimeBetween",
            "Weekend",
            "PublicHoliday",
            "Expression",
            "ExecutionFlow",
            "ExecutionNamespace",
            "ExecutionStatus",
            "ExecutionLabels",
            "ExecutionOutputs",
            "HasRetryAttempt",
            "FlowCondition",
            "FlowNamespaceCondition",
            "Not",
            "Or",
            "MultipleCondition",
        ],
    ),
    ("condition", CORE_CONDITION, &["VariableCondition", "ExpressionCondition"]),
];

const CORE_CONDITION: &str = "io.kestra.plugin.core.condition.";

/// Older names that are not a prefix and the present name.
const RENAMED: [(&str, &str); 8] = [
    ("io.kestra.core.tasks.flows.Flow", "flow.Subflow"),
    ("io.kestra.core.tasks.flows.Worker", "flow.WorkingDirectory"),
    ("io.kestra.core.tasks.executions.Counts", "execution.Count"),
    ("io.kestra.core.tasks.storages.Purge", "execution.PurgeExecutions"),
    ("io.kestra.plugin.core.storage.Purge", "execution.PurgeExecutions"),
    ("io.kestra.core.tasks.storages.PurgeExecution", "storage.PurgeCurrentExecutionFiles"),
    ("io.kestra.plugin.core.storage.PurgeExecution", "storage.PurgeCurrentExecutionFiles"),
    ("io.kestra.core.models.conditions.types.VariableCondition", "condition.Expression"),
];

/// Where Kestra keeps plugins that are not of its core.
const PLUGIN_PREFIXES: [&str; 2] = ["io.kestra.plugin.scripts.", "io.kestra.plugin.fs."];

/// The canonical name of a type: of ours, of the catalogue, of Kestra's core, or the name itself.
pub(super) fn canonical(catalogue: &Catalogue, name: &str) -> String {
    own::find(name)
        .map(|it| it.name.to_owned())
        .or_else(|| catalogue.find(name).map(|it| it.name.to_owned()))
        .or_else(|| core(name))
        .unwrap_or_else(|| name.to_owned())
}

/// The canonical name, when it is a type of Kestra's core.
pub(super) fn core(name: &str) -> Option<String> {
    if let Some((_, present)) = RENAMED.iter().find(|(older, _)| older.eq_ignore_ascii_case(name)) {
        return Some(format!("{CORE_PREFIX}{present}"));
    }
    let present = name.strip_prefix(CORE_PREFIX).and_then(|it| it.split_once('.'));
    CORE.iter().find_map(|(group, older, names)| {
        let found = names.iter().find(|it| {
            present == Some((group, it))
                || (!older.is_empty() && same(name, &[older, it]))
                || (*group == "condition" && same(name, &[older, it, "Condition"]))
                || (*group == "condition" && same(name, &[CORE_CONDITION, it, "Condition"]))
        })?;
        Some(format!("{CORE_PREFIX}{group}.{found}"))
    })
}

/// Whether a name is made of these parts, without regard to case.
fn same(name: &str, parts: &[&str]) -> bool {
    let mut rest = name;
    parts.iter().all(|part| match rest.split_at_checked(part.len()) {
        Some((start, end)) => {
            rest = end;
            start.eq_ignore_ascii_case(part)
        }
        None => false,
    }) && rest.is_empty()
}

/// Whether the model knows a property of a type; none when it does not know the type.
pub(super) fn has_property(
    catalogue: &Catalogue,
    type_name: &str,
    common: &[&str],
    property: &str,
) -> Option<bool> {
    let of_its_own = match (own::find(type_name), catalogue.find(type_name)) {
        (Some(own), _) => own.properties.contains(&property),
        (None, Some(TaskType { properties, .. })) => properties.iter().any(|it| it.name == property),
        (None, None) => return None,
    };
    Some(of_its_own || common.contains(&property))
}

/// What to say of a type that cannot be used here, where `wanted` is "task", "trigger" or the like.
pub(super) fn refusal(reading: &Reading<'_>, name: &str, wanted: &str) -> String {
    if let Some(present) = core(name) {
        let kind = kind_of(&present);
        let is_built = own::find(&present).is_some() || reading.catalogue.find(&present).is_some();
        return if kind != wanted {
            let article = if wanted.starts_with('i') { "an" } else { "a" };
            format!("`{name}` is a {kind}, and {article} {wanted} is expected here")
        } else if is_built {
            format!("No plugin registered for the defined type: '{name}'; did you mean \"{present}\"?")
        } else {
            format!("`{name}` is a {kind} of Kestra that is not built in this version")
        };
    }
    if let Some((_, program)) = OF_PROGRAMS.iter().find(|(of, _)| *of == name) {
        return format!(
            "`{name}` is run by the program {program}, which is not beside this server; `cargo build --release -p \
             {program} --features duckdb` builds it"
        );
    }
    if PLUGIN_PREFIXES.iter().any(|it| name.starts_with(it)) {
        return format!("`{name}` belongs to a plugin of Kestra that is not built in this version");
    }
    let known: Vec<String> = known(reading.catalogue, wanted);
    let short =
        known.iter().find(|it| it.rsplit('.').next().is_some_and(|last| last.eq_ignore_ascii_case(name)));
    let hint = match short {
        Some(full) => format!("; did you mean \"{full}\"?"),
        None => nearest::hint(&reading.problems, name, known.iter().map(String::as_str)),
    };
    format!("No plugin registered for the defined type: '{name}'{hint}")
}

fn kind_of(present: &str) -> &'static str {
    let short = present.strip_prefix(CORE_PREFIX).unwrap_or(present);
    match short.split_once('.') {
        Some(("condition", _)) => "condition",
        Some(("runner", _)) => "task runner",
        Some(("trigger", name)) if name != "Toggle" => "trigger",
        Some(("http", "Trigger")) => "trigger",
        Some(_) | None => "task",
    }
}

/// Names that can be used.
fn known(catalogue: &Catalogue, wanted: &str) -> Vec<String> {
    match wanted {
        "task" => {
            let own = own::OWN.iter().map(|it| it.name);
            own.chain(catalogue.types().iter().map(|it| it.name)).map(ToOwned::to_owned).collect()
        }
        "trigger" => {
            use super::trigger::{FLOW, ON_DATES, SCHEDULE, WEBHOOK};
            [WEBHOOK, FLOW, SCHEDULE, ON_DATES].map(ToOwned::to_owned).into()
        }
        "condition" => {
            let groups = CORE.iter().filter(|(group, ..)| *group == wanted);
            groups.flat_map(|(_, _, names)| *names).map(|name| format!("{CORE_CONDITION}{name}")).collect()
        }
        _ => Vec::new(),
    }
}
