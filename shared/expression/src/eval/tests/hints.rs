//! What was meant is named as it has to be written, and a failure shows where it is.

use std::{
    borrow::Cow,
    sync::atomic::{AtomicUsize, Ordering},
};

use insta::assert_snapshot;
use serde_json::json;

use crate::{
    Environment, Error, Limits, Lookup, Map, Supplied, Template, Value, Variables,
    testing::{Root, with},
};

fn variables() -> Root {
    Root(json!({
        "inputs": {"greeting": "hi", "user-name": "x", "nested": {"deeper": 1}},
        "outputs": {"first": {"value": [1, 2]}, "second-task": {"uri": "u"}},
        "vars": {"empty": []}, "flow": {"id": "f"}, "labels": {"team": "a"},
    }))
}

fn explained(source: &str) -> String {
    let template = match Template::parse_property(source, || Some("tasks[3].format".into())) {
        Ok(template) => template,
        Err(error) => return error.explained(source),
    };
    let rendered = with(&variables(), &Supplied::new(), Limits::default(), |it| template.render(it));
    match rendered {
        Ok(text) => text,
        Err(Error::Failed(failure)) => failure.explained(),
        Err(Error::Needs(needs)) => format!("needs {needs:?}"),
    }
}

/// The hint of each: what stands behind the line of the message.
fn hints<const N: usize>(sources: [&str; N]) -> String {
    let lines = sources.map(|source| {
        let said = explained(source);
        let first = said.lines().next().unwrap_or_default().replace(source, "…");
        format!("{source}  ->  {first}\n")
    });
    lines.concat()
}

#[test]
fn the_whole_path_is_named() {
    assert_snapshot!(hints([
        "{{ greeting }}",
        "{{ greting }}",
        "{{ input.greeting }}",
        "{{ inputs.greting }}",
        "{{ inputs['greting'] }}",
        "{{ inputs.username }}",
        "{{ inputs.nested.deper }}",
        "{{ outputs['second_task'].uri }}",
        "{{ outputs.first.value[7] }}",
        "{{ vars.empty[0] }}",
        "{{ flow.id.lenght() }}",
        "{{ outputs.first.valeu }}",
        "{{ team }}",
        "{{ now }}",
        "{{ nothing_like_it }}",
        "{% set message = 1 %}{{ mesage }}",
        "{% macro hi(name) %}{{ nme }}{% endmacro %}{{ hi('a') }}",
        "{% macro hi(name) %}{% endmacro %}{{ hi(nam='a') }}",
        "{% macro greet() %}{% endmacro %}{{ greeet() }}",
        "{% block head %}{% endblock %}{{ block('haed') }}",
        "{{ inputs.greeting | uper }}",
        "{{ inputs.greeting | fromJson }}",
        "{{ upper(inputs.greeting) }}",
        "{{ inputs.greeting is defind }}",
        "{{ 1 | date(timezone='UTC') }}",
        "{{ 1 | date(zone='UTC') }}",
        "{{ range(1, 2, step=1) }}",
        "{% fro x in [] %}{% endfor %}",
    ]), @r#"
    {{ greeting }}  ->  Unable to find `greeting` used in the expression `…` at line 1 (did you mean `inputs.greeting`?)
    {{ greting }}  ->  Unable to find `greting` used in the expression `…` at line 1 (did you mean `inputs.greeting`?)
    {{ input.greeting }}  ->  Unable to find `input` used in the expression `…` at line 1 (did you mean `inputs`?)
    {{ inputs.greting }}  ->  Unable to find `greting` used in the expression `…` at line 1 (did you mean `inputs.greeting`?)
    {{ inputs['greting'] }}  ->  Unable to find `greting` used in the expression `…` at line 1 (did you mean `inputs.greeting`?)
    {{ inputs.username }}  ->  Unable to find `username` used in the expression `…` at line 1 (did you mean `inputs['user-name']`?)
    {{ inputs.nested.deper }}  ->  Unable to find `deper` used in the expression `…` at line 1 (did you mean `inputs.nested.deeper`?)
    {{ outputs['second_task'].uri }}  ->  Unable to find `second_task` used in the expression `…` at line 1 (did you mean `outputs['second-task']`?)
    {{ outputs.first.value[7] }}  ->  Unable to find `7` used in the expression `…` at line 1 (`outputs.first.value` has the items `[0]` to `[1]`)
    {{ vars.empty[0] }}  ->  Unable to find `0` used in the expression `…` at line 1 (`vars.empty` is empty)
    {{ flow.id.lenght() }}  ->  Unable to find `lenght` used in the expression `…` at line 1 (did you mean `flow.id.length()`?)
    {{ outputs.first.valeu }}  ->  Unable to find `valeu` used in the expression `…` at line 1 (did you mean `outputs.first.value`?)
    {{ team }}  ->  Unable to find `team` used in the expression `…` at line 1 (did you mean `labels.team`?)
    {{ now }}  ->  Unable to find `now` used in the expression `…` at line 1 (did you mean `now()`?)
    {{ nothing_like_it }}  ->  Unable to find `nothing_like_it` used in the expression `…` at line 1
    {% set message = 1 %}{{ mesage }}  ->  Unable to find `mesage` used in the expression `…` at line 1 (did you mean `message`?)
    {% macro hi(name) %}{{ nme }}{% endmacro %}{{ hi('a') }}  ->  Unable to find `nme` used in the expression `…` at line 1 (did you mean `name`?)
    {% macro hi(name) %}{% endmacro %}{{ hi(nam='a') }}  ->  io.pebbletemplates.pebble.error.PebbleException: The following named argument does not exist: nam (did you mean `name`?) (…:1)
    {% macro greet() %}{% endmacro %}{{ greeet() }}  ->  Function or Macro [greeet] does not exist. (did you mean `greet`?)
    {% block head %}{% endblock %}{{ block('haed') }}  ->  io.pebbletemplates.pebble.error.PebbleException: Block [haed] does not exist. (did you mean `head`?) (…:1)
    {{ inputs.greeting | uper }}  ->  Filter [uper] does not exist. (did you mean `upper`?)
    {{ inputs.greeting | fromJson }}  ->  Filter [fromJson] does not exist. (did you mean `toJson`?)
    {{ upper(inputs.greeting) }}  ->  Function or Macro [upper] does not exist. (it is a filter: write `x | upper`)
    {{ inputs.greeting is defind }}  ->  Test [defind] does not exist. (did you mean `defined`?)
    {{ 1 | date(timezone='UTC') }}  ->  The following named argument does not exist: timezone (did you mean `timeZone`?)
    {{ 1 | date(zone='UTC') }}  ->  The following named argument does not exist: zone (known are format, timeZone, existingFormat, locale)
    {{ range(1, 2, step=1) }}  ->  The following named argument does not exist: step (known are start, end, increment)
    {% fro x in [] %}{% endfor %}  ->  Unexpected tag name "fro" (did you mean `for`?)
    "#);
}

/// Counts how often somebody asks for all names, as only a hint does.
struct Counted(AtomicUsize);

impl Counted {
    fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Lookup for Counted {
    fn get(&self, _: usize, _: &str) -> Option<Value<'_>> {
        None
    }

    fn keys(&self, _: usize, _: usize) -> Vec<Cow<'_, str>> {
        self.count();
        vec!["name".into()]
    }
}

impl Variables for Counted {
    fn get(&self, name: &str) -> Option<Value<'_>> {
        (name == "inputs").then_some(Value::Map(Map::Lookup(self, 0)))
    }

    fn names(&self) -> Vec<Cow<'_, str>> {
        self.count();
        vec!["inputs".into()]
    }
}

/// A hint compares hundreds of names, and a loop may miss a hundred thousand times.
#[test]
fn only_a_miss_that_ends_the_rendering_has_a_hint() {
    let hints = [
        "inputs.nme ?? ''",
        "mising ?? inputs.nme ?? ''",
        "inputs.nme | upper | default('')",
        "inputs['nme'] is defined",
        "(inputs.nme ~ 'x') ?? ''",
        "[inputs.nme] ?? ''",
        "kv('a') | default(inputs.nme)",
        "kv('a') }}{{ inputs.nme",
        "inputs.nme ?? inputs.nme",
        "(inputs.nme + 1) ?? ''",
        "inputs.nme",
        "mising",
    ]
    .map(|source| {
        let counted = Counted(AtomicUsize::new(0));
        let environment = Environment {
            variables: &counted,
            supplied: &Supplied::new(),
            now: jiff::Timestamp::UNIX_EPOCH,
            zone: &jiff::tz::TimeZone::UTC,
            seed: 0,
            limits: Limits::default(),
        };
        let source = format!("{{% for i in 1..3 %}}{{{{ {source} }}}}{{% endfor %}}");
        let told = match Template::parse(&source).unwrap().render(&environment) {
            Ok(_) => "nothing".to_owned(),
            Err(error) => error.to_string().split(" (did").nth(1).map_or("no hint", |_| "a hint").to_owned(),
        };
        format!("{source}  ->  {told} after {} lists\n", counted.0.load(Ordering::Relaxed))
    });
    assert_snapshot!(hints.concat(), @"
    {% for i in 1..3 %}{{ inputs.nme ?? '' }}{% endfor %}  ->  nothing after 0 lists
    {% for i in 1..3 %}{{ mising ?? inputs.nme ?? '' }}{% endfor %}  ->  nothing after 0 lists
    {% for i in 1..3 %}{{ inputs.nme | upper | default('') }}{% endfor %}  ->  nothing after 0 lists
    {% for i in 1..3 %}{{ inputs['nme'] is defined }}{% endfor %}  ->  nothing after 0 lists
    {% for i in 1..3 %}{{ (inputs.nme ~ 'x') ?? '' }}{% endfor %}  ->  nothing after 0 lists
    {% for i in 1..3 %}{{ [inputs.nme] ?? '' }}{% endfor %}  ->  nothing after 0 lists
    {% for i in 1..3 %}{{ kv('a') | default(inputs.nme) }}{% endfor %}  ->  no hint after 0 lists
    {% for i in 1..3 %}{{ kv('a') }}{{ inputs.nme }}{% endfor %}  ->  no hint after 0 lists
    {% for i in 1..3 %}{{ inputs.nme ?? inputs.nme }}{% endfor %}  ->  a hint after 1 lists
    {% for i in 1..3 %}{{ (inputs.nme + 1) ?? '' }}{% endfor %}  ->  a hint after 1 lists
    {% for i in 1..3 %}{{ inputs.nme }}{% endfor %}  ->  a hint after 1 lists
    {% for i in 1..3 %}{{ mising }}{% endfor %}  ->  no hint after 2 lists
    ");
}

#[test]
fn a_failure_shows_its_place() {
    assert_snapshot!([
        "{{ inputs.greting }}",
        "first\n\tsecond {{ inputs.greeting }} {{ 'a' > 'b' }}\nthird",
        "{{ inputs.greeting | upper | slice(9) }}",
        "{{ 1 / 0 }}",
        "{{ render('{{ 1 }} {{ inputs.greting }}') }}",
        "{{ render('{{ render(\"{{ 1 | uper }}\") }}') }}",
        "{% for i in 1..3 %}\n  {{ i.x }}\n{% endfor %}",
        "{{ inputs.greeting | uper }}",
        "one\n{% if inputs.greeting %}\ntwo",
    ].map(|source| explained(source) + "\n\n").concat(), @"
    Unable to find `greting` used in the expression `{{ inputs.greting }}` at line 1 (did you mean `inputs.greeting`?)
      --> tasks[3].format, line 1, column 11
       | {{ inputs.greting }}
       |           ^^^^^^^

    io.pebbletemplates.pebble.error.PebbleException: Could not perform greater than comparison: invalid operands for mathematical comparison [GREATER_THAN] (first
    	second {{ inputs.greeting }} {{ 'a' > 'b' }}
    third:2)
      --> tasks[3].format, line 2, column 38
       |     second {{ inputs.greeting }} {{ 'a' > 'b' }}
       |                                         ^^^^

    io.pebbletemplates.pebble.error.PebbleException: slice from 9 to 2 is outside of 0 to 2 ({{ inputs.greeting | upper | slice(9) }}:1)
      --> tasks[3].format, line 1, column 30
       | {{ inputs.greeting | upper | slice(9) }}
       |                              ^^^^^^^^

    io.pebbletemplates.pebble.error.PebbleException: Could not perform division: / by zero ({{ 1 / 0 }}:1)
      --> tasks[3].format, line 1, column 6
       | {{ 1 / 0 }}
       |      ^^^

    Unable to find `greting` used in the expression `{{ 1 }} {{ inputs.greting }}` at line 1 (did you mean `inputs.greeting`?)
      --> tasks[3].format, in the text given to render(), line 1, column 19
       | {{ 1 }} {{ inputs.greting }}
       |                   ^^^^^^^

    io.pebbletemplates.pebble.error.ParserException: Filter [uper] does not exist. (did you mean `upper`?) ({{ 1 | uper }}:1)
      --> tasks[3].format, in the text given to render(), line 1, column 8
       | {{ 1 | uper }}
       |        ^^^^

    Unable to find `x` used in the expression `{% for i in 1..3 %}
      {{ i.x }}
    {% endfor %}` at line 2
      --> tasks[3].format, line 2, column 8
       |   {{ i.x }}
       |        ^

    Filter [uper] does not exist. (did you mean `upper`?)
      --> line 1, column 22
       | {{ inputs.greeting | uper }}
       |                      ^^^^

    Unexpected end of template: expected elseif or else or endif
      --> line 3, column 4
       | two
       |    ^
    ");
    // A failure that is not about a part of a template has no place.
    assert_eq!(crate::Failure::new("no").explained(), "no");
    let failure = crate::Failure { property: Some("tasks[0].timeout".into()), ..crate::Failure::new("no") };
    assert_eq!(failure.explained(), "no\n  --> tasks[0].timeout");
}
