//! Conditions of triggers and listeners: what has to be true of an execution, a flow or a moment.

use std::time::Duration;

use expression::Template;

use super::Label;
use crate::execution::State;

/// One condition. What renders sees the execution that it is about; dates are `{{ trigger.date }}` unless the flow says
/// otherwise.
#[derive(Debug, Clone)]
pub enum Condition {
    /// Strictly between two moments, of which one may be missing.
    DateTimeBetween {
        date: Template,
        after: Option<Template>,
        before: Option<Template>,
    },
    DayWeek {
        date: Template,
        day: Weekday,
    },
    DayWeekInMonth {
        date: Template,
        day: Weekday,
        which: DayInMonth,
    },
    /// Strictly between two times of day, of which one may be missing.
    TimeBetween {
        date: Template,
        after: Option<TimeOfDay>,
        before: Option<TimeOfDay>,
    },
    /// A Saturday or a Sunday.
    Weekend {
        date: Template,
    },
    /// A public holiday of a country, or of a part of it, by their codes.
    PublicHoliday {
        date: Template,
        country: Template,
        sub_division: Option<Template>,
    },
    /// It renders to a text that is neither blank nor `false`.
    Expression(Template),
    ExecutionFlow {
        namespace: String,
        flow_id: String,
    },
    ExecutionNamespace {
        namespace: String,
        comparison: Comparison,
    },
    ExecutionStatus(States),
    /// It has all of these.
    ExecutionLabels(Vec<Label>),
    /// As `Expression`, and false for an execution without flow outputs.
    ExecutionOutputs(Template),
    /// Some attempt of a task run that has several ended so.
    HasRetryAttempt(States),
    /// The flow with the trigger is this one.
    Flow {
        namespace: String,
        flow_id: String,
    },
    /// The flow with the trigger is in this namespace, or below it.
    FlowNamespace {
        namespace: String,
        prefix: bool,
    },
    /// None of these holds.
    Not(Vec<Condition>),
    /// One of these holds.
    Or(Vec<Condition>),
    /// An entry of `preconditions.flows`.
    Upstream {
        namespace: String,
        flow_id: Option<String>,
        /// None of them: any.
        states: Vec<State>,
        labels: Vec<Label>,
    },
    /// An entry of `preconditions.where`.
    Filters {
        operand: Operand,
        filters: Vec<Filter>,
    },
}

/// States that count, and states that do not. What is not given does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct States {
    pub within: Option<Vec<State>>,
    pub without: Option<Vec<State>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equals,
    Prefix,
    Suffix,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// Which of a month's days of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayInMonth {
    First,
    Second,
    Third,
    Fourth,
    Last,
}

/// A time of day, here or with an offset of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeOfDay {
    /// Milliseconds since midnight.
    pub millis: i64,
    /// Seconds east of UTC; `None` for the zone of the date it is compared with.
    pub offset_seconds: Option<i32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    And,
    Or,
}

/// One line of `preconditions.where`.
#[derive(Debug, Clone)]
pub struct Filter {
    pub field: Field,
    pub test: FilterTest,
    pub value: Option<Template>,
    pub values: Vec<String>,
}

/// What a filter looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    FlowId,
    Namespace,
    State,
    /// What `value` renders to.
    Expression,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterTest {
    EqualTo,
    NotEqualTo,
    In,
    NotIn,
    IsTrue,
    IsFalse,
    IsNull,
    IsNotNull,
    StartsWith,
    EndsWith,
    Regex,
    Contains,
}

/// Conditions that may become true one after the other, by different executions, within a time.
/// Kestra: `preconditions`, and `MultipleCondition`.
#[derive(Debug, Clone)]
pub struct Gathering {
    pub id: String,
    /// By their names.
    pub conditions: Vec<(String, Condition)>,
    pub window: TimeWindow,
    /// Whether it begins anew once all were true.
    pub reset_on_success: bool,
}

/// How long what became true stays so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeWindow {
    /// Until the next of these windows begins. They are counted from midnight of 1970-01-01, later by `advance`.
    Every { window: Duration, advance: Duration },
    /// For so long.
    Sliding { window: Duration },
    /// Until this time of day; nothing counts after it.
    Until { deadline: TimeOfDay },
    /// Between these times of day; nothing else counts.
    Between { start: TimeOfDay, end: TimeOfDay },
}

/// Bytes of a pattern of a filter: it is compiled each time.
pub const PATTERN_BYTES_MAX: usize = 1_000;
