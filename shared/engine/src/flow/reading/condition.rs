//! `conditions` of triggers and listeners.

use expression::Template;

use super::{
    Reading, bean::Bean, label, path::Path, scalar, schedule::all_or_nothing, task::missing_type, types,
};
use crate::{
    execution::State,
    flow::{
        Label,
        condition::{Comparison, Condition, DayInMonth, Gathering, States, TimeOfDay, Weekday},
    },
    holidays::{Calendar, NoCalendar},
    yaml::Node,
};

const CLASS: &str = "io.kestra.core.models.conditions.Condition";
const PREFIX: &str = "io.kestra.plugin.core.condition.";
/// The date that conditions look at unless they name one.
const DATE: &str = "{{ trigger.date }}";
/// Conditions within conditions. Kestra has no limit.
const DEPTH_MAX: usize = 20;

const DAYS: [(&str, Weekday); 7] = [
    ("MONDAY", Weekday::Monday),
    ("TUESDAY", Weekday::Tuesday),
    ("WEDNESDAY", Weekday::Wednesday),
    ("THURSDAY", Weekday::Thursday),
    ("FRIDAY", Weekday::Friday),
    ("SATURDAY", Weekday::Saturday),
    ("SUNDAY", Weekday::Sunday),
];
const DAYS_IN_MONTH: [(&str, DayInMonth); 5] = [
    ("FIRST", DayInMonth::First),
    ("LAST", DayInMonth::Last),
    ("SECOND", DayInMonth::Second),
    ("THIRD", DayInMonth::Third),
    ("FOURTH", DayInMonth::Fourth),
];
const COMPARISONS: [(&str, Comparison); 3] =
    [("EQUALS", Comparison::Equals), ("PREFIX", Comparison::Prefix), ("SUFFIX", Comparison::Suffix)];

/// What stands in a list of conditions.
pub(super) enum Listed {
    One(Condition),
    Gathering(Gathering),
}

/// The `conditions` of an owner that listens to nothing.
pub(super) fn list(reading: &mut Reading<'_>, owner: &Bean<'_>) -> Vec<Condition> {
    some(reading, owner, "conditions", 0)
}

/// The same under another name.
pub(super) fn named(reading: &mut Reading<'_>, owner: &Bean<'_>, name: &str) -> Vec<Condition> {
    some(reading, owner, name, 0)
}

/// The `conditions` of a flow trigger, and those that gather.
pub(super) fn with_gatherings(
    reading: &mut Reading<'_>,
    owner: &Bean<'_>,
) -> (Vec<Condition>, Vec<Gathering>) {
    let path = owner.path("conditions");
    let (mut conditions, mut gatherings) = (Vec::new(), Vec::new());
    for (index, item) in owner.list(reading, "conditions").iter().enumerate() {
        match any(reading, item, &path.item(index), 0) {
            Some(Listed::One(condition)) => conditions.push(condition),
            Some(Listed::Gathering(gathering)) => gatherings.push(gathering),
            None => {}
        }
    }
    (conditions, gatherings)
}

fn some(reading: &mut Reading<'_>, owner: &Bean<'_>, name: &str, depth: usize) -> Vec<Condition> {
    let path = owner.path(name);
    let items = owner.list(reading, name);
    items
        .iter()
        .enumerate()
        .filter_map(|(index, item)| one(reading, item, &path.item(index), depth))
        .collect()
}

/// A condition that does not gather.
pub(super) fn one(
    reading: &mut Reading<'_>,
    node: &Node,
    path: &Path<'_>,
    depth: usize,
) -> Option<Condition> {
    match any(reading, node, path, depth)? {
        Listed::One(condition) => Some(condition),
        Listed::Gathering(_) => {
            let message =
                "a `MultipleCondition` stands in the `conditions` of a flow trigger, and nowhere else";
            reading.problems.entity(path, message, node.at);
            None
        }
    }
}

fn any(reading: &mut Reading<'_>, node: &Node, path: &Path<'_>, depth: usize) -> Option<Listed> {
    let opened = Bean::open_any(reading, node, path, CLASS)?;
    if depth > DEPTH_MAX {
        let message = format!("conditions stand in each other more than {DEPTH_MAX} deep");
        reading.problems.entity(path, message, node.at);
        return None;
    }
    let Some(given) = opened.get("type") else {
        missing_type(reading, path, "Condition", opened.at);
        return None;
    };
    let type_name = scalar::text(reading, given, &opened.path("type"))?;
    let canonical = types::core(&type_name);
    let Some(short) = canonical.as_deref().and_then(|it| it.strip_prefix(PREFIX)) else {
        return refuse(reading, &opened, &type_name, given);
    };
    let open = |reading: &mut Reading<'_>, known: &[&str]| {
        Bean::open(reading, node, path, canonical.as_deref().unwrap_or(CLASS), &[&["type"], known])
    };
    let condition = match short {
        "DateTimeBetween" | "DayWeek" | "DayWeekInMonth" | "TimeBetween" | "Weekend" => {
            let known: &[&str] = match short {
                "DayWeek" => &["date", "dayOfWeek"],
                "DayWeekInMonth" => &["date", "dayOfWeek", "dayInMonth"],
                "Weekend" => &["date"],
                _ => &["date", "after", "before"],
            };
            let bean = open(reading, known)?;
            of_a_date(reading, &bean, short)?
        }
        "PublicHoliday" => {
            let bean = open(reading, &["date", "country", "subDivision"])?;
            public_holiday(reading, &bean)?
        }
        "Expression" | "ExpressionCondition" | "VariableCondition" => {
            let bean = open(reading, &["expression"])?;
            Condition::Expression(required_template(reading, &bean, "expression")?)
        }
        "ExecutionFlow" | "FlowCondition" => {
            let bean = open(reading, &["namespace", "flowId"])?;
            let (namespace, flow_id) =
                (required_text(reading, &bean, "namespace"), required_text(reading, &bean, "flowId"));
            let (namespace, flow_id) = (namespace?, flow_id?);
            if short == "FlowCondition" {
                Condition::Flow { namespace, flow_id }
            } else {
                Condition::ExecutionFlow { namespace, flow_id }
            }
        }
        "ExecutionNamespace" => {
            let bean = open(reading, &["namespace", "comparison", "prefix"])?;
            let namespace = required_text(reading, &bean, "namespace");
            let named = bean.one_of(reading, "comparison", &COMPARISONS);
            let prefix = if bean.flag(reading, "prefix") { Comparison::Prefix } else { Comparison::Equals };
            Condition::ExecutionNamespace { namespace: namespace?, comparison: named.unwrap_or(prefix) }
        }
        "ExecutionStatus" => {
            let bean = open(reading, &["in", "notIn"])?;
            Condition::ExecutionStatus(within(reading, &bean))
        }
        "HasRetryAttempt" => {
            let bean = open(reading, &["in", "notIn"])?;
            Condition::HasRetryAttempt(within(reading, &bean))
        }
        "ExecutionLabels" => {
            let bean = open(reading, &["labels"])?;
            bean.required(reading, "labels");
            Condition::ExecutionLabels(labels(reading, &bean))
        }
        "ExecutionOutputs" => {
            let bean = open(reading, &["expression"])?;
            Condition::ExecutionOutputs(required_template(reading, &bean, "expression")?)
        }
        "FlowNamespaceCondition" => {
            let bean = open(reading, &["namespace", "prefix"])?;
            let namespace = required_text(reading, &bean, "namespace");
            let prefix = bean.flag(reading, "prefix");
            Condition::FlowNamespace { namespace: namespace?, prefix }
        }
        "Not" | "Or" => {
            let bean = open(reading, &["conditions"])?;
            if bean.required(reading, "conditions").is_some() && bean.list(reading, "conditions").is_empty() {
                reading.problems.entity(&bean.path("conditions"), "must not be empty", bean.at);
            }
            let conditions = some(reading, &bean, "conditions", depth + 1);
            if short == "Not" { Condition::Not(conditions) } else { Condition::Or(conditions) }
        }
        "MultipleCondition" => {
            let bean = open(reading, &super::flow_trigger::MULTIPLE)?;
            return super::flow_trigger::multiple(reading, &bean).map(Listed::Gathering);
        }
        // Kestra has no other.
        _ => return refuse(reading, &opened, &type_name, given),
    };
    Some(Listed::One(condition))
}

/// A condition that looks at a date.
fn of_a_date(reading: &mut Reading<'_>, bean: &Bean<'_>, short: &str) -> Option<Condition> {
    Some(match short {
        "DateTimeBetween" => {
            let (after, before) = (bean.template(reading, "after"), bean.template(reading, "before"));
            Condition::DateTimeBetween { date: date(reading, bean)?, after, before }
        }
        "DayWeek" => {
            let day = required_of(reading, bean, "dayOfWeek", &DAYS);
            Condition::DayWeek { date: date(reading, bean)?, day: day? }
        }
        "DayWeekInMonth" => {
            let day = required_of(reading, bean, "dayOfWeek", &DAYS);
            let which = required_of(reading, bean, "dayInMonth", &DAYS_IN_MONTH);
            Condition::DayWeekInMonth { date: date(reading, bean)?, day: day?, which: which? }
        }
        "TimeBetween" => {
            let (after, before) = (time(reading, bean, "after"), time(reading, bean, "before"));
            Condition::TimeBetween { date: date(reading, bean)?, after, before }
        }
        _ => Condition::Weekend { date: date(reading, bean)? },
    })
}

fn refuse<T>(reading: &mut Reading<'_>, bean: &Bean<'_>, type_name: &str, given: &Node) -> Option<T> {
    let why = types::refusal(reading, type_name, "condition");
    reading.problems.unknown_type(&bean.path("type"), type_name, why, given.at);
    None
}

/// What holds no expression has to name a calendar that there is.
fn public_holiday(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<Condition> {
    let date = date(reading, bean);
    let country = required_template(reading, bean, "country");
    let sub_division = bean.get("subDivision").map(|_| bean.template(reading, "subDivision"));
    let (date, country, sub_division) = (date?, country?, all_or_nothing(sub_division)?);
    let part = sub_division.as_ref().map(Template::literal);
    if let (Some(code), None | Some(Some(_))) = (country.literal(), part)
        && let Err(error) = Calendar::find(code, part.flatten())
    {
        let name = match error {
            NoCalendar::Country(_) => "country",
            NoCalendar::Region { .. } | NoCalendar::Whole(_) => "subDivision",
        };
        let at = bean.get(name).map_or(bean.at, |it| it.at);
        reading.problems.entity(&bean.path(name), error.to_string(), at);
        return None;
    }
    Some(Condition::PublicHoliday { date, country, sub_division })
}

fn date(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<Template> {
    match bean.get("date") {
        Some(_) => bean.template(reading, "date"),
        None => Some(Template::parse(DATE).expect("a constant")),
    }
}

fn required_text(reading: &mut Reading<'_>, bean: &Bean<'_>, name: &str) -> Option<String> {
    bean.required(reading, name);
    bean.text(reading, name)
}

fn required_template(reading: &mut Reading<'_>, bean: &Bean<'_>, name: &str) -> Option<Template> {
    bean.required(reading, name);
    bean.template(reading, name)
}

fn required_of<T: Copy>(
    reading: &mut Reading<'_>,
    bean: &Bean<'_>,
    name: &str,
    words: &[(&str, T)],
) -> Option<T> {
    bean.required(reading, name);
    bean.one_of(reading, name, words)
}

pub(super) fn labels(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Vec<Label> {
    label::read(reading, bean).into_iter().map(|(label, _)| label).collect()
}

fn within(reading: &mut Reading<'_>, bean: &Bean<'_>) -> States {
    States { within: states(reading, bean, "in"), without: states(reading, bean, "notIn") }
}

/// A list of states by their names.
pub(super) fn states(reading: &mut Reading<'_>, bean: &Bean<'_>, name: &str) -> Option<Vec<State>> {
    bean.get(name)?;
    let words = State::ALL.map(|state| (state.name(), state));
    let path = bean.path(name);
    let items = bean.list(reading, name).iter().enumerate();
    Some(items.filter_map(|(index, item)| scalar::one_of(reading, item, &path.item(index), &words)).collect())
}

/// `16:19:12+02:00`, `08:00Z`, or `08:00` in the zone of what it is compared with.
pub(super) fn time(reading: &mut Reading<'_>, bean: &Bean<'_>, name: &str) -> Option<TimeOfDay> {
    let text = bean.text(reading, name)?;
    let read = time_of_day(text.trim());
    if read.is_none() {
        let message =
            format!("`{}` is not a time of day such as 16:19:12+02:00 or 08:00Z", scalar::cut(&text));
        reading.problems.wrong_kind(&bean.path(name), message, bean.get(name).map_or(bean.at, |it| it.at));
    }
    read
}

fn time_of_day(text: &str) -> Option<TimeOfDay> {
    let (time, offset_seconds) = if let Some(time) = text.strip_suffix(['Z', 'z']) {
        (time, Some(0))
    } else if let Some(at) = text.rfind(['+', '-']) {
        let (hours, minutes) = text[at + 1..].split_once(':').unwrap_or((&text[at + 1..], "0"));
        let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
        if !(0..=18).contains(&hours) || !(0..60).contains(&minutes) {
            return None;
        }
        let seconds = hours * 3_600 + minutes * 60;
        (&text[..at], Some(if text[at..].starts_with('-') { -seconds } else { seconds }))
    } else {
        (text, None)
    };
    let time: jiff::civil::Time = time.parse().ok()?;
    let seconds = i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    Some(TimeOfDay { millis: seconds * 1_000 + i64::from(time.millisecond()), offset_seconds })
}
