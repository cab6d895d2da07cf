//! What the functions give.

use insta::assert_snapshot;

use serde_json::json;

use crate::{
    Limits, Supplied, Template,
    testing::{Root, table, with},
};

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
fn of_encryption() {
    assert_snapshot!(table([
        "decrypt('c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0ISE=', 'AAECAwQFBgcICQoLLD4/zvt6TnXFV7vRCEW6DJ2YTghaG5mHljwK')",
        "encrypt('I6EGNzRESu3X3pKZidrqCGOHQFUFC0yK', text)",
        "decrypt('I6EGNzRESu3X3pKZidrqCGOHQFUFC0yK', encrypt('I6EGNzRESu3X3pKZidrqCGOHQFUFC0yK', text))",
        "encrypt('I6EGNzRESu3X3pKZidrqCGOHQFUFC0yK', text) == encrypt('I6EGNzRESu3X3pKZidrqCGOHQFUFC0yK', text)",
        "decrypt('I6EGNzRESu3X3pKZidrqCGOHQFUFC0yK', text)",
        "encrypt('secret', text)",
        "encrypt('aGVsbG8=', text)",
        "encrypt(plaintext=text)",
    ]), @r#"
    decrypt('c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0ISE=', 'AAECAwQFBgcICQoLLD4/zvt6TnXFV7vRCEW6DJ2YTghaG5mHljwK')  ->  "Hello World"
    encrypt('I6EGNzRESu3X3pKZidrqCGOHQFUFC0yK', text)  ->  "PtVPUAzHMRo728AX7919oRqhD1oFSmlqTzJ1Kd9APKI/"
    decrypt('I6EGNzRESu3X3pKZidrqCGOHQFUFC0yK', encrypt('I6EGNzRESu3X3pKZidrqCGOHQFUFC0yK', text))  ->  "hello"
    encrypt('I6EGNzRESu3X3pKZidrqCGOHQFUFC0yK', text) == encrypt('I6EGNzRESu3X3pKZidrqCGOHQFUFC0yK', text)  ->  false
    decrypt('I6EGNzRESu3X3pKZidrqCGOHQFUFC0yK', text)  ->  failed: PebbleException: 'decrypt': it was not encrypted with this key (…:1)
    encrypt('secret', text)  ->  failed: PebbleException: 'encrypt': a key is base64, such as `openssl rand -base64 32` prints (…:1)
    encrypt('aGVsbG8=', text)  ->  failed: PebbleException: 'encrypt': a key has 16, 24 or 32 bytes, this one has 5; `openssl rand -base64 32` prints one of 32 (…:1)
    encrypt(plaintext=text)  ->  failed: PebbleException: Argument `key` is missing (…:1)
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
fn of_what_ran() {
    let root = Root(json!({
        "lines": [{"taskId": "a", "message": "broke"}],
        "tasks": {
            "a": {"state": "FAILED"}, "b": {"state": "SUCCESS"},
            "c": {"v1": {"state": "FAILED"}, "v2": {"state": "SUCCESS"}, "state": {"state": "FAILED"}},
        },
        "parents": [{"taskrun": {"value": "inner"}}, {"outputs": {}}, {"taskrun": {"value": "outer"}}],
        "taskrun": {"value": "inner"},
        "workerTaskrun": {"value": "inner"},
        "outputs": {"x": {"outer": {"inner": {"value": 1}}}},
    }));
    let texts = [
        "{{ errorLogs()[0].message }} {{ errorLogs() | length }}",
        "{{ tasksWithState('failed') }}",
        "{{ tasksWithState('KILLED') }}",
        "{{ tasksWithState() }}",
        "{{ currentEachOutput(outputs.x).value }}",
    ]
    .map(|source| {
        let template = Template::parse(source).unwrap();
        let text =
            with(&root, &Supplied::new(), Limits::default(), |environment| template.render(environment));
        match text {
            Ok(text) => format!("{source}  ->  {text}\n"),
            Err(error) => format!("{source}  ->  {error}\n"),
        }
    });
    assert_snapshot!(texts.concat(), @r#"
    {{ errorLogs()[0].message }} {{ errorLogs() | length }}  ->  broke 1
    {{ tasksWithState('failed') }}  ->  [{"taskId":"a","state":"FAILED"},{"taskId":"c","state":"FAILED","value":"v1"},{"taskId":"c","state":"FAILED","value":"state"}]
    {{ tasksWithState('KILLED') }}  ->  []
    {{ tasksWithState() }}  ->  io.pebbletemplates.pebble.error.PebbleException: The 'tasksWithState' function expects an argument 'state'. ({{ tasksWithState() }}:1)
    {{ currentEachOutput(outputs.x).value }}  ->  1
    "#);
    assert_snapshot!(table(["errorLogs()", "tasksWithState('FAILED')"]), @r"
    errorLogs()  ->  failed: PebbleException: The 'errorLogs' function needs an execution. (…:1)
    tasksWithState('FAILED')  ->  []
    ");
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
