//! Whatever a template does, it ends.

use insta::assert_snapshot;
use proptest::prelude::{ProptestConfig, Strategy, prop, prop_assert, proptest};
use serde_json::Value as Json;

use crate::{
    Limits, Supplied, Template,
    testing::{evaluate, root, with},
};

/// At the default limits, in the stack of a test thread, without optimization: the worst place to be deep.
#[test]
fn recursion_ends_before_the_stack_does() {
    let nested =
        |open: &str, inner: &str, close: &str| format!("{}{inner}{}", open.repeat(90), close.repeat(90));
    let deep = format!("{{{{ {} }}}}", nested("[", "render(deep)", "]"));
    let templates = [
        format!("{{% set deep = '{deep}' %}}{{{{ render(deep) }}}}"),
        "{% macro f() %}{{ [1 | default(f())] }}{% endmacro %}{{ f() }}".to_owned(),
        "{% macro f() %}{% for i in 1..1 %}{% filter upper %}{% if yes ?? true %}{{ f() }}{% endif %}{% endfilter %}{% endfor %}{% endmacro %}{{ f() }}".to_owned(),
    ];
    for template in templates {
        let error = evaluate(&template, Limits::default()).unwrap_err();
        assert!(error.to_string().contains("Nested deeper than 100 levels"), "{error}");
    }
    for (open, close) in [
        ("{% if true %}", "{% endif %}"),
        ("{% for i in 1..1 %}", "{% endfor %}"),
        ("{% filter upper %}", "{% endfilter %}"),
    ] {
        assert_eq!(evaluate(&nested(open, "A", close), Limits::default()).unwrap(), "A");
    }
}

#[test]
fn every_limit_holds() {
    let small = Limits { fuel: 10_000, depth: 20, output_bytes: 1_000, needs: 2 };
    let failures = [
        "{{ 1..100000 }}",
        "{% for i in 1..9999 %}{% for j in 1..9999 %}{% endfor %}{% endfor %}",
        "{% set a = 'x' %}{% for i in 1..60 %}{% set a = a ~ a %}{% endfor %}",
        "{% set a = [1] %}{% for i in 1..60 %}{% set a = a + a %}{% endfor %}",
        "{% set a = [1] %}{% for i in 1..60 %}{% set a = [a, a] %}{% endfor %}",
        "{% set a = [1] %}{% for i in 1..60 %}{% set a = {'a': a} %}{% endfor %}",
        "{% set a = [1] %}{% for i in 1..60 %}{% set a = a | chunk(1) %}{% endfor %}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% block b %}{{ block('b') }}{% endblock %}",
        "{% set t = '{{ render(t) }}' %}{{ render(t) }}",
        "{{ (1..900) | join('-') }}",
        "{{ 'a' | indent(2000) }}",
        "{{ 'a' | replace({'': 'b', 'a': 'aaaaaaaaaa'}) | replace({'a': '12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890'}) }}",
        "{% for i in 1..500 %}{{ i }}{% endfor %}",
        "{{ [text, 'a', 'b', 'c', 1..90] }}",
        "{{ text | replace({'(a{1,900}){1,900}': ''}, regexp=true) }}",
        "{{ kv('a') }}{{ kv('b') }}{{ kv('a') }}{{ kv('c') }}",
    ]
    .map(|source| match evaluate(source, small) {
        Ok(value) => format!("{source}  ->  {value}\n"),
        Err(error) => format!("{source}  ->  {}\n", error.to_string().replace(source, "…")),
    });
    assert_snapshot!(failures.concat(), @"
    {{ 1..100000 }}  ->  io.pebbletemplates.pebble.error.PebbleException: Took more than 10000 steps (…:1)
    {% for i in 1..9999 %}{% for j in 1..9999 %}{% endfor %}{% endfor %}  ->  io.pebbletemplates.pebble.error.PebbleException: Took more than 10000 steps (…:1)
    {% set a = 'x' %}{% for i in 1..60 %}{% set a = a ~ a %}{% endfor %}  ->  io.pebbletemplates.pebble.error.PebbleException: Text longer than 1000 bytes (…:1)
    {% set a = [1] %}{% for i in 1..60 %}{% set a = a + a %}{% endfor %}  ->  io.pebbletemplates.pebble.error.PebbleException: Could not perform addition: Took more than 10000 steps (…:1)
    {% set a = [1] %}{% for i in 1..60 %}{% set a = [a, a] %}{% endfor %}  ->  io.pebbletemplates.pebble.error.PebbleException: Took more than 10000 steps (…:1)
    {% set a = [1] %}{% for i in 1..60 %}{% set a = {'a': a} %}{% endfor %}  ->  io.pebbletemplates.pebble.error.PebbleException: Value nested deeper than 20 levels (…:1)
    {% set a = [1] %}{% for i in 1..60 %}{% set a = a | chunk(1) %}{% endfor %}  ->  io.pebbletemplates.pebble.error.PebbleException: Value nested deeper than 20 levels (…:1)
    {% macro f() %}{{ f() }}{% endmacro %}{{ f() }}  ->  io.pebbletemplates.pebble.error.PebbleException: Nested deeper than 20 levels (…:1)
    {% block b %}{{ block('b') }}{% endblock %}  ->  io.pebbletemplates.pebble.error.PebbleException: Nested deeper than 20 levels (…:1)
    {% set t = '{{ render(t) }}' %}{{ render(t) }}  ->  io.pebbletemplates.pebble.error.PebbleException: Nested deeper than 20 levels ({{ render(t) }}:1)
    {{ (1..900) | join('-') }}  ->  io.pebbletemplates.pebble.error.PebbleException: Text longer than 1000 bytes (…:1)
    {{ 'a' | indent(2000) }}  ->  io.pebbletemplates.pebble.error.PebbleException: An indentation of 2000 bytes is too long (…:1)
    {{ 'a' | replace({'': 'b', 'a': 'aaaaaaaaaa'}) | replace({'a': '12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890'}) }}  ->  io.pebbletemplates.pebble.error.PebbleException: Text longer than 1000 bytes (…:1)
    {% for i in 1..500 %}{{ i }}{% endfor %}  ->  io.pebbletemplates.pebble.error.PebbleException: Text longer than 1000 bytes (…:1)
    {{ [text, 'a', 'b', 'c', 1..90] }}  ->  io.pebbletemplates.pebble.error.PebbleException: Value bigger than 1000 bytes (…:1)
    {{ text | replace({'(a{1,900}){1,900}': ''}, regexp=true) }}  ->  io.pebbletemplates.pebble.error.PebbleException: Invalid regular expression `(a{1,900}){1,900}`: Compiled regex exceeds size limit of 1048576 bytes. (…:1)
    {{ kv('a') }}{{ kv('b') }}{{ kv('a') }}{{ kv('c') }}  ->  needs 2 value(s) from outside
    ");
}

/// Templates that grow what they have, again and again.
fn greedy() -> impl Strategy<Value = String> {
    let grow = prop::sample::select(vec![
        "a ~ a",
        "a + a",
        "[a, a]",
        "{'k': a, 'l': a}",
        "a | replace({'x': 'xxxx'})",
        "a | json",
        "a | indent(99)",
        "[a] | merge([a])",
        "(1..99) | join(a | json)",
        "a | json | urlencode",
        "[[a, a], [a]] | flatten",
        "a | json | split('')",
        "a == a ? [a] : a",
        "fromJson(a | json)",
        "a | json | base64encode",
    ]);
    let step = grow.prop_map(|step| format!("{{% set a = {step} %}}"));
    let statements = prop::collection::vec(step, 1..4).prop_map(|steps| steps.concat());
    (statements, prop::sample::select(vec!["'x'", "['x']", "'x1x'"])).prop_map(|(body, start)| {
        format!("{{% set a = {start} %}}{{% for i in 1..50 %}}{body}{{% endfor %}}{{{{ a }}}}")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn evaluation_stays_within_its_limits(source in greedy()) {
        let limits = Limits { fuel: 20_000, depth: 50, output_bytes: 5_000, needs: 2 };
        let template = Template::parse(&source).unwrap();
        let text = with(&root(), &Supplied::new(), limits, |environment| template.render(environment));
        if let Ok(text) = text {
            prop_assert!(text.len() <= limits.output_bytes);
        }
        if let Ok(value) = with(&root(), &Supplied::new(), limits, |environment| template.evaluate(environment)) {
            prop_assert!(serde_json::from_str::<Json>(&value.to_string()).is_ok(), "it can be read back");
        }
    }

    #[test]
    fn fuel_runs_out_at_any_point(fuel in 0_u64..400) {
        let source = "{% for i in 1..9 %}{{ [i, text] | json | upper | split(',') | join('-') }}{% endfor %}";
        let limits = Limits { fuel, ..Limits::default() };
        match evaluate(source, limits) {
            Ok(_) => prop_assert!(fuel > 100),
            Err(error) => prop_assert!(error.to_string().contains("steps"), "{}", error),
        }
    }
}
