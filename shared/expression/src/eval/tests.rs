//! What expressions give, how they fail, and that they end.

use insta::{assert_debug_snapshot, assert_snapshot};
use proptest::prelude::*;
use serde_json::json;

use crate::{
    Error, Limits, Need, Supplied, Template,
    testing::{evaluate, root, table, with},
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
    map.aa  ->  failed: Unable to find `aa` used in the expression `…` at line 1 (did you mean `a`?)
    map['b-d']  ->  failed: Unable to find `b-d` used in the expression `…` at line 1 (did you mean `b-c`?)
    txt  ->  failed: Unable to find `txt` used in the expression `…` at line 1 (did you mean `text`?)
    txet  ->  failed: Unable to find `txet` used in the expression `…` at line 1 (did you mean `text`?)
    list[3]  ->  failed: Unable to find `3` used in the expression `…` at line 1
    list[-1]  ->  failed: Unable to find `-1` used in the expression `…` at line 1
    map[1]  ->  failed: PebbleException: type class java.lang.String not supported for key 1 (write `['1']`) (…:1)
    ({})[0]  ->  failed: PebbleException: No such element: 0 in an empty map (…:1)
    nothing.a  ->  failed: Unable to find `nothing` used in the expression `…` at line 1
    map.nul.a.b  ->  failed: Unable to find `nul` used in the expression `…` at line 1
    one.a  ->  failed: Unable to find `a` used in the expression `…` at line 1
    text.substring(1)  ->  failed: Unable to find `substring` used in the expression `…` at line 1
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
    true and nothing  ->  failed: PebbleException: null value given to and and strict variables is set to true (…:1)
    not list  ->  failed: PebbleException: Unsupported value type ArrayList. Expected Boolean, String, Number in "not()" (…:1)
    [yes ? 1 : 2, nothing ? 1 : 2, '' ? 1 : 2, 0 ? 1 : 2]  ->  [1,2,2,2]
    list ? 1 : 2  ->  failed: PebbleException: Unsupported value type ArrayList. Expected Boolean, String, Number in "ternary" (…:1)
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
    {% if list %}a{% endif %}  ->  failed: PebbleException: Wrong operand(s) type in conditional expression: Unsupported value type ArrayList. Expected Boolean, String, Number in "if statement" (…:1)
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
    {% macro hi() %}{{ text }}{% endmacro %}{{ hi() }}  ->  failed: Unable to find `text` used in the expression `…` at line 1
    {% macro hi() %}{% endmacro %}{{ hi(1) }}  ->  failed: PebbleException: Too many arguments: macro `hi` takes 0 (…:1)
    {% macro hi() %}{% endmacro %}{{ hi(a=1) }}  ->  failed: PebbleException: The following named argument does not exist: a (…:1)
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
                message: "Unable to find `frst` used in the expression `first\n{{ text }} {{\n  outputs.frst.v1 }}` at line 3 (did you mean `first`?)",
                span: 29..34,
                line: 3,
            },
        ),
    )
    "#);
}

#[test]
fn needs_are_asked_for_together_and_then_answered() {
    let source = "{{ read('a') ~ kv('k', errorOnMissing=true) }} {{ [secret(text), fileSize('a')] }}{% for i in list %} {{ kv(i, 'ns') }}{% endfor %}";
    let template = Template::parse(source).unwrap();
    let mut supplied = Supplied::new();
    let render = |supplied: &Supplied| {
        with(&root(), supplied, Limits::default(), |environment| template.render(environment))
    };
    let Err(Error::Needs(needs)) = render(&supplied) else { panic!("the outside is needed") };
    assert_debug_snapshot!(needs, @r#"
    [
        Read {
            uri: "a",
        },
        Kv {
            key: "k",
            namespace: None,
            error_on_missing: true,
        },
        Secret {
            key: "hello",
        },
        FileSize {
            uri: "a",
        },
        Kv {
            key: "3",
            namespace: Some(
                "ns",
            ),
            error_on_missing: false,
        },
        Kv {
            key: "1",
            namespace: Some(
                "ns",
            ),
            error_on_missing: false,
        },
        Kv {
            key: "2",
            namespace: Some(
                "ns",
            ),
            error_on_missing: false,
        },
    ]
    "#);
    for (index, need) in needs.into_iter().enumerate() {
        supplied.insert(need, Ok(json!({ "n": index })));
    }
    assert_snapshot!(render(&supplied).unwrap(), @r#"{"n":0}{"n":1} [{"n":2},{"n":3}] {"n":4} {"n":5} {"n":6}"#);
    let denied = Err("The key 'k' does not exist in the namespace 'n'.".to_owned());
    supplied.insert(Need::Kv { key: "k".into(), namespace: None, error_on_missing: true }, denied);
    assert_snapshot!(render(&supplied).unwrap_err(), @"io.pebbletemplates.pebble.error.PebbleException: The key 'k' does not exist in the namespace 'n'. ({{ read('a') ~ kv('k', errorOnMissing=true) }} {{ [secret(text), fileSize('a')] }}{% for i in list %} {{ kv(i, 'ns') }}{% endfor %}:1)");
}

#[test]
fn what_hangs_on_a_need_waits_for_it() {
    assert_snapshot!(table([
        "{% set key = secret('A') %}{{ kv(key) }}",
        "{% if secret('A') == 'x' %}{{ kv('B') }}{% endif %}",
        "kv(secret('A'))",
        "secret('A') ?? kv('B')",
        "secret('A') == 1 ? kv('B') : kv('C')",
        "secret('A') | upper | replace({'a': secret('B')})",
        "render('{{ secret(\"A\") }}') ~ secret('B')",
        "missing ~ secret('A')",
        "secret('A') ~ missing",
    ]), @r#"
    {% set key = secret('A') %}{{ kv(key) }}  ->  needs: [Secret { key: "A" }]
    {% if secret('A') == 'x' %}{{ kv('B') }}{% endif %}  ->  needs: [Secret { key: "A" }]
    kv(secret('A'))  ->  needs: [Secret { key: "A" }]
    secret('A') ?? kv('B')  ->  needs: [Secret { key: "A" }]
    secret('A') == 1 ? kv('B') : kv('C')  ->  needs: [Secret { key: "A" }]
    secret('A') | upper | replace({'a': secret('B')})  ->  needs: [Secret { key: "A" }, Secret { key: "B" }]
    render('{{ secret("A") }}') ~ secret('B')  ->  needs: [Secret { key: "A" }, Secret { key: "B" }]
    missing ~ secret('A')  ->  failed: Unable to find `missing` used in the expression `…` at line 1
    secret('A') ~ missing  ->  needs: [Secret { key: "A" }]
    "#);
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
    let statements = prop::collection::vec(grow, 1..4)
        .prop_map(|steps| steps.iter().map(|step| format!("{{% set a = {step} %}}")).collect::<String>());
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
            prop_assert!(serde_json::from_str::<serde_json::Value>(&value.to_string()).is_ok(), "it can be read back");
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
