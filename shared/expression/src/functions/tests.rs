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
fn of_yaml() {
    assert_snapshot!(table([
        "yaml('a: [1, 2.5, yes, null, ~, 0x1F, 1_000, 2024-05-06, \"1\"]')",
        "{% set t = 'base: &b\n  x: 1\nown:\n  <<: *b\n  y: |\n    two\n    lines\n' %}{{ yaml(t) }}",
        "yaml('a: 1').a + 1",
        "yaml(nothing)",
        "yaml('')",
        "yaml('- !!str 1\n- 9223372036854775808\n- 1.10')",
        "yaml('a: 1\na: 2')",
        "yaml('a: [1')",
        "yaml('--- 1\n--- 2')",
        "yaml('? [1]\n: 2')",
        "yaml('a: &a [*a]')",
    ]), @r#"
    yaml('a: [1, 2.5, yes, null, ~, 0x1F, 1_000, 2024-05-06, "1"]')  ->  {"a":[1,2.5,"yes",null,null,31,1000,"2024-05-06","1"]}
    {% set t = 'base: &b
      x: 1
    own:
      <<: *b
      y: |
        two
        lines
    ' %}{{ yaml(t) }}  ->  {"base":{"x":1},"own":{"y":"two\nlines\n","x":1}}
    yaml('a: 1').a + 1  ->  2
    yaml(nothing)  ->  null
    yaml('')  ->  null
    yaml('- !!str 1
    - 9223372036854775808
    - 1.10')  ->  ["1",9.223372036854776e+18,1.1]
    yaml('a: 1
    a: 2')  ->  failed: PebbleException: Invalid yaml: Duplicate field 'a' at line 2, column 1 (…:1)
    yaml('a: [1')  ->  failed: PebbleException: Invalid yaml: unclosed bracket '[' at line 1, column 4 (…:1)
    yaml('--- 1
    --- 2')  ->  failed: PebbleException: Invalid yaml: one document is expected, but another one starts at line 2, column 1 (…:1)
    yaml('? [1]
    : 2')  ->  failed: PebbleException: Invalid yaml: a key has to be a text at line 1, column 3 (…:1)
    yaml('a: &a [*a]')  ->  failed: PebbleException: Invalid yaml: an alias cannot stand within what it repeats at line 1, column 8 (…:1)
    "#);
    let deep = |count: usize| table([&format!("yaml('{}')", "[".repeat(count))]);
    assert_snapshot!(deep(5_000).split_once("  ->  ").unwrap().1.split_once(" (").unwrap().0, @"failed: PebbleException: Invalid yaml: recursion limit exceeded at line 1, column 101");
    // Each line doubles what the line before it has.
    let lines = (1..40).map(|n| format!("- &a{n} [*a{}, *a{}]", n - 1, n - 1)).collect::<Vec<_>>().join("\n");
    let bomb = table([&format!("{{% set t = '- &a0 x\n{lines}' %}}{{{{ yaml(t) | length }}}}")]);
    assert!(bomb.contains("Took more than") || bomb.contains("nested deeper"), "{bomb}");
}

#[test]
fn of_ion() {
    assert_snapshot!(table([
        "fromIon('{a:1,\"b c\":[2.5e0,1d0,1.5d1,0x1F,1_000,-7],t:2024-05-06T07:08:09.5+02:00,d:2024-05T,s:sym,n:null.int,\\'q\\':true}')",
        "fromIon('LocalDate::\"2024-05-06\"')",
        "fromIon('// rows\n{a: /* one */ 1}').a",
        "fromIon(nothing)",
        "fromIon('nan')",
        "fromIon('{a:{{aGk=}}}')",
        "fromIon('(1 2)')",
        "fromIon('{a:1}{a:2}')",
        "fromIon('[1 2]')",
        "fromIon('{a b}')",
        "fromIon('12:30')",
        "{'a b': 1, 'ok': [1, 2.5, 1000000000.0, 0.0], 'null': null, 't': true, 's': 'q\"\\n', 'own': {}} | toIon",
        "nothing | toIon",
        "fromIon(map | toIon) == map",
    ]), @r#"
    fromIon('{a:1,"b c":[2.5e0,1d0,1.5d1,0x1F,1_000,-7],t:2024-05-06T07:08:09.5+02:00,d:2024-05T,s:sym,n:null.int,\'q\':true}')  ->  {"a":1,"b c":[2.5,1.0,15.0,31,1000,-7],"t":"2024-05-06T07:08:09.5+02:00","d":"2024-05T","s":"sym","n":null,"q":true}
    fromIon('LocalDate::"2024-05-06"')  ->  "2024-05-06"
    fromIon('// rows
    {a: /* one */ 1}').a  ->  1
    fromIon(nothing)  ->  null
    fromIon('nan')  ->  "NaN"
    fromIon('{a:{{aGk=}}}')  ->  failed: PebbleException: Invalid ion: blobs and clobs are not read: they are bytes and no text at line 1, byte 3 (…:1)
    fromIon('(1 2)')  ->  failed: PebbleException: Invalid ion: S-expressions are not read: they are no data at line 1, byte 0 (…:1)
    fromIon('{a:1}{a:2}')  ->  failed: PebbleException: Invalid ion: one value is expected, but another one starts at line 1, byte 5 (…:1)
    fromIon('[1 2]')  ->  failed: PebbleException: Invalid ion: expected `,` or `]` instead of `2]` at line 1, byte 3 (…:1)
    fromIon('{a b}')  ->  failed: PebbleException: Invalid ion: expected `:` instead of `b}` at line 1, byte 3 (…:1)
    fromIon('12:30')  ->  failed: PebbleException: Invalid ion: one value is expected, but another one starts at line 1, byte 2 (…:1)
    {'a b': 1, 'ok': [1, 2.5, 1000000000.0, 0.0], 'null': null, 't': true, 's': 'q"\n', 'own': {}} | toIon  ->  "{'a b':1,ok:[1,2.5e0,1.0E9,0e0],'null':null,t:true,s:\"q\\\"\\\\n\",own:{}}"
    nothing | toIon  ->  "null"
    fromIon(map | toIon) == map  ->  true
    "#);
    let deep = |count: usize| table([&format!("fromIon('{}')", "[".repeat(count))]);
    assert_snapshot!(deep(5_000).split_once("  ->  ").unwrap().1.split_once(" (").unwrap().0, @"failed: PebbleException: Invalid ion: nested deeper than 100 levels at line 1, byte 100");
}

#[test]
fn what_is_refused_says_why() {
    assert_snapshot!(table([
        "appLink('x')",
        "http('https://example.com')",
        "i18n('messages', 'greeting')",
    ]), @r"
    appLink('x')  ->  refused: Function [appLink] is refused: there are no apps here to link to: write the address.
    http('https://example.com')  ->  refused: Function [http] is refused: an expression may be rendered several times, and each time it would call: let a task of type io.kestra.plugin.core.http.Request do it, and take its `outputs`.
    i18n('messages', 'greeting')  ->  refused: Function [i18n] is refused: there are no bundles of translations here: keep the texts in a variable, as in `vars.texts[inputs.language].greeting`.
    ");
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
        "[randomPort(), randomPort(), randomPort()]",
    ]), @r#"
    uuid() ~ ' ' ~ uuid()  ->  "63cbe1e4-5932-4dd7-844c-3cd7f43c661c e6984080-bab1-4a02-953a-eb70673e29cb"
    id()  ->  "32JPioc4pdenEAuMXSpX8W"
    [randomInt(0, 10), randomInt(0, 10), randomInt(-9223372036854775807, 9223372036854775807)]  ->  [7,4,7392729709960833539]
    randomInt(one, 1)  ->  failed: PebbleException: In 'randomInt' lower (1) must be less than upper (1) (…:1)
    [randomPort(), randomPort(), randomPort()]  ->  [52695,58908,59906]
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
