//! What Roundtrip answers otherwise on purpose, with the reason.
//!
//! A case named here may fall short; one that does not is a failure, so that the list shrinks.

use crate::shortfall::Shortfall;

/// Cases, by [`Case::key`](crate::case::Case::key).
pub(crate) const CASES: &[(&str, &str)] = &[
    (
        "minimal.yaml skip-execution",
        "There is no list of executions that a server must not touch: an execution that does harm is killed.",
    ),
    (
        "duplicate.yaml FlowTest#duplicate",
        "What is wrong with a flow is told one by one, each with its line, and not as one text.",
    ),
    (
        "inputs-large.yaml 200000-chars",
        "An execution has no limit of 1 MiB that a long input would reach on the way: it is kept compressed.",
    ),
    (
        "flowable-with-parent-fail.yaml BadFlowableTest#flowableWithParentFail",
        "An expression that cannot be read is refused with its place when the flow is created, and not when it runs.",
    ),
    (
        "plugin-defaults.yaml PluginDefaultsCaseTest#taskDefaults",
        "Task types from outside run work and do not steer an execution, so that its end never depends on foreign code.",
    ),
    ("http-listen.yaml plugin.core.http.TriggerTest#trigger", POLLING),
    ("http-listen-encrypted.yaml plugin.core.http.TriggerTest#trigger_EncryptedBody", POLLING),
];

const POLLING: &str =
    "Nothing is called again and again to see whether it has changed: that other system calls a webhook.";

/// Several pieces of output where a value is wanted.
const PIECES: &str =
    "What renders to a text is that text wherever a value is wanted, too, whatever its pieces are.";

/// Expressions, as they are written.
pub(crate) const EXPRESSIONS: &[(&str, &str)] = &[
    ("{{ list contains 3 }}", "A list has an integer that is written in it, whatever Java would keep it in."),
    ("{% for x in list %}{{ x }},{% endfor %}", PIECES),
    (
        "{% for x in ll %}{{ loop.index }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.revindex }} {% endfor %}",
        PIECES,
    ),
    ("{% for k in m.keySet() %}{{ k }} {% endfor %}", PIECES),
    ("{% macro hi(a, b='y') %}<{{ a }}|{{ b }}>{% endmacro %}{{ hi('x') }}{{ hi(b='1', a='2') }}", PIECES),
    ("x{{ i }}{{ i }}", PIECES),
    ("{{ i }}{{ i }}", PIECES),
];

/// So many of a hundred cases may be different.
const CASES_MAX_PERCENT: usize = 5;
/// So many of a hundred expressions.
const EXPRESSIONS_MAX_PERCENT: usize = 3;

/// What is wrong with the list of cases.
pub(crate) fn of_cases(keys: &[String]) -> Option<Shortfall> {
    wrong(CASES, keys, CASES_MAX_PERCENT)
}

/// What is wrong with the list of expressions.
pub(crate) fn of_expressions(keys: &[String]) -> Option<Shortfall> {
    wrong(EXPRESSIONS, keys, EXPRESSIONS_MAX_PERCENT)
}

/// A difference names something that is there, and few do.
fn wrong(list: &[(&str, &str)], keys: &[String], max_percent: usize) -> Option<Shortfall> {
    let strangers = list.iter().filter(|(named, _)| !keys.iter().any(|key| key == named));
    let mut problems: Vec<String> = strangers.map(|(named, _)| format!("there is no `{named}`")).collect();
    if list.len() * 100 > keys.len() * max_percent {
        problems.push(format!("{} of {} are more than {max_percent} %", list.len(), keys.len()));
    }
    if problems.is_empty() { None } else { Some(Shortfall::Differs(problems)) }
}

/// The reason why this one may be different.
pub(crate) fn reason(list: &'static [(&str, &str)], key: &str) -> Option<&'static str> {
    list.iter().find(|(named, _)| *named == key).map(|(_, reason)| *reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_names_what_is_there_and_few_do() {
        let keys: Vec<String> = (0..40).map(|number| format!("a{number}.yaml x")).collect();
        let wrong = |list: &[(&str, &str)]| wrong(list, &keys, 5).map(|it| it.to_string());
        assert_eq!(wrong(&[("a0.yaml x", "because"), ("a1.yaml x", "because")]), None);
        assert_eq!(wrong(&[("b.yaml x", "because")]).as_deref(), Some("there is no `b.yaml x`"));
        let three = [("a0.yaml x", ""), ("a1.yaml x", ""), ("a2.yaml x", "")];
        assert_eq!(wrong(&three).as_deref(), Some("3 of 40 are more than 5 %"));
    }
}
