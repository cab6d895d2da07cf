//! The `query` of a search: conditions joined with AND, over what is known of every workflow.

pub(super) mod tasks;

use engine::{
    conductor::WorkflowStatus,
    execution::Execution,
    flow::{Label, label::CORRELATION_ID},
    id::ExecutionId,
    time::Timestamp,
};
use service::{ExecutionQuery, Service};

use super::{
    asked::is_given,
    error::refused,
    wire::{self, name::Named},
};
use crate::error::Error;

/// Values of one `IN`.
const VALUES_MAX: usize = 100;
const FIELDS: &str = "workflowType, version, status, workflowId, correlationId, startTime";

/// What a workflow has to be.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Query {
    types: Option<Vec<String>>,
    statuses: Option<Vec<WorkflowStatus>>,
    correlation: Option<Vec<String>>,
    /// Neither is in the index: workflows are read for them.
    versions: Option<Vec<u32>>,
    ids: Option<Vec<ExecutionId>>,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Query {
    /// Reads `workflowType = 'a' AND status IN (RUNNING,PAUSED) AND startTime > 1720761222140`.
    ///
    /// # Errors
    /// 400: which condition, and what would be right.
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        let mut query = Self::default();
        for condition in conditions(text) {
            query.add(&condition)?;
        }
        Ok(query)
    }

    /// Those of that name and correlation id, also those that have ended when `closed`.
    pub(super) fn correlated(name: &str, correlation: &str, closed: bool) -> Self {
        let open = vec![WorkflowStatus::Running, WorkflowStatus::Paused];
        Self {
            types: Some(vec![name.to_owned()]),
            correlation: Some(vec![correlation.to_owned()]),
            statuses: (!closed).then_some(open),
            ..Self::default()
        }
    }

    /// Those of that name that have not ended.
    pub(super) fn running(
        name: &str,
        version: Option<u32>,
        (from, until): (Option<Timestamp>, Option<Timestamp>),
    ) -> Self {
        Self {
            types: Some(vec![name.to_owned()]),
            statuses: Some(vec![WorkflowStatus::Running, WorkflowStatus::Paused]),
            versions: version.map(|it| vec![it]),
            from,
            until,
            ..Self::default()
        }
    }

    fn add(&mut self, text: &str) -> Result<(), Error> {
        let (field, compared, values) = split(text)
            .ok_or_else(|| refused(format!("`{text}` is no condition; one is written field = value, field IN (a,b), field > value or field < value")))?;
        let is = compared == Compared::Is;
        match field {
            "workflowType" if is => narrow(&mut self.types, values),
            "correlationId" if is => narrow(&mut self.correlation, values),
            "status" if is => {
                let read = |it: &String| {
                    WorkflowStatus::from_name(it).ok_or_else(|| {
                        let all = WorkflowStatus::ALL.map(WorkflowStatus::name).join(", ");
                        refused(format!("`status` is `{it}`; it has to be one of {all}"))
                    })
                };
                narrow(&mut self.statuses, values.iter().map(read).collect::<Result<_, _>>()?);
            }
            "version" if is => {
                let read = |it: &String| {
                    it.parse()
                        .map_err(|_| refused(format!("`version` is `{it}`; it has to be a whole number")))
                };
                narrow(&mut self.versions, values.iter().map(read).collect::<Result<_, _>>()?);
            }
            // A text that is no id is the id of no workflow.
            "workflowId" if is => {
                narrow(&mut self.ids, values.iter().filter_map(|it| it.parse().ok()).collect());
            }
            "startTime" if !is => {
                let at = values.first().and_then(|it| moment(it)).ok_or_else(|| {
                    refused(format!("`{text}`: a time is written in milliseconds since 1970, or as 2024-07-12T05:13:42.140Z"))
                })?;
                if compared == Compared::More {
                    self.from = Some(self.from.map_or(at, |it| it.max(at)));
                } else {
                    self.until = Some(self.until.map_or(at, |it| it.min(at)));
                }
            }
            "workflowType" | "correlationId" | "status" | "version" | "workflowId" => {
                return Err(refused(format!("`{text}`: `{field}` is compared with = or IN")));
            }
            "startTime" => return Err(refused(format!("`{text}`: `startTime` is compared with > or <"))),
            other => {
                return Err(refused(format!(
                    "workflows cannot be searched by `{other}`; they can by {FIELDS}"
                )));
            }
        }
        Ok(())
    }

    /// What the index finds; [`Self::fits`] says the rest.
    pub(super) fn of_index(&self, service: &Service) -> ExecutionQuery {
        let types = self.types.iter().flatten();
        // Several correlation ids are looked for among all workflows.
        let labels = match self.correlation.as_deref() {
            Some([one]) => vec![Label::new(CORRELATION_ID, one.as_str())],
            Some(_) | None => Vec::new(),
        };
        ExecutionQuery {
            flows: types
                .map(|it| service.workflow_named(it))
                .map(|(namespace, id)| (namespace.to_owned(), id.to_owned()))
                .collect(),
            statuses: self.statuses.clone().unwrap_or_default(),
            labels,
            start: self.from,
            started_until: self.until,
            ..ExecutionQuery::default()
        }
    }

    /// The workflows it names, when it does.
    pub(super) fn ids(&self) -> Option<&[ExecutionId]> {
        self.ids.as_deref()
    }

    /// Whether the index alone cannot say what fits.
    pub(super) fn has_to_read(&self) -> bool {
        // To the index, none is all.
        let is_none = self.types.as_ref().is_some_and(Vec::is_empty)
            || self.statuses.as_ref().is_some_and(Vec::is_empty);
        let several = self.correlation.as_ref().is_some_and(|it| it.len() != 1);
        self.versions.is_some() || self.ids.is_some() || several || is_none
    }

    pub(super) fn fits(&self, execution: &Execution, named: &Named) -> bool {
        fn holds<T>(given: Option<&Vec<T>>, holds: impl Fn(&T) -> bool) -> bool {
            given.is_none_or(|all| all.iter().any(holds))
        }
        let started = execution.state.first().date;
        let correlation = wire::correlation_id(execution);
        holds(self.types.as_ref(), |it| *it == named.name)
            && holds(self.versions.as_ref(), |it| *it == named.version)
            && holds(self.ids.as_ref(), |it| *it == execution.id)
            && holds(self.statuses.as_ref(), |it| *it == WorkflowStatus::of(execution))
            && holds(self.correlation.as_ref(), |it| Some(it.as_str()) == correlation)
            && self.from.is_none_or(|it| started >= it)
            && self.until.is_none_or(|it| started <= it)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compared {
    Is,
    More,
    Less,
}

/// All of several conditions on one field hold.
fn narrow<T: PartialEq>(known: &mut Option<Vec<T>>, values: Vec<T>) {
    match known {
        Some(known) => known.retain(|it| values.contains(it)),
        None => *known = Some(values),
    }
}

fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok().map(Timestamp::from_millis).or_else(|| text.parse().ok())
}

/// Splits at each AND that stands outside of quotes.
fn conditions(text: &str) -> Vec<String> {
    let mut all = vec![Vec::new()];
    let mut quote = None;
    for word in text.split_whitespace() {
        if quote.is_none() && word.eq_ignore_ascii_case("and") {
            all.push(Vec::new());
            continue;
        }
        for character in word.chars().filter(|it| matches!(it, '\'' | '"')) {
            match quote {
                None => quote = Some(character),
                Some(open) if open == character => quote = None,
                Some(_) => {}
            }
        }
        if let Some(last) = all.last_mut() {
            last.push(word);
        }
    }
    let all = all.into_iter().map(|words| words.join(" "));
    all.filter(|it| is_given(it) && it != "*").collect()
}

/// Field, comparison and values; none when it is written otherwise.
fn split(text: &str) -> Option<(&str, Compared, Vec<String>)> {
    let end = text.find(|it: char| !it.is_ascii_alphanumeric() && it != '_')?;
    let (field, rest) = text.split_at(end);
    let rest = rest.trim_start();
    let one = |rest: &str| Some(vec![unquoted(rest)?]);
    if let Some(rest) = rest.strip_prefix('=') {
        return Some((field, Compared::Is, one(rest)?));
    }
    if let Some(rest) = rest.strip_prefix('>') {
        return Some((field, Compared::More, one(rest.strip_prefix('=').unwrap_or(rest))?));
    }
    if let Some(rest) = rest.strip_prefix('<') {
        return Some((field, Compared::Less, one(rest.strip_prefix('=').unwrap_or(rest))?));
    }
    let (word, list) = rest.split_at_checked(2)?;
    let list = list.trim_start().strip_prefix('(')?.strip_suffix(')')?;
    let values: Option<Vec<String>> = list.split(',').map(unquoted).collect();
    let values = values.filter(|it| word.eq_ignore_ascii_case("in") && it.len() <= VALUES_MAX)?;
    Some((field, Compared::Is, values))
}

/// A value, without the quotes around it; none when it is empty.
fn unquoted(text: &str) -> Option<String> {
    let text = text.trim();
    let inner = ['\'', '"'].into_iter().find_map(|it| text.strip_prefix(it)?.strip_suffix(it));
    Some(inner.unwrap_or(text).to_owned()).filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_joined_with_and() {
        let query = Query::read(
            "workflowType = 'a b' AND status IN (RUNNING, \"PAUSED\") and startTime > 5 AND startTime<9",
        )
        .unwrap();
        let expected = Query {
            types: Some(vec!["a b".to_owned()]),
            statuses: Some(vec![WorkflowStatus::Running, WorkflowStatus::Paused]),
            from: Some(Timestamp::from_millis(5)),
            until: Some(Timestamp::from_millis(9)),
            ..Query::default()
        };
        assert_eq!(query, expected);
        assert_eq!(Query::read(" ").unwrap(), Query::default());
        assert_eq!(Query::read("*").unwrap(), Query::default());
        let twice = Query::read("version IN (1,2) AND version = 2").unwrap();
        assert_eq!(twice.versions, Some(vec![2]));
    }

    #[test]
    fn what_cannot_be_asked_is_said() {
        for text in [
            "status",
            "status = ",
            "status = SUCCESS",
            "status > RUNNING",
            "taskType = 'a'",
            "version = x",
            "startTime = 5",
            "startTime > yesterday",
            "workflowType IN a",
            "workflowType LIKE 'a'",
        ] {
            assert!(Query::read(text).is_err(), "{text}");
        }
    }
}
