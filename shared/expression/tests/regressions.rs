//! Inputs that once broke a promise, or easily could, against the promises that the fuzz targets hold any input to:
//! what the fuzzers find is added here.

use std::borrow::Cow;

use expression::{Environment, Error, Limits, Supplied, Template, Value, Variables};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value as Json, json};

/// What a tree could lose on its way through its source.
const PARSED: [&str; 16] = [
    // A brace that would open an expression together with the next one.
    "{ {{- a }}",
    "{ {%- if a %}{% raw %}{{% endraw %}{% endif %}",
    "a{# one #}b{# two #}{% verbatim %}{{% endverbatim %}{# three #}",
    // Text that must stay text.
    "{% verbatim %}{{ a }}{% endverbatim %}b{% verbatim %}{%{% endverbatim %}",
    "{#-#} a",
    // Backslashes, which escape the quotes around them and nothing else.
    r#"{{ 'a\\' ~ "b\\" ~ '\\\'' ~ "\'" ~ '\"' ~ "\#{a}" }}"#,
    // Literals in holes beside the text around them.
    r###"{{ "#{'a'}#{"b"}c" ~ "##{a}#" ~ "#{''}" ~ "#{"#{a}"}" ~ "#{ {'a': {}} }" }}"###,
    // A name that only quotes can hold, and none at all.
    r#"{% block "it's" %}{% endblock %}{% block '' %}{% endblock %}{% block 'a\'b' %}{% endblock %}"#,
    // Numbers that need more digits than most.
    "{{ 0.00000000000000000000000000000000000000000000000001 ~ 123456789012345678901234567890.0 ~ 9223372036854775807 }}",
    // Words that are names in one place and operators in another.
    "{{ a.or.not.is['in'] }}{% for in in contains_ %}{{ in }}{% endfor %}",
    "{{ - - +-a }}{{ not not a }}{{ -a.b }}{{ (-a).b }}",
    "{{ (a is even) + 1 is odd | upper ~ (b | lower) }}",
    "{{ a ?? (b ?? c) .. (d ??? e) }}{{ (a ? b : c) ? (d ? e : f) : (g ? h : i) }}",
    // Numbers of macros and blocks follow from where they are first seen.
    "{{ b(a()) }}{% macro a() %}{% macro b(x=a()) %}{% endmacro %}{{ b() }}{% endmacro %}",
    "{% block a %}{% block b %}{% endblock %}{% endblock %}{% block a %}1{% endblock %}{{ block('a') }}",
    "{{ now(locale='en', format='a') ~ (a | date(existingFormat='x', format='y')) }}",
];

/// What could take a rendering beyond its limits, or make it differ from one time to the next.
const EVALUATED: [&str; 10] = [
    "{% macro m(x) %}{{ m(x) }}{% endmacro %}{{ m(1) }}",
    "{% block a %}{{ block('a') }}{% endblock %}",
    "{{ render('{{ render(text) }}{{ uuid() }}', recursive=true) }}",
    "{% set x = [] %}{% for i in 1..1000 %}{% set x = [x, x] %}{% endfor %}{{ x }}",
    "{% set x = 'ab' %}{% for i in 1..1000 %}{% set x = x ~ x %}{% endfor %}{{ x | length }}",
    "{{ 1..9223372036854775807 }}",
    "{{ list | jq('def f: f, f; f') }}{{ list | jq('[recurse(.)]') }}",
    "{{ text | replace({'(a*)*$': '$1'}, regexp=true) }}{{ text | split('(.*)*', 2) }}",
    "{{ half | numberFormat('#,##0.00####################################') }}",
    "{{ -9223372036854775807 - 1 }}{{ (-9223372036854775807 - 1) / -1 }}{{ (-9223372036854775807 - 1) | abs }}",
];

const LIMITS: Limits = Limits { fuel: 20_000, depth: 100, output_bytes: 64 << 10, needs: 10 };

struct Root(Json);

impl Variables for Root {
    fn get(&self, name: &str) -> Option<Value<'_>> {
        self.0.get(name).map(Value::from)
    }

    fn names(&self) -> Vec<Cow<'_, str>> {
        self.0.as_object().into_iter().flat_map(|map| map.keys()).map(|name| name.as_str().into()).collect()
    }
}

#[test]
fn what_is_printed_and_parsed_again_is_the_same() {
    for source in PARSED.into_iter().chain(EVALUATED) {
        let template = Template::parse(source).unwrap_or_else(|error| panic!("{source}: {error}"));
        let printed = template.to_string();
        assert_eq!(Template::parse(&printed).as_ref(), Ok(&template), "{source} was printed as {printed}");
    }
}

#[test]
fn trees_that_differ_are_not_the_same() {
    for (one, other) in [
        ("{{ a + b * c }}", "{{ (a + b) * c }}"),
        ("{{ 'a' }}", "{{ \"#{'a'}\" }}"),
        ("a{# #}b", "{# #}ab"),
        ("{{ a.b }}", "{{ a['b'] }}"),
        ("{{ a | default }}", "{{ a | default('') }}"),
        ("{% raw %}a{% endraw %}", "{% verbatim %}a{% endverbatim %}"),
        ("{% block a %}1{% endblock %}", "{% block a %}2{% endblock %}"),
        ("{% macro a() %}{% endmacro %}", "{% macro a(b) %}{% endmacro %}"),
    ] {
        let parsed = |source| Template::parse(source).expect("a template");
        assert_ne!(parsed(one), parsed(other));
    }
}

#[test]
fn the_same_is_answered_twice_within_the_limits() {
    let root =
        Root(json!({"text": "{{ render(text) }}aaaaaaaaaaaaaaaaaaaab", "list": [1, [2]], "half": 0.5}));
    let supplied = Supplied::new();
    let environment = Environment {
        variables: &root,
        supplied: &supplied,
        now: Timestamp::UNIX_EPOCH,
        zone: &TimeZone::UTC,
        seed: 7,
        limits: LIMITS,
    };
    for source in EVALUATED {
        let template = Template::parse(source).expect("a template");
        let once = template.evaluate(&environment);
        assert_eq!(once, template.evaluate(&environment), "{source}");
        match once {
            Ok(value) => assert!(value.to_string().len() <= 2 * LIMITS.output_bytes, "{source}"),
            Err(Error::Failed(failure)) => assert!(failure.span.end <= source.len(), "{source}"),
            Err(Error::Needs(needs)) => panic!("{source} asks for {needs:?}"),
        }
    }
}
