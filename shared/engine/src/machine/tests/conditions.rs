//! Which conditions hold, and how far windows look back.

use std::sync::LazyLock;

use expression::Supplied;
use serde_json::{Map, json};

use crate::{
    execution::{Attempt, Execution, ExecutionTrigger, State, StateLog, TaskRun},
    flow::{self, Catalogue, Flow, Label, TriggerKind},
    id::{ExecutionId, TaskRunId},
    machine::{
        World,
        condition::{About, Unclear, all_hold, counts_since, holds},
    },
    time::Timestamp,
};

static NOTHING: LazyLock<Supplied> = LazyLock::new(Supplied::new);
static NONE: LazyLock<Map<String, serde_json::Value>> = LazyLock::new(Map::new);
static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::default);
const ZONE: jiff::tz::TimeZone = jiff::tz::TimeZone::UTC;

fn flow_with(trigger: &str) -> Flow {
    let source = format!(
        "id: listens\nnamespace: team.below\ntasks: [{{id: a, type: io.kestra.plugin.core.debug.Return}}]\n\
         triggers:\n  - id: t\n    type: io.kestra.plugin.core.trigger.Flow\n{trigger}"
    );
    flow::parse(&source, &CATALOGUE).unwrap_or_else(|invalid| panic!("{invalid}\n{source}"))
}

/// An execution of `team.up` that failed on 2024-02-29, a Thursday.
fn upstream() -> Execution {
    let at: Timestamp = "2024-02-29T10:15:30Z".parse().unwrap();
    let mut execution = Execution::created(ExecutionId::from_u128(7), "main", ("team", "up", 3), at);
    execution.labels = vec![Label::new("some", "label")];
    execution.outputs = json!({"text": "yes"}).as_object().cloned();
    let variables = json!({"date": "2024-02-29T12:15:30+02:00", "outputs": {"text": "yes"}});
    execution.trigger = Some(ExecutionTrigger {
        id: String::new(),
        type_name: String::new(),
        variables: variables.as_object().unwrap().clone(),
    });
    execution.state.enter(State::Running, at);
    execution.state.enter(State::Failed, at);
    execution
}

fn asked(condition: &str, execution: &Execution) -> Result<bool, Unclear> {
    let flow = flow_with(&format!("    conditions: [{{type: io.kestra.plugin.core.condition.{condition}}}]"));
    let world = World {
        now: Timestamp::from_millis(0),
        ids: &|| 0,
        supplied: &NOTHING,
        zone: &ZONE,
        envs: &NONE,
        globals: &NONE,
        catalogue: &CATALOGUE,
        secrets: crate::secrets::Secrets::Open(None),
        room: 0,
    };
    all_hold(&flow.triggers[0].conditions, About { flow: &flow, execution }, &world)
}

#[test]
fn what_holds_and_what_does_not() {
    let execution = upstream();
    let cases = [
        ("ExecutionFlow, namespace: team, flowId: up", true),
        ("ExecutionFlowCondition, namespace: team, flowId: other", false),
        ("ExecutionNamespace, namespace: te, comparison: PREFIX", true),
        ("ExecutionNamespace, namespace: am, comparison: SUFFIX", true),
        ("ExecutionNamespace, namespace: te", false),
        ("ExecutionNamespace, namespace: te, prefix: true", true),
        ("ExecutionStatus, in: [FAILED]", true),
        ("ExecutionStatus, in: [FAILED], notIn: [FAILED]", false),
        ("ExecutionStatus", true),
        ("ExecutionLabels, labels: {some: label}", true),
        ("ExecutionLabels, labels: {some: label, other: one}", false),
        ("Expression, expression: '{{ execution.state == \"FAILED\" }}'", true),
        ("VariableCondition, expression: ' '", false),
        ("ExpressionCondition, expression: 'false'", false),
        ("ExpressionCondition, expression: '0'", true),
        ("ExecutionOutputs, expression: '{{ trigger.outputs.text == \"yes\" }}'", true),
        ("ExecutionOutputs, expression: '{{ trigger.outputs.text == \"no\" }}'", false),
        ("FlowCondition, namespace: team.below, flowId: listens", true),
        ("FlowCondition, namespace: team, flowId: up", false),
        ("FlowNamespaceCondition, namespace: team, prefix: true", true),
        ("FlowNamespaceCondition, namespace: team", false),
        ("HasRetryAttempt, in: [FAILED]", false),
        // The 29th is the fifth Thursday, and the last.
        ("DayWeek, dayOfWeek: THURSDAY", true),
        ("DayWeek, dayOfWeek: FRIDAY", false),
        ("DayWeekInMonth, dayOfWeek: THURSDAY, dayInMonth: LAST", true),
        ("DayWeekInMonth, dayOfWeek: THURSDAY, dayInMonth: FOURTH", false),
        ("DayWeekInMonth, dayOfWeek: MONDAY, dayInMonth: FIRST, date: '2024-07-01T00:00:00Z'", true),
        ("DayWeekInMonth, dayOfWeek: MONDAY, dayInMonth: SECOND, date: '2024-07-08T00:00:00Z'", true),
        ("Weekend", false),
        ("WeekendCondition, date: '2024-03-02T00:00:00Z'", true),
        // A Sunday there, a Monday in UTC.
        ("Weekend, date: '2024-03-03T22:00:00-05:00'", true),
        // The flow says which day; clocks there show it.
        ("PublicHoliday, country: FR", false),
        ("PublicHolidayCondition, country: FR, date: '2024-05-08T00:30:00+02:00'", true),
        ("PublicHoliday, country: FR, date: '2024-05-07T22:30:00Z'", false),
        ("PublicHoliday, country: NO, date: 2024-05-17", true),
        ("PublicHoliday, country: DE, subDivision: BY, date: 2024-01-06", true),
        ("PublicHoliday, country: DE, subDivision: DE-BE, date: 2024-01-06", false),
        ("PublicHoliday, country: '{{ \"f\" }}r', date: 2024-05-08", true),
        ("TimeBetween, after: '12:00:00+02:00', before: '12:30:00+02:00'", true),
        ("TimeBetween, after: '10:15:30Z'", false),
        ("TimeBetween, after: '10:15:29Z'", true),
        ("TimeBetween, before: '12:15:31'", true),
        ("DateTimeBetween, after: '2024-02-29T10:15:29Z'", true),
        ("DateTimeBetween, after: '2024-02-29T10:15:30Z'", false),
        ("DateTimeBetween, after: '2024-01-01T00:00:00Z', before: '2024-02-29T12:15:31+02:00'", true),
        ("Not, conditions: [{type: io.kestra.plugin.core.condition.Weekend}]", true),
        ("Not, conditions: [{type: io.kestra.plugin.core.condition.ExecutionStatus, in: [FAILED]}]", false),
        (
            "OrCondition, conditions: [{type: io.kestra.plugin.core.condition.Weekend}, \
             {type: io.kestra.plugin.core.condition.ExecutionStatus, in: [FAILED]}]",
            true,
        ),
    ];
    for (condition, expected) in cases {
        assert_eq!(asked(condition, &execution), Ok(expected), "{condition}");
    }
}

#[test]
fn outputs_that_are_not_there_say_no() {
    let execution = Execution { outputs: None, ..upstream() };
    assert_eq!(asked("ExecutionOutputs, expression: 'true'", &execution), Ok(false));
}

#[test]
fn only_task_runs_with_several_attempts_were_retried() {
    let mut execution = upstream();
    let at = execution.state.first().date;
    let attempt = |state| {
        let mut log = StateLog::new(State::Running, at);
        log.enter(state, at);
        Attempt {
            state: log,
            deadline: None,
            lost: false,
            alerted: false,
            log_file: None,
            metrics: Vec::new(),
            worked: None,
        }
    };
    let mut run = TaskRun::created(TaskRunId::from_u128(1), "a", at);
    run.attempts = vec![attempt(State::Failed)];
    execution.task_runs = std::iter::once(run.clone()).collect();
    assert_eq!(asked("HasRetryAttempt, in: [FAILED]", &execution), Ok(false));
    run.attempts.push(attempt(State::Success));
    execution.task_runs = std::iter::once(run).collect();
    assert_eq!(asked("HasRetryAttempt, in: [FAILED]", &execution), Ok(true));
    assert_eq!(asked("HasRetryAttempt, in: [KILLED]", &execution), Ok(false));
}

#[test]
fn what_cannot_be_answered_says_why() {
    let execution = upstream();
    for condition in [
        "DateTimeBetween",
        "TimeBetween",
        "Weekend, date: soon",
        "Weekend, date: '{{ trigger.missing.date }}'",
        "Expression, expression: '{{ missing.thing }}'",
        "PublicHoliday, country: '{{ \"XX\" }}'",
        "PublicHoliday, country: DE, subDivision: '{{ \"XX\" }}'",
        "PublicHoliday, country: DE, date: soon",
    ] {
        assert!(matches!(asked(condition, &execution), Err(Unclear::Failed(_))), "{condition}");
    }
}

#[test]
fn filters_of_preconditions() {
    let cases = [
        ("field: FLOW_ID, type: EQUAL_TO, value: up", true),
        ("field: FLOW_ID, type: NOT_EQUAL_TO, value: up", false),
        ("field: NAMESPACE, type: STARTS_WITH, value: te", true),
        ("field: NAMESPACE, type: ENDS_WITH, value: te", false),
        ("field: NAMESPACE, type: CONTAINS, value: ea", true),
        ("field: NAMESPACE, type: REGEX, value: 't.*m'", true),
        ("field: NAMESPACE, type: REGEX, value: 't'", false),
        ("field: STATE, type: IN, values: [SUCCESS, FAILED]", true),
        ("field: STATE, type: NOT_IN, values: [SUCCESS, FAILED]", false),
        ("field: EXPRESSION, type: IS_TRUE, value: \"{{ labels.some == 'label' }}\"", true),
        ("field: EXPRESSION, type: IS_FALSE, value: \"{{ labels.some == 'label' }}\"", false),
        ("field: EXPRESSION, type: IS_NULL, value: ''", true),
        ("field: EXPRESSION, type: IS_NOT_NULL, value: '{{ labels.some }}'", true),
    ];
    let execution = upstream();
    for (filter, expected) in cases {
        let flow =
            flow_with(&format!("    preconditions: {{id: p, where: [{{id: w, filters: [{{{filter}}}]}}]}}"));
        let TriggerKind::Flow(kind) = &flow.triggers[0].kind else { panic!("a flow trigger") };
        let (name, condition) = &kind.gatherings[0].conditions[0];
        assert_eq!(name, "condition_1_w");
        let world = World {
            now: Timestamp::from_millis(0),
            ids: &|| 0,
            supplied: &NOTHING,
            zone: &ZONE,
            envs: &NONE,
            globals: &NONE,
            catalogue: &CATALOGUE,
            secrets: crate::secrets::Secrets::Open(None),
            room: 0,
        };
        assert_eq!(
            holds(condition, About { flow: &flow, execution: &execution }, &world),
            Ok(expected),
            "{filter}"
        );
    }
}

#[test]
fn how_far_windows_look_back() {
    let since = |window: &str, at: &str| {
        let flow = flow_with(&format!(
            "    preconditions: {{id: p, timeWindow: {{{window}}}, flows: [{{namespace: team}}]}}"
        ));
        let TriggerKind::Flow(kind) = &flow.triggers[0].kind else { panic!("a flow trigger") };
        counts_since(kind.gatherings[0].window, at.parse().unwrap(), &ZONE).map(|it| it.to_string())
    };
    let at = "2024-02-29T10:15:30Z";
    assert_eq!(since("", at).unwrap(), "2024-02-29T00:00:00.000Z");
    assert_eq!(since("window: PT6H", at).unwrap(), "2024-02-29T06:00:00.000Z");
    assert_eq!(since("window: PT6H, windowAdvance: PT5H", at).unwrap(), "2024-02-29T05:00:00.000Z");
    assert_eq!(since("type: SLIDING_WINDOW, window: PT1H", at).unwrap(), "2024-02-29T09:15:30.000Z");
    assert_eq!(
        since("type: DAILY_TIME_DEADLINE, deadline: '11:00:00Z'", at).unwrap(),
        "2024-02-29T00:00:00.000Z"
    );
    assert_eq!(since("type: DAILY_TIME_DEADLINE, deadline: '10:00:00Z'", at), None);
    let daily = "type: DAILY_TIME_WINDOW, startTime: '10:00:00Z', endTime: '11:00:00Z'";
    assert_eq!(since(daily, at).unwrap(), "2024-02-29T10:00:00.000Z");
    assert_eq!(since(daily, "2024-02-29T09:59:59Z"), None);
    assert_eq!(since(daily, "2024-02-29T11:00:01Z"), None);
}

#[test]
fn what_is_refused_by_name() {
    let refused = |conditions: &str| {
        let source = format!(
            "id: f\nnamespace: n\ntasks: [{{id: a, type: io.kestra.plugin.core.debug.Return}}]\n\
             triggers:\n  - {{id: t, type: io.kestra.plugin.core.trigger.Webhook, key: k, conditions: [{conditions}]}}"
        );
        flow::parse(&source, &CATALOGUE).unwrap_err().to_string()
    };
    let holiday =
        |rest: &str| refused(&format!("{{type: io.kestra.plugin.core.condition.PublicHoliday, {rest}}}"));
    assert!(holiday("date: 2024-01-01").contains("conditions[0].country: must not be null"));
    assert!(
        holiday("country: XX")
            .contains("country: there is no calendar of public holidays for the country `XX`")
    );
    assert!(
        holiday("country: US, subDivision: CA")
            .contains("subDivision: the calendar of public holidays for US")
    );
    let multiple = "{type: io.kestra.plugin.core.condition.MultipleCondition, id: m, conditions: {}}";
    assert!(refused(multiple).contains("stands in the `conditions` of a flow trigger, and nowhere else"));
    let in_or = format!("{{type: io.kestra.plugin.core.condition.Or, conditions: [{multiple}]}}");
    assert!(refused(&in_or).contains("and nowhere else"));
    assert!(refused("{type: io.kestra.plugin.core.condition.Not}").contains("must not be null"));
    assert!(
        refused("{type: io.kestra.plugin.core.log.Log}")
            .contains("is a task, and a condition is expected here")
    );
}
