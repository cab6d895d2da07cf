//! What expressions give and how they fail.

mod hints;
mod hostile;
mod limits;
mod needs;

use std::{borrow::Cow, sync::Mutex};

use insta::{assert_debug_snapshot, assert_snapshot};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;

use crate::{
    Environment, Limits, Lookup, Map, Supplied, Template, Value, Variables,
    testing::{root, table, with},
};

#[test]
fn attributes_and_indexes() {
    assert_snapshot!(table([
        "map.a",
        "map['b-c']",
        "map.size",
        "list[0] ~ list['1']",
        "list.size ~ list.size() ~ text.length()",
        "text.toUpperCase()",
        "text.contains('ell')",
        "map.keySet()",
        "map.get('a')",
        "map.aa",
        "map['b-d']",
        "txt",
        "txet",
        "list[3]",
        "list[-1]",
        "map[1]",
        "({})[0]",
        "nothing.a",
        "map.nul.a.b",
        "one.a",
        "text.substring(1)",
        "missing.a.b",
    ]), @r#"
    map.a  ->  1
    map['b-c']  ->  "x"
    map.size  ->  99
    list[0] ~ list['1']  ->  "31"
    list.size ~ list.size() ~ text.length()  ->  "335"
    text.toUpperCase()  ->  "HELLO"
    text.contains('ell')  ->  true
    map.keySet()  ->  ["a","b-c","size","nul"]
    map.get('a')  ->  1
    map.aa  ->  failed: Unable to find `aa` used in the expression `…` at line 1 (did you mean `map.a`?)
    map['b-d']  ->  failed: Unable to find `b-d` used in the expression `…` at line 1 (did you mean `map['b-c']`?)
    txt  ->  failed: Unable to find `txt` used in the expression `…` at line 1 (did you mean `text`?)
    txet  ->  failed: Unable to find `txet` used in the expression `…` at line 1 (did you mean `text`?)
    list[3]  ->  failed: Unable to find `3` used in the expression `…` at line 1 (`list` has the items `[0]` to `[2]`)
    list[-1]  ->  failed: Unable to find `-1` used in the expression `…` at line 1 (`list` has the items `[0]` to `[2]`)
    map[1]  ->  failed: PebbleException: type class java.lang.String not supported for key 1 (write `['1']`) (…:1)
    ({})[0]  ->  failed: PebbleException: No such element: 0 in an empty map (…:1)
    nothing.a  ->  failed: Unable to find `nothing` used in the expression `…` at line 1
    map.nul.a.b  ->  failed: Unable to find `nul` used in the expression `…` at line 1
    one.a  ->  failed: Unable to find `a` used in the expression `…` at line 1
    text.substring(1)  ->  failed: Unable to find `substring` used in the expression `…` at line 1 (did you mean `text.toString()`?)
    missing.a.b  ->  failed: Unable to find `missing` used in the expression `…` at line 1
    "#);
}

#[test]
fn what_is_missing_may_be_caught() {
    assert_snapshot!(table([
        "missing ?? 'd'",
        "missing.a.b ?? 'd'",
        "list[9] ?? 'd'",
        "nothing ?? 'd'",
        "nothing ??? 'd'",
        "missing ??? 'd'",
        "missing ?? missing ?? 'd'",
        "(missing | upper) ?? 'd'",
        "(missing ~ 'x') ?? 'd'",
        "(missing + 1) ?? 'd'",
        "(missing == 1) ?? 'd'",
        "missing | default('d')",
        "missing | upper | default('d')",
        "[nothing | default('d'), blank | default('d'), [] | default('d'), 0 | default('d'), false | default('d')]",
        "[missing is defined, nothing is defined, missing.a is not defined, text is defined]",
        "missing is null",
        "missing | upper",
        "missing ?? missing",
    ]), @r#"
    missing ?? 'd'  ->  "d"
    missing.a.b ?? 'd'  ->  "d"
    list[9] ?? 'd'  ->  "d"
    nothing ?? 'd'  ->  "d"
    nothing ??? 'd'  ->  null
    missing ??? 'd'  ->  "d"
    missing ?? missing ?? 'd'  ->  "d"
    (missing | upper) ?? 'd'  ->  "d"
    (missing ~ 'x') ?? 'd'  ->  "d"
    (missing + 1) ?? 'd'  ->  failed: PebbleException: Could not perform addition: Unable to find `missing` (…:1)
    (missing == 1) ?? 'd'  ->  failed: PebbleException: Could not perform equals comparison: Unable to find `missing` (…:1)
    missing | default('d')  ->  "d"
    missing | upper | default('d')  ->  "d"
    [nothing | default('d'), blank | default('d'), [] | default('d'), 0 | default('d'), false | default('d')]  ->  ["d","d","d",0,false]
    [missing is defined, nothing is defined, missing.a is not defined, text is defined]  ->  [false,false,true,true]
    missing is null  ->  failed: Unable to find `missing` used in the expression `…` at line 1
    missing | upper  ->  failed: Unable to find `missing` used in the expression `…` at line 1
    missing ?? missing  ->  failed: Unable to find `missing` used in the expression `…` at line 1
    "#);
}

#[test]
fn operators() {
    assert_snapshot!(table([
        "[7 / 2, -7 / 2, 7 % 3, -7 % 3, 7.0 / 2, 1 + half, 1.0 / 0]",
        "1 / 0",
        "'a' + nothing + 1",
        "nothing + 1",
        "[1] + 2 + [3]",
        "[1, 2, 1] - 1",
        "'a' ~ nothing ~ 1.0 ~ true ~ [1, 'b']",
        "[1 == 1.0, '1' == 1, 'true' == true, nothing == null, [1, {'a': 2}] == [1.0, {'a': 2}]]",
        "[1 < 2, 2 <= 2, half > 1, 1 < nothing]",
        "'b' > 'a'",
        "[true and 'x', '' or 1, not 0, false and nothing]",
        "true and nothing",
        "not list",
        "[yes ? 1 : 2, nothing ? 1 : 2, '' ? 1 : 2, 0 ? 1 : 2]",
        "list ? 1 : 2",
        "[list contains 3, list contains [1, 2], list contains 9, map contains 'a', text contains 'ell', nothing contains 1]",
        "1 contains 1",
        "[1..3, 3..1, 'a'..'d']",
        "1..'b'",
        "-text",
        "[1e3]",
    ]), @r#"
    [7 / 2, -7 / 2, 7 % 3, -7 % 3, 7.0 / 2, 1 + half, 1.0 / 0]  ->  [3,-3,1,-1,3.5,1.5,"Infinity"]
    1 / 0  ->  failed: PebbleException: Could not perform division: / by zero (…:1)
    'a' + nothing + 1  ->  "anull1"
    nothing + 1  ->  failed: PebbleException: Could not perform addition: invalid operands for mathematical operation [ADD] (…:1)
    [1] + 2 + [3]  ->  [1,2,3]
    [1, 2, 1] - 1  ->  [2]
    'a' ~ nothing ~ 1.0 ~ true ~ [1, 'b']  ->  "a1.0true[1,\"b\"]"
    [1 == 1.0, '1' == 1, 'true' == true, nothing == null, [1, {'a': 2}] == [1.0, {'a': 2}]]  ->  [true,false,false,true,true]
    [1 < 2, 2 <= 2, half > 1, 1 < nothing]  ->  [true,true,false,false]
    'b' > 'a'  ->  failed: PebbleException: Could not perform greater than comparison: invalid operands for mathematical comparison [GREATER_THAN] (…:1)
    [true and 'x', '' or 1, not 0, false and nothing]  ->  [true,true,true,false]
    true and nothing  ->  failed: PebbleException: null value given to the `and` operator and strict variables is set to true (…:1)
    not list  ->  failed: PebbleException: Unsupported value type ArrayList. Expected Boolean, String, Number in not() (…:1)
    [yes ? 1 : 2, nothing ? 1 : 2, '' ? 1 : 2, 0 ? 1 : 2]  ->  [1,2,2,2]
    list ? 1 : 2  ->  failed: PebbleException: Unsupported value type ArrayList. Expected Boolean, String, Number in the `?` operator (…:1)
    [list contains 3, list contains [1, 2], list contains 9, map contains 'a', text contains 'ell', nothing contains 1]  ->  [true,true,false,true,true,false]
    1 contains 1  ->  failed: PebbleException: Contains operator can only be used on Collections, Maps and arrays. Actual type was: java.lang.Long (…:1)
    [1..3, 3..1, 'a'..'d']  ->  [[1,2,3],[],["a","b","c","d"]]
    1..'b'  ->  failed: PebbleException: Arguments of range function must be of type Number or String with a length of 1 (…:1)
    -text  ->  failed: PebbleException: A sign needs a number. Actual type was: java.lang.String (…:1)
    [1e3]  ->  refused: Unexpected token of value "e3" and type NAME, expected token of type PUNCTUATION "]"
    "#);
}

#[test]
fn tags() {
    assert_snapshot!(table([
        "{% if one == 2 %}a{% elseif '' %}b{% elseif 'x' %}c{% else %}d{% endif %}",
        "{% if nothing %}a{% endif %}",
        "{% if list %}a{% endif %}",
        "{% if missing %}a{% endif %}",
        "{% for x in list %}{{ loop.index }}:{{ x }}{% if not loop.last %}, {% endif %}{% endfor %}",
        "{% for x in [] %}a{% else %}none{% endfor %}{% for x in nothing %}a{% else %}none{% endfor %}.",
        "{% for e in {'a': 1} %}{{ e.key }}={{ e.value }}{% endfor %}",
        "{% for x in text %}{% endfor %}",
        "{% set n = 0 %}{% for x in list %}{% set n = n + x %}{% set inner = x %}{% endfor %}{{ n }}",
        "{% for x in list %}{% set inner = x %}{% endfor %}{{ inner }}",
        "{% for x in list %}{% set one = x %}{% endfor %}{{ one }}",
        "{{ hi('x') }}{{ hi(b='1', a='2') }}{% macro hi(a, b='y') %}<{{ a }}|{{ b }}>{% endmacro %}",
        "{% macro hi(a) %}{{ a ?? 'null' }}{{ text ?? ' and blind' }}{% endmacro %}{{ hi() }}",
        "{% macro hi() %}{{ text }}{% endmacro %}{{ hi() }}",
        "{% macro hi() %}{% endmacro %}{{ hi(1) }}",
        "{% macro hi() %}{% endmacro %}{{ hi(a=1) }}",
        "{% block b %}x{% endblock %}{{ block('b') }}",
        "{% block b %}{% endblock %}{{ block('c') }}",
        "{% filter upper | replace({'A': 'b'}) %}a {{ text }}{% endfilter %}",
    ]), @r#"
    {% if one == 2 %}a{% elseif '' %}b{% elseif 'x' %}c{% else %}d{% endif %}  ->  "c"
    {% if nothing %}a{% endif %}  ->  failed: PebbleException: Wrong operand(s) type in conditional expression: null value given to if statement and strict variables is set to true (…:1)
    {% if list %}a{% endif %}  ->  failed: PebbleException: Wrong operand(s) type in conditional expression: Unsupported value type ArrayList. Expected Boolean, String, Number in if statement (…:1)
    {% if missing %}a{% endif %}  ->  failed: PebbleException: Wrong operand(s) type in conditional expression: Unable to find `missing` (…:1)
    {% for x in list %}{{ loop.index }}:{{ x }}{% if not loop.last %}, {% endif %}{% endfor %}  ->  "0:3, 1:1, 2:2"
    {% for x in [] %}a{% else %}none{% endfor %}{% for x in nothing %}a{% else %}none{% endfor %}.  ->  "none."
    {% for e in {'a': 1} %}{{ e.key }}={{ e.value }}{% endfor %}  ->  "a=1"
    {% for x in text %}{% endfor %}  ->  failed: PebbleException: Not an iterable object. Actual type was: java.lang.String (…:1)
    {% set n = 0 %}{% for x in list %}{% set n = n + x %}{% set inner = x %}{% endfor %}{{ n }}  ->  6
    {% for x in list %}{% set inner = x %}{% endfor %}{{ inner }}  ->  failed: Unable to find `inner` used in the expression `…` at line 1
    {% for x in list %}{% set one = x %}{% endfor %}{{ one }}  ->  2
    {{ hi('x') }}{{ hi(b='1', a='2') }}{% macro hi(a, b='y') %}<{{ a }}|{{ b }}>{% endmacro %}  ->  "<x|y><2|1>"
    {% macro hi(a) %}{{ a ?? 'null' }}{{ text ?? ' and blind' }}{% endmacro %}{{ hi() }}  ->  "null and blind"
    {% macro hi() %}{{ text }}{% endmacro %}{{ hi() }}  ->  failed: Unable to find `text` used in the expression `…` at line 1 (a macro sees its arguments alone: give it `text`)
    {% macro hi() %}{% endmacro %}{{ hi(1) }}  ->  failed: PebbleException: Too many arguments: macro `hi` takes 0 (…:1)
    {% macro hi() %}{% endmacro %}{{ hi(a=1) }}  ->  failed: PebbleException: The following named argument does not exist: a (it takes none by name) (…:1)
    {% block b %}x{% endblock %}{{ block('b') }}  ->  "xx"
    {% block b %}{% endblock %}{{ block('c') }}  ->  failed: PebbleException: Block [c] does not exist. (…:1)
    {% filter upper | replace({'A': 'b'}) %}a {{ text }}{% endfilter %}  ->  "b HELLO"
    "#);
}

#[test]
fn one_printed_value_keeps_its_type() {
    assert_snapshot!(table([
        "list",
        "nothing",
        "{% if yes %}{{ list }}{% endif %}",
        "{% set x = [1] %}{{ x }}",
        "{% if yes %}{{ one }} {% endif %}",
        "{% if yes %}{{ one }}{{ one }}{% endif %}",
        "{% if yes %}{{ nothing }}{{ nothing }}{{ one }}{% endif %}",
        "{% if not yes %}{{ one }}{% endif %}",
    ]), @r#"
    list  ->  [3,1,2]
    nothing  ->  null
    {% if yes %}{{ list }}{% endif %}  ->  [3,1,2]
    {% set x = [1] %}{{ x }}  ->  [1]
    {% if yes %}{{ one }} {% endif %}  ->  "1 "
    {% if yes %}{{ one }}{{ one }}{% endif %}  ->  "11"
    {% if yes %}{{ nothing }}{{ nothing }}{{ one }}{% endif %}  ->  "1"
    {% if not yes %}{{ one }}{% endif %}  ->  ""
    "#);
}

#[test]
fn text_is_as_in_java() {
    let template = Template::parse("{{ a }} {{ b }} {{ c }} {{ d }} {{ e }}.").unwrap();
    let variables = crate::testing::Root(json!({
        "a": 1e9, "b": 2.50, "c": null, "d": {"k": [1.0, "q\"\\\n\u{1}é"]}, "e": u64::MAX,
    }));
    let text =
        with(&variables, &Supplied::new(), Limits::default(), |environment| template.render(environment));
    assert_snapshot!(text.unwrap(), @r#"1.0E9 2.5  {"k":[1.0,"q\"\\\n\u0001é"]} 1.8446744073709552E19."#);
}

#[test]
fn a_failure_says_what_and_where() {
    let template = Template::parse("first\n{{ text }} {{\n  outputs.frst.v1 }}").unwrap();
    let error =
        with(&root(), &Supplied::new(), Limits::default(), |environment| template.render(environment));
    assert_debug_snapshot!(error, @r#"
    Err(
        Failed(
            Failure {
                message: "Unable to find `frst` used in the expression `first\n{{ text }} {{\n  outputs.frst.v1 }}` at line 3 (did you mean `outputs.first`?)",
                span: 30..34,
                line: 3,
                property: None,
                place: "line 3, column 11\n   |   outputs.frst.v1 }}\n   |           ^^^^",
            },
        ),
    )
    "#);
}

/// A map that says what was asked of it.
struct Watched(Mutex<Vec<String>>);

impl Lookup for Watched {
    fn get(&self, at: usize, key: &str) -> Option<Value<'_>> {
        self.0.lock().unwrap().push(format!("{at}.{key}"));
        Some(if key == "deep" { Value::Map(Map::Lookup(self, at + 1)) } else { Value::Integer(1) })
    }

    fn keys(&self, at: usize, count: usize) -> Vec<Cow<'_, str>> {
        self.0.lock().unwrap().push(format!("{at}: keys"));
        ["a", "b"].into_iter().take(count).map(Cow::Borrowed).collect()
    }
}

impl Variables for Watched {
    fn get(&self, name: &str) -> Option<Value<'_>> {
        (name == "outputs").then_some(Value::Map(Map::Lookup(self, 0)))
    }

    fn names(&self) -> Vec<Cow<'_, str>> {
        vec!["outputs".into()]
    }
}

#[test]
fn only_what_is_read_is_computed() {
    let looks = [
        "{{ outputs.a }}",
        "{{ outputs.a is defined ? outputs['b'] : outputs.c }}",
        "{{ outputs }}",
        "{{ outputs.deep['deep'].x }}",
        "{{ outputs.deep | keys }}",
        "{{ 1 }}",
    ]
    .map(|source| {
        let watched = Watched(Mutex::default());
        let environment = Environment {
            variables: &watched,
            supplied: &Supplied::new(),
            now: Timestamp::UNIX_EPOCH,
            zone: &TimeZone::UTC,
            seed: 0,
            limits: Limits::default(),
        };
        let text = Template::parse(source).unwrap().render(&environment).unwrap();
        format!("{source}  ->  {text} after {:?}\n", watched.0.lock().unwrap())
    });
    assert_snapshot!(looks.concat(), @r#"
    {{ outputs.a }}  ->  1 after ["0.a"]
    {{ outputs.a is defined ? outputs['b'] : outputs.c }}  ->  1 after ["0.a", "0.b"]
    {{ outputs }}  ->  {"a":1,"b":1} after ["0: keys", "0.a", "0.b"]
    {{ outputs.deep['deep'].x }}  ->  1 after ["0.deep", "1.deep", "2.x"]
    {{ outputs.deep | keys }}  ->  ["a","b"] after ["0.deep", "1: keys", "1: keys"]
    {{ 1 }}  ->  1 after []
    "#);
}

#[test]
fn what_is_rendered_is_not_rendered_again() {
    let rounds = |count: usize| {
        let mut variables: serde_json::Map<String, serde_json::Value> =
            (0..count).map(|at| (format!("v{at}"), json!(format!("{{{{ v{} }}}}", at + 1)))).collect();
        variables.insert(format!("v{count}"), json!("end"));
        crate::testing::Root(variables.into())
    };
    let text = |root: &crate::testing::Root, source: &str| {
        let template = Template::parse(source).unwrap();
        let rendered =
            with(root, &Supplied::new(), Limits::default(), |environment| template.evaluate(environment));
        rendered.map_or_else(|error| error.to_string(), |value| value.to_string())
    };
    let three = rounds(3);
    let given = [
        "{{ v0 }}",
        "{{ v0 }} ",
        "{{ [v0, {v0: v0}] }}",
        "{{ v0 ~ '' }}",
        "{% set a = v0 %}{{ a }}",
        "{{ renderOnce(v0) }}",
        "{{ render(v0, recursive=false) }}",
        "{{ render(v0) }}",
        "{{ render([v0, {v0: v0}, 1, null, true]) }}",
    ]
    .map(|source| format!("{source}  ->  {}\n", text(&three, source)));
    assert_snapshot!(given.concat(), @r#"
    {{ v0 }}  ->  "{{ v1 }}"
    {{ v0 }}   ->  "{{ v1 }} "
    {{ [v0, {v0: v0}] }}  ->  ["{{ v1 }}",{"{{ v1 }}":"{{ v1 }}"}]
    {{ v0 ~ '' }}  ->  "{{ v1 }}"
    {% set a = v0 %}{{ a }}  ->  "{{ v1 }}"
    {{ renderOnce(v0) }}  ->  "{{ v2 }}"
    {{ render(v0, recursive=false) }}  ->  "{{ v2 }}"
    {{ render(v0) }}  ->  "end"
    {{ render([v0, {v0: v0}, 1, null, true]) }}  ->  ["end",{"end":"end"},1,null,true]
    "#);
    // A hundred rounds, and no more.
    assert_eq!(text(&rounds(100), "{{ render(v0) }}"), "\"end\"");
    assert!(text(&rounds(101), "{{ render(v0) }}").contains("Too many rendering attempts"));
}
