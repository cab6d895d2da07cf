//! What the functions give.

use insta::assert_snapshot;

use crate::testing::table;

#[test]
fn of_numbers_and_lists() {
    assert_snapshot!(table([
        "[max(1, 3.5, 2), min(2, 1), range(1, 3), range(1, 10, 3), range(5, 1, -2), range('a', 'c')]",
        "max()",
        "max(1, 'a')",
        "range(1, 3, 0)",
        "range(1)",
    ]), @r#"
    [max(1, 3.5, 2), min(2, 1), range(1, 3), range(1, 10, 3), range(5, 1, -2), range('a', 'c')]  ->  [3.5,1,[1,2,3],[1,4,7,10],[5,3,1],["a","b","c"]]
    max()  ->  null
    max(1, 'a')  ->  failed: PebbleException: 'max' takes numbers. Actual type was: java.lang.String (…:1)
    range(1, 3, 0)  ->  failed: PebbleException: The increment of range must not be 0 (…:1)
    range(1)  ->  failed: PebbleException: Argument `end` is missing (…:1)
    "#);
}

#[test]
fn of_json() {
    assert_snapshot!(table([
        "fromJson('{\"a\": [1, 2.5, null]}').a",
        "json('{\"a\": {}}')",
        "fromJson(nothing)",
        "fromJson('{not: json}')",
        "['1' is json, '\"a\"' is json, 'value 1' is json, 1 is json]",
    ]), @r#"
    fromJson('{"a": [1, 2.5, null]}').a  ->  [1,2.5,null]
    json('{"a": {}}')  ->  {"a":{}}
    fromJson(nothing)  ->  null
    fromJson('{not: json}')  ->  failed: PebbleException: Invalid json: key must be a string at line 1 column 2 (…:1)
    ['1' is json, '"a"' is json, 'value 1' is json, 1 is json]  ->  [true,true,false,false]
    "#);
}

#[test]
fn of_chance_come_from_the_seed() {
    assert_snapshot!(table([
        "uuid() ~ ' ' ~ uuid()",
        "id()",
        "[randomInt(0, 10), randomInt(0, 10), randomInt(-9223372036854775807, 9223372036854775807)]",
        "randomInt(one, 1)",
    ]), @r#"
    uuid() ~ ' ' ~ uuid()  ->  "63cbe1e4-5932-4dd7-844c-3cd7f43c661c e6984080-bab1-4a02-953a-eb70673e29cb"
    id()  ->  "32JPioc4pdenEAuMXSpX8W"
    [randomInt(0, 10), randomInt(0, 10), randomInt(-9223372036854775807, 9223372036854775807)]  ->  [7,4,7392729709960833539]
    randomInt(one, 1)  ->  failed: PebbleException: In 'randomInt' lower (1) must be less than upper (1) (…:1)
    "#);
}

#[test]
fn of_the_execution() {
    assert_snapshot!(table([
        "currentEachOutput(outputs.first).value",
        "currentEachOutput(map)",
        "printContext() | keys",
        "fetchContext().text",
    ]), @r#"
    currentEachOutput(outputs.first).value  ->  "inner"
    currentEachOutput(map)  ->  failed: PebbleException: No output for the current value `v1` (…:1)
    printContext() | keys  ->  ["text","blank","one","half","yes","nothing","list","map","outputs","taskrun"]
    fetchContext().text  ->  "hello"
    "#);
}

#[test]
fn of_rendering() {
    assert_snapshot!(table([
        "{% set b = '{{ text }}' %}{% set a = '{{ b }}' %}{{ render(a) }} {{ render(a, recursive=false) }} {{ renderOnce(a) }}",
        "{% set a = '{{ text }}' %}{{ render([a, {a: a}, 1]) }}",
        "{% set a = '{{ b }}' %}{% set b = '{{ a }}' %}{{ render(a) }}",
        "{% set a = '{{ b }} {% raw %}{{ text }}{% endraw %}' %}{% set b = '{{ text }}' %}{{ render(a) }}",
        "render('{{ missing }}') ?? 'not caught'",
        "render('{{ text | uper }}')",
        "render(nothing)",
        "render('{{ set }}{% set text = 1 %}')",
    ]), @r#"
    {% set b = '{{ text }}' %}{% set a = '{{ b }}' %}{{ render(a) }} {{ render(a, recursive=false) }} {{ renderOnce(a) }}  ->  "hello {{ text }} {{ text }}"
    {% set a = '{{ text }}' %}{{ render([a, {a: a}, 1]) }}  ->  ["hello",{"hello":"hello"},1]
    {% set a = '{{ b }}' %}{% set b = '{{ a }}' %}{{ render(a) }}  ->  failed: PebbleException: Too many rendering attempts (…:1)
    {% set a = '{{ b }} {% raw %}{{ text }}{% endraw %}' %}{% set b = '{{ text }}' %}{{ render(a) }}  ->  "hello {{ text }}"
    render('{{ missing }}') ?? 'not caught'  ->  failed: Unable to find `missing` used in the expression `{{ missing }}` at line 1
    render('{{ text | uper }}')  ->  failed: ParserException: Filter [uper] does not exist. (did you mean `upper`?) ({{ text | uper }}:1)
    render(nothing)  ->  null
    render('{{ set }}{% set text = 1 %}')  ->  failed: Unable to find `set` used in the expression `…` at line 1
    "#);
}
