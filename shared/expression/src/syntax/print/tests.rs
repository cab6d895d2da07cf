//! Printing and parsing are each other's way back.

mod trees;

use insta::assert_snapshot;
use proptest::prelude::*;

use crate::{
    Template,
    syntax::{parse, print, same},
};

fn printed<const N: usize>(sources: [&str; N]) -> String {
    let line = |source: &str| match Template::parse(source) {
        Ok(template) => format!("{source}  ->  {template}\n"),
        Err(error) => format!("{source}  ->  refused: {error}\n"),
    };
    sources.map(line).concat()
}

#[test]
fn parentheses_stand_only_where_they_are_needed() {
    assert_snapshot!(printed([
        "{{ ((a)+(b*c))-((d-e)) }}",
        "{{ (a + b) * c | upper }}",
        "{{ (a ~ b) | upper }}{{ a ~ (b | upper) }}{{ a | upper ~ b }}",
        "{{ -(a) + -(a.b) + (-a).b + -(a + b) }}",
        "{{ not (a and b) or not a }}",
        "{{ (a ? b : c) ? (d ? e : f) : (g ? h : i) }}",
        "{{ ([1,2])[0] ~ ({'a':1})['a'] ~ (a[0])['b'].c().d(1,2) }}",
        "{{ (a is not even) == (b is defined) }}",
    ]), @r##"
    {{ ((a)+(b*c))-((d-e)) }}  ->  {{ (a + b * c) - (d - e) }}
    {{ (a + b) * c | upper }}  ->  {{ (a + b) * c | upper }}
    {{ (a ~ b) | upper }}{{ a ~ (b | upper) }}{{ a | upper ~ b }}  ->  {{ (a ~ b) | upper }}{{ a ~ (b | upper) }}{{ a | upper ~ b }}
    {{ -(a) + -(a.b) + (-a).b + -(a + b) }}  ->  {{ -a + -a.b + (-a).b + -(a + b) }}
    {{ not (a and b) or not a }}  ->  {{ not (a and b) or not a }}
    {{ (a ? b : c) ? (d ? e : f) : (g ? h : i) }}  ->  {{ (a ? b : c) ? d ? e : f : g ? h : i }}
    {{ ([1,2])[0] ~ ({'a':1})['a'] ~ (a[0])['b'].c().d(1,2) }}  ->  {{ ([1, 2])[0] ~ ({'a': 1})['a'] ~ (a[0])['b'].c().d(1, 2) }}
    {{ (a is not even) == (b is defined) }}  ->  {{ (a is not even) == (b is defined) }}
    "##);
}

#[test]
fn spellings_are_one() {
    assert_snapshot!(printed([
        r#"{{ "a" ~ "it's" ~ 'say "no"' ~ 'it\'s' ~ '\\' ~ "\'" ~ 'no #{hole}' }}"#,
        r##"{{ "a#{b}c" ~ "#{'a'}" ~ "a#{'b'}c" ~ "\"#{ {} }" }}"##,
        "{{ 7L ~ 1.50 ~ 100.0 ~ TRUE ~ NONE ~ a equals b }}",
        "{{ now() ~ (a | date('x', timeZone='UTC')) }}",
        "{{ now('a', existingFormat='b') ~ (a | date(timeZone='UTC') | join() | join(',')) }}",
        "{%for  x in y%}{{-x-}}{%else%}none{%endfor%} {%if a%}1{%elseif b%}2{%else%}{%endif%}",
        "{%macro m(a,b=1)%}{{a}}{%endmacro m%}{{m(1,b=2)}}{%set x=m(2)%}",
        "{%block 'a b'%}x{%endblock%}{%block \"c\"%}{%endblock c%}{%filter upper|trim%}x{%endfilter%}",
    ]), @r####"
    {{ "a" ~ "it's" ~ 'say "no"' ~ 'it\'s' ~ '\\' ~ "\'" ~ 'no #{hole}' }}  ->  {{ 'a' ~ 'it\'s' ~ 'say "no"' ~ 'it\'s' ~ '\\' ~ "\'" ~ 'no #{hole}' }}
    {{ "a#{b}c" ~ "#{'a'}" ~ "a#{'b'}c" ~ "\"#{ {} }" }}  ->  {{ "a#{b}c" ~ "#{'a'}" ~ "#{'a'}b#{'c'}" ~ "\"#{{}}" }}
    {{ 7L ~ 1.50 ~ 100.0 ~ TRUE ~ NONE ~ a equals b }}  ->  {{ 7 ~ 1.5 ~ 100.0 ~ true ~ null ~ a == b }}
    {{ now() ~ (a | date('x', timeZone='UTC')) }}  ->  {{ now() ~ (a | date('x', 'UTC')) }}
    {{ now('a', existingFormat='b') ~ (a | date(timeZone='UTC') | join() | join(',')) }}  ->  {{ now('a', existingFormat='b') ~ (a | date(timeZone='UTC') | join | join(',')) }}
    {%for  x in y%}{{-x-}}{%else%}none{%endfor%} {%if a%}1{%elseif b%}2{%else%}{%endif%}  ->  {% for x in y %}{{ x }}{% else %}none{% endfor %} {% if a %}1{% elseif b %}2{% endif %}
    {%macro m(a,b=1)%}{{a}}{%endmacro m%}{{m(1,b=2)}}{%set x=m(2)%}  ->  {% macro m(a, b=1) %}{{ a }}{% endmacro %}{{ m(1, b=2) }}{% set x = m(2) %}
    {%block 'a b'%}x{%endblock%}{%block "c"%}{%endblock c%}{%filter upper|trim%}x{%endfilter%}  ->  {% block 'a b' %}x{% endblock %}{% block c %}{% endblock %}{% filter upper | trim %}x{% endfilter %}
    "####);
}

#[test]
fn text_stays_text() {
    assert_snapshot!(printed([
        "{ a }} %}",
        "a  {%- if b -%}  c {%- endif %}",
        "a{# one #}b",
        "{# all #}",
        "{%raw%} {{ a }} {%endraw%}{%verbatim%} {{ a }} {%endverbatim%}",
        "{ {{- a }}",
    ]), @r####"
    { a }} %}  ->  { a }} %}
    a  {%- if b -%}  c {%- endif %}  ->  a{% if b %}c{% endif %}
    a{# one #}b  ->  a{##}b
    {# all #}  ->  {##}
    {%raw%} {{ a }} {%endraw%}{%verbatim%} {{ a }} {%endverbatim%}  ->  {% raw %} {{ a }} {% endraw %}{% verbatim %} {{ a }} {% endverbatim %}
    { {{- a }}  ->  {% verbatim %}{{% endverbatim %}{{ a }}
    "####);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn a_tree_survives_being_printed((source, tree) in trees::any_tree()) {
        let printed = print(&source, &tree);
        let again = parse(&printed);
        let again = again.map_err(|error| TestCaseError::fail(format!("{error} in {printed}")))?;
        prop_assert!(same((&source, &tree), (&printed, &again)), "{printed}\n{tree:?}\n{again:?}");
    }
}
