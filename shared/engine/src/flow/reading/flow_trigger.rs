//! The trigger that listens to executions of other flows, and what it gathers.

use std::time::Duration;

use super::{Reading, bean::Bean, condition, path::Path, rendered, scalar};
use crate::{
    flow::{
        FlowTrigger, Rendered,
        condition::{
            Condition, Field, Filter, FilterTest, Gathering, Operand, PATTERN_BYTES_MAX, TimeWindow,
        },
    },
    yaml::{Kind, Node},
};

/// Its own properties.
pub(super) const KNOWN: [&str; 3] = ["inputs", "states", "preconditions"];
/// Those of a `MultipleCondition`.
pub(super) const MULTIPLE: [&str; 6] =
    ["id", "conditions", "timeWindow", "window", "windowAdvance", "resetOnSuccess"];
/// A window that says nothing of its length.
const WINDOW: Duration = Duration::from_hours(24);
/// Conditions that one window gathers. Kestra has no limit.
const GATHERED_MAX: usize = 100;

const FIELDS: [(&str, Field); 4] = [
    ("FLOW_ID", Field::FlowId),
    ("NAMESPACE", Field::Namespace),
    ("STATE", Field::State),
    ("EXPRESSION", Field::Expression),
];
const TESTS: [(&str, FilterTest); 12] = [
    ("EQUAL_TO", FilterTest::EqualTo),
    ("NOT_EQUAL_TO", FilterTest::NotEqualTo),
    ("IN", FilterTest::In),
    ("NOT_IN", FilterTest::NotIn),
    ("IS_TRUE", FilterTest::IsTrue),
    ("IS_FALSE", FilterTest::IsFalse),
    ("IS_NULL", FilterTest::IsNull),
    ("IS_NOT_NULL", FilterTest::IsNotNull),
    ("STARTS_WITH", FilterTest::StartsWith),
    ("ENDS_WITH", FilterTest::EndsWith),
    ("REGEX", FilterTest::Regex),
    ("CONTAINS", FilterTest::Contains),
];

/// The kinds of `timeWindow`.
#[derive(Debug, Clone, Copy)]
enum Window {
    Duration,
    Sliding,
    Deadline,
    Daily,
}

/// Its plain conditions, and the rest of it.
pub(super) fn read(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<(Vec<Condition>, FlowTrigger)> {
    let states = condition::states(reading, bean, "states").unwrap_or_else(|| FlowTrigger::STATES.to_vec());
    let inputs = inputs(reading, bean);
    let (conditions, mut gatherings) = condition::with_gatherings(reading, bean);
    if let Some(node) = bean.get("preconditions") {
        gatherings.push(preconditions(reading, node, &bean.path("preconditions"))?);
    }
    Some((conditions, FlowTrigger { states, inputs: inputs?, gatherings }))
}

fn inputs(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<Vec<(String, Rendered)>> {
    let Some(node) = bean.get("inputs") else {
        return Some(Vec::new());
    };
    let path = bean.path("inputs");
    let Kind::Map(entries) = &node.kind else {
        scalar::wrong(reading, node, &path, "a map");
        return None;
    };
    let read: Vec<_> = entries
        .iter()
        .map(|(key, value)| {
            let below = Path::Property { parent: &path, class: "java.util.LinkedHashMap", name: &key.text };
            Some((key.text.clone(), rendered::any(reading, value, &below)?))
        })
        .collect();
    read.into_iter().collect()
}

/// A `MultipleCondition`: conditions by name.
pub(super) fn multiple(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<Gathering> {
    bean.required(reading, "id");
    let id = bean.text(reading, "id");
    let path = bean.path("conditions");
    let mut conditions = Vec::new();
    if let Some(node) = bean.required(reading, "conditions") {
        if let Kind::Map(entries) = &node.kind {
            for (key, value) in entries {
                let below =
                    Path::Property { parent: &path, class: "java.util.LinkedHashMap", name: &key.text };
                conditions.extend(condition::one(reading, value, &below, 1).map(|it| (key.text.clone(), it)));
            }
        } else {
            scalar::wrong(reading, node, &path, "a map of conditions");
        }
    }
    let window = if bean.get("timeWindow").is_some() {
        time_window(reading, bean)
    } else {
        // The older form says it here.
        let window = bean.duration(reading, "window").filter(|it| !it.is_zero());
        let advance = bean.duration(reading, "windowAdvance").unwrap_or_default();
        Some(TimeWindow::Every { window: window.unwrap_or(WINDOW), advance })
    };
    gathering(reading, bean, id, conditions, window)
}

fn preconditions(reading: &mut Reading<'_>, node: &Node, path: &Path<'_>) -> Option<Gathering> {
    const CLASS: &str = "io.kestra.plugin.core.trigger.Flow$Preconditions";
    let bean =
        Bean::open(reading, node, path, CLASS, &[&["id", "timeWindow", "resetOnSuccess", "flows", "where"]])?;
    bean.required(reading, "id");
    let id = bean.text(reading, "id");
    let mut conditions = Vec::new();
    let flows = bean.path("flows");
    for (index, item) in bean.list(reading, "flows").iter().enumerate() {
        if let Some(upstream) = upstream(reading, item, &flows.item(index)) {
            conditions.push((format!("condition_{}", index + 1), upstream));
        }
    }
    let (path, before) = (bean.path("where"), conditions.len());
    for (index, item) in bean.list(reading, "where").iter().enumerate() {
        if let Some((id, filters)) = filters(reading, item, &path.item(index)) {
            conditions.push((format!("condition_{}_{id}", before + index + 1), filters));
        }
    }
    let window = time_window(reading, &bean);
    gathering(reading, &bean, id, conditions, window)
}

fn gathering(
    reading: &mut Reading<'_>,
    bean: &Bean<'_>,
    id: Option<String>,
    conditions: Vec<(String, Condition)>,
    window: Option<TimeWindow>,
) -> Option<Gathering> {
    if conditions.len() > GATHERED_MAX {
        let message = format!("{} conditions; {GATHERED_MAX} are taken", conditions.len());
        reading.problems.entity(bean.path, message, bean.at);
    }
    let reset_on_success = bean.boolean(reading, "resetOnSuccess").unwrap_or(true);
    Some(Gathering { id: id?, conditions, window: window?, reset_on_success })
}

fn upstream(reading: &mut Reading<'_>, node: &Node, path: &Path<'_>) -> Option<Condition> {
    const CLASS: &str = "io.kestra.plugin.core.trigger.Flow$UpstreamFlow";
    let bean = Bean::open(reading, node, path, CLASS, &[&["namespace", "flowId", "states", "labels"]])?;
    bean.required(reading, "namespace");
    let namespace = bean.text(reading, "namespace");
    let flow_id = bean.text(reading, "flowId");
    let states = condition::states(reading, &bean, "states").unwrap_or_default();
    let labels = condition::labels(reading, &bean);
    Some(Condition::Upstream { namespace: namespace?, flow_id, states, labels })
}

fn filters(reading: &mut Reading<'_>, node: &Node, path: &Path<'_>) -> Option<(String, Condition)> {
    const CLASS: &str = "io.kestra.plugin.core.trigger.Flow$ExecutionFilter";
    let bean = Bean::open(reading, node, path, CLASS, &[&["id", "operand", "filters"]])?;
    bean.required(reading, "id");
    let id = bean.text(reading, "id");
    let operand = bean.one_of(reading, "operand", &[("AND", Operand::And), ("OR", Operand::Or)]);
    if bean.required(reading, "filters").is_some() && bean.list(reading, "filters").is_empty() {
        reading.problems.entity(&bean.path("filters"), "must not be empty", bean.at);
    }
    let path = bean.path("filters");
    let items = bean.list(reading, "filters").iter().enumerate();
    let filters = items.filter_map(|(index, item)| filter(reading, item, &path.item(index))).collect();
    Some((id?, Condition::Filters { operand: operand.unwrap_or(Operand::And), filters }))
}

fn filter(reading: &mut Reading<'_>, node: &Node, path: &Path<'_>) -> Option<Filter> {
    const CLASS: &str = "io.kestra.plugin.core.trigger.Flow$Filter";
    let bean = Bean::open(reading, node, path, CLASS, &[&["field", "type", "value", "values"]])?;
    bean.required(reading, "field");
    bean.required(reading, "type");
    let field = bean.one_of(reading, "field", &FIELDS);
    let test = bean.one_of(reading, "type", &TESTS);
    let value = bean.template(reading, "value");
    let values = bean.texts(reading, "values").unwrap_or_default();
    if value.as_ref().is_some_and(|it| it.source().len() > PATTERN_BYTES_MAX) {
        let message = format!("size must be between 0 and {PATTERN_BYTES_MAX}");
        reading.problems.entity(&bean.path("value"), message, bean.at);
    }
    Some(Filter { field: field?, test: test?, value, values })
}

fn time_window(reading: &mut Reading<'_>, owner: &Bean<'_>) -> Option<TimeWindow> {
    const CLASS: &str = "io.kestra.core.models.triggers.TimeWindow";
    const KINDS: [(&str, Window); 4] = [
        ("DURATION_WINDOW", Window::Duration),
        ("SLIDING_WINDOW", Window::Sliding),
        ("DAILY_TIME_DEADLINE", Window::Deadline),
        ("DAILY_TIME_WINDOW", Window::Daily),
    ];
    const PROPERTIES: [&str; 6] = ["type", "deadline", "window", "windowAdvance", "startTime", "endTime"];
    let Some(node) = owner.get("timeWindow") else {
        return Some(TimeWindow::Every { window: WINDOW, advance: Duration::ZERO });
    };
    let path = owner.path("timeWindow");
    let bean = Bean::open(reading, node, &path, CLASS, &[&PROPERTIES])?;
    let kind = match bean.get("type") {
        Some(_) => bean.one_of(reading, "type", &KINDS)?,
        None => Window::Duration,
    };
    let window = bean.duration(reading, "window").filter(|it| !it.is_zero()).unwrap_or(WINDOW);
    match kind {
        Window::Duration => {
            let advance = bean.duration(reading, "windowAdvance").unwrap_or_default();
            Some(TimeWindow::Every { window, advance })
        }
        Window::Sliding => Some(TimeWindow::Sliding { window }),
        Window::Deadline => {
            bean.required(reading, "deadline");
            Some(TimeWindow::Until { deadline: condition::time(reading, &bean, "deadline")? })
        }
        Window::Daily => {
            bean.required(reading, "startTime");
            bean.required(reading, "endTime");
            let (start, end) =
                (condition::time(reading, &bean, "startTime"), condition::time(reading, &bean, "endTime"));
            Some(TimeWindow::Between { start: start?, end: end? })
        }
    }
}
