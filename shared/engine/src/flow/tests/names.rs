//! Every task type of Kestra's core is built, or refused by its name.

use super::{HEAD, catalogue};
use crate::flow::parse;

/// Built here, under their canonical names and after `=` under those they had before.
const BUILT: [&str; 27] = [
    "flow.Template = flows.Template",
    "debug.Return = debugs.Return",
    "debug.Echo = debugs.Echo",
    "log.Log = log.Log",
    "flow.Sequential = flows.Sequential",
    "flow.Parallel = flows.Parallel",
    "flow.Dag = flows.Dag",
    "flow.If = flows.If",
    "flow.Switch = flows.Switch",
    "flow.ForEach",
    "flow.EachSequential = flows.EachSequential",
    "flow.EachParallel = flows.EachParallel",
    "flow.ForEachItem = flows.ForEachItem",
    "flow.Pause = flows.Pause",
    "flow.AllowFailure = flows.AllowFailure",
    "flow.Subflow = flows.Subflow flows.Flow",
    "flow.WorkingDirectory = flows.WorkingDirectory flows.Worker",
    "flow.LoopUntil",
    "flow.Sleep",
    "execution.Fail = executions.Fail",
    "execution.Labels = executions.Labels",
    "execution.Exit",
    "execution.Assert",
    "execution.SetVariables",
    "execution.UnsetVariables",
    "output.OutputValues",
    "templating.TemplatedTask = templating.TemplatedTask",
];

/// Run by whoever is in the catalogue, or by nobody.
const NOT_OWN: [&str; 31] = [
    "log.Fetch = log.Fetch",
    "log.PurgeLogs",
    "execution.Count = executions.Counts",
    "execution.Resume",
    "execution.PurgeExecutions = storages.Purge",
    "storage.Concat = storages.Concat",
    "storage.DeduplicateItems = storages.DeduplicateItems",
    "storage.Delete = storages.Delete",
    "storage.FilterItems = storages.FilterItems",
    "storage.LocalFiles = storages.LocalFiles",
    "storage.Reverse = storages.Reverse",
    "storage.Size = storages.Size",
    "storage.Split = storages.Split",
    "storage.Write",
    "storage.PurgeCurrentExecutionFiles = storages.PurgeExecution",
    "state.Get = states.Get",
    "state.Set = states.Set",
    "state.Delete = states.Delete",
    "http.Request",
    "http.Download",
    "kv.Get",
    "kv.Set",
    "kv.Delete",
    "kv.GetKeys",
    "kv.PurgeKV",
    "kv.Version",
    "namespace.UploadFiles",
    "namespace.DownloadFiles",
    "namespace.DeleteFiles",
    "namespace.PurgeFiles",
    "trigger.Toggle = trigger.Toggle",
];

/// Every condition of Kestra's, without what older names have after it.
const CONDITIONS: [&str; 19] = [
    "DateTimeBetween",
    "DayWeek",
    "DayWeekInMonth",
    "TimeBetween",
    "Weekend",
    "PublicHoliday",
    "Expression",
    "Variable",
    "ExecutionFlow",
    "ExecutionNamespace",
    "ExecutionStatus",
    "ExecutionLabels",
    "ExecutionOutputs",
    "HasRetryAttempt",
    "Flow",
    "FlowNamespace",
    "Not",
    "Or",
    "Multiple",
];

/// The names of one line: the canonical one, then the older ones.
fn names(line: &str) -> Vec<String> {
    let (canonical, older) = line.split_once(" = ").unwrap_or((line, ""));
    let older = older.split_whitespace().flat_map(|it| {
        let name = format!("io.kestra.core.tasks.{it}");
        [name.to_lowercase(), name]
    });
    [format!("io.kestra.plugin.core.{canonical}")].into_iter().chain(older).collect()
}

/// What is said of the type alone.
fn said(name: &str) -> Option<String> {
    let source = format!("{HEAD}  - {{id: it, type: {name}}}\n");
    let problems = parse(&source, &catalogue()).err()?.problems;
    problems.into_iter().find(|it| it.path == "tasks[1].type").map(|it| it.message)
}

#[test]
fn what_is_built_is_found_by_every_name() {
    for name in BUILT.iter().flat_map(|line| names(line)) {
        assert_eq!(said(&name), None, "{name}");
    }
}

/// What is said of the type of a condition.
fn said_of_condition(name: &str) -> Option<String> {
    let trigger =
        format!("{{id: t, type: io.kestra.plugin.core.trigger.Flow, conditions: [{{type: {name}}}]}}");
    let source = format!("{HEAD}triggers: [{trigger}]\n");
    let problems = parse(&source, &catalogue()).err().map(|it| it.problems).unwrap_or_default();
    problems.into_iter().find(|it| it.path == "triggers[0].conditions[0].type").map(|it| it.message)
}

#[test]
fn every_condition_is_found_by_every_name() {
    let alone = ["Variable", "Flow", "FlowNamespace", "Multiple"];
    for name in CONDITIONS {
        let short = (!alone.contains(&name)).then(|| format!("io.kestra.plugin.core.condition.{name}"));
        let older = ["io.kestra.plugin.core.condition.", "io.kestra.core.models.conditions.types."]
            .map(|prefix| format!("{prefix}{name}Condition"));
        for name in older.into_iter().chain(short) {
            assert_eq!(said_of_condition(&name), None, "{name}");
        }
    }
    insta::assert_snapshot!(said_of_condition("io.kestra.plugin.core.condition.WeekEnds").unwrap(), @r#"No plugin registered for the defined type: 'io.kestra.plugin.core.condition.WeekEnds'; did you mean "io.kestra.plugin.core.condition.Weekend"?"#);
    insta::assert_snapshot!(said_of_condition("PublicHoliday").unwrap(), @r#"No plugin registered for the defined type: 'PublicHoliday'; did you mean "io.kestra.plugin.core.condition.PublicHoliday"?"#);
}

#[test]
fn what_is_not_built_is_refused_by_name() {
    for name in NOT_OWN.iter().flat_map(|line| names(line)) {
        let said = said(&name).unwrap_or_else(|| panic!("{name} is taken"));
        assert_eq!(said, format!("`{name}` is a task of Kestra that is not built in this version"));
    }
}

#[test]
fn a_type_whose_program_is_missing_says_how_to_get_it() {
    insta::assert_snapshot!(said("io.kestra.plugin.jdbc.duckdb.Query").unwrap(), @"`io.kestra.plugin.jdbc.duckdb.Query` is run by the program roundtrip-duckdb, which is not beside this server; `cargo build --release -p roundtrip-duckdb --features duckdb` builds it");
    insta::assert_snapshot!(said("io.kestra.plugin.jdbc.duckdb.Queries").unwrap(), @"No plugin registered for the defined type: 'io.kestra.plugin.jdbc.duckdb.Queries'");
}

#[test]
fn a_name_that_a_type_never_had_leads_to_the_right_one() {
    insta::assert_snapshot!(said("io.kestra.core.tasks.flows.ForEach").unwrap(), @r#"No plugin registered for the defined type: 'io.kestra.core.tasks.flows.ForEach'; did you mean "io.kestra.plugin.core.flow.ForEach"?"#);
    insta::assert_snapshot!(said("ForEachItem").unwrap(), @r#"No plugin registered for the defined type: 'ForEachItem'; did you mean "io.kestra.plugin.core.flow.ForEachItem"?"#);
    insta::assert_snapshot!(said("io.kestra.plugin.core.flow.Paralel").unwrap(), @r#"No plugin registered for the defined type: 'io.kestra.plugin.core.flow.Paralel'; did you mean "io.kestra.plugin.core.flow.Parallel"?"#);
}
