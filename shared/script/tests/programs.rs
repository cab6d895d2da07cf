//! What scripts compute, beside what they are.

use script::{Failed, Limits, Script};
use serde_json::{Map, Value, json};

/// 2026-11-22T00:11:58.250Z
const NOW_MS: i64 = 1_795_306_318_250;

fn run(source: &str, variables: &Value) -> Result<Value, Failed> {
    let none = Map::new();
    let variables = variables.as_object().unwrap_or(&none);
    script::run(&Script { source, variables, now_ms: NOW_MS, seed: 7 }, &Limits::default())
}

#[track_caller]
fn computes(variables: &Value, table: &[(&str, Value)]) {
    for (source, expected) in table {
        script::check(source).unwrap_or_else(|error| panic!("{source}: {error}"));
        assert_eq!(run(source, variables).as_ref(), Ok(expected), "{source}");
    }
}

#[test]
fn every_way_to_write_one() {
    computes(
        &json!({ "a": 1, "b": 2, "value": "x", "input": { "a": 1 }, "loop": { "iteration": 2 }, "n": 3 }),
        &[
            ("(function(){ return $.a + $.b; })();", json!(3)),
            ("(function(){\n  return $.a + $.b;\n})()\n// done", json!(3)),
            ("function e() { if ($.a > 1) { return 'a' } else { return 'b' } } e();", json!("b")),
            ("$.value == 'x' ? 'a' : 'b'", json!("a")),
            (
                "if ($.input.a==1){return {testvalue: true} } else {return {testvalue: false}}",
                json!({ "testvalue": true }),
            ),
            ("return $.n // three", json!(3)),
            ("if ($.loop['iteration'] < $.n) { true; } else { false; }", json!(true)),
            ("if ( $.loop['iteration'] >= $.n ) { true; } else { false; }", json!(false)),
            ("$.loop.iteration < $.n", json!(true)),
            ("var total = 0; for (var i = 0; i < 5; i++) { total += i } total", json!(10)),
            ("undeclared = 4; undeclared * 2", json!(8)),
            (
                "(() => { 'use strict'; return { ...$.input, c: [1, ...[2, 3]] } })()",
                json!({ "a": 1, "c": [1, 2, 3] }),
            ),
            ("const e = () => $.missing?.deep ?? 'none'; e()", json!("none")),
            ("return undefined", json!(null)),
            ("let returned = 1; returned", json!(1)),
            ("'the text return'", json!("the text return")),
            ("", json!(null)),
            (
                "$",
                json!({ "a": 1, "b": 2, "value": "x", "input": { "a": 1 }, "loop": { "iteration": 2 }, "n": 3 }),
            ),
        ],
    );
}

#[test]
fn results_are_what_json_says() {
    computes(
        &json!({}),
        &[
            ("3.0", json!(3)),
            ("0.1 + 0.2", json!(0.1 + 0.2)),
            ("-0", json!(0)),
            ("2 ** 53", json!(9_007_199_254_740_992_i64)),
            ("1e21", json!(1e21)),
            ("[0/0, 1/0, undefined, null, () => 1]", json!([null, null, null, null, null])),
            ("undefined", json!(null)),
            ("0/0", json!(null)),
            ("(function () {})", json!(null)),
            ("Symbol('x')", json!(null)),
            ("({ f() {}, u: undefined, n: null, s: Symbol('x') })", json!({ "n": null })),
            ("({ toJSON() { return 'me' } })", json!("me")),
            ("new Date(0)", json!("1970-01-01T00:00:00.000Z")),
            ("({ at: new Date(NaN) })", json!({ "at": null })),
            ("new Map([[1, 2]])", json!({})),
            ("'\\u{1F600} \\u0000 \"'", json!("\u{1F600} \u{0} \"")),
            ("throw_ = 1; JSON.stringify({ b: 1, a: [1] })", json!("{\"b\":1,\"a\":[1]}")),
        ],
    );
}

#[test]
fn what_the_language_offers() {
    computes(
        &json!({ "items": [{ "n": 3, "tags": ["x", "y"] }, { "n": 1, "tags": [] }, { "n": 2, "tags": ["z"] }] }),
        &[
            ("$.items.map(i => i.n).sort().reverse().join('-')", json!("3-2-1")),
            ("$.items.flatMap(i => i.tags)", json!(["x", "y", "z"])),
            ("[1, [2, [3, [4]]]].flat(Infinity)", json!([1, 2, 3, 4])),
            ("[1, [2, [3]], , 4].flat()", json!([1, 2, [3], 4])),
            ("[3, 1, 2].concat([4], 5).slice(1, -1)", json!([1, 2, 4])),
            (
                "const a = [1, 2, 3, 4]; a.splice(1, 2, 'x'); a.unshift(a.pop(), a.shift()); a",
                json!([4, 1, "x"]),
            ),
            ("Array.from({ length: 3 }, (_, i) => i * i)", json!([0, 1, 4])),
            ("Array.from(new Set([1, 1, 2]))", json!([1, 2])),
            ("(function () { return Array.prototype.slice.call(arguments, 1) })(1, 2, 3)", json!([2, 3])),
            ("Array.prototype.map.call('abc', c => c + c)", json!(["aa", "bb", "cc"])),
            (
                "Object.fromEntries(Object.entries({ a: 1, b: 2 }).map(([k, v]) => [k, v * 2]))",
                json!({ "a": 2, "b": 4 }),
            ),
            ("[...new Map([['a', 1]]).entries()]", json!([["a", 1]])),
            ("const m = new Map(); m.set('a', 1).set('b', 2); m.size", json!(2)),
            ("'a-b_c'.split(/[-_]/)", json!(["a", "b", "c"])),
            ("'a,b'.split(',')", json!(["a", "b"])),
            (
                "['a,b,c'.split(',', 2), 'ab'.split(), 'ab'.split(''), 'a1b'.split(/\\d/)]",
                json!([["a", "b"], ["ab"], ["a", "b"], ["a", "b"]]),
            ),
            ("'aXbX'.replaceAll(/x/gi, '-') + 'abc'.search('c') + 'abc'.search(/b/)", json!("a-b-21")),
            ("[...'a1b2'.matchAll('[ab]')].length + 'abc'.match()[0]", json!("2")),
            ("new RegExp(/a/g, 'i').flags + new RegExp(/a/g).flags + new RegExp('').source", json!("ig(?:)")),
            ("try { 'a'.replaceAll(/a/, '') } catch (e) { e.name }", json!("TypeError")),
            ("'null or 1'.indexOf(null) + 'x1'.indexOf(1)", json!(1)),
            ("new String('abc').indexOf('c')", json!(2)),
            ("'aXbX'.replaceAll('X', m => m.toLowerCase())", json!("axbx")),
            ("'2026-11-22'.replace(/(\\d+)-(\\d+)-(\\d+)/, '$3.$2.$1')", json!("22.11.2026")),
            ("/(?<y>\\d{4})/.exec('in 2026').groups.y", json!("2026")),
            ("[...'a1b2'.matchAll(/[a-z](\\d)/g)].map(m => m[1])", json!(["1", "2"])),
            ("'xAy'.match(new RegExp('a', 'i')).index", json!(1)),
            (
                "/a/ instanceof RegExp && new RegExp('a') instanceof RegExp && RegExp(/a/).test('a')",
                json!(true),
            ),
            ("'ab'.padStart(4, '.') + 'ab'.repeat(2) + ' x '.trim()", json!("..ababab".to_owned() + "x")),
            ("'é'.normalize('NFD').length + 'a'.localeCompare('b')", json!(1)),
            ("String.raw`a\\n${1}b`", json!("a\\n1b")),
            ("JSON.parse('{\"a\":[1,2]}', (k, v) => v === 2 ? 3 : v)", json!({ "a": [1, 3] })),
            ("JSON.stringify({ a: 1, b: 2 }, ['b'])", json!("{\"b\":2}")),
            ("function* g() { yield 1; yield 2 } [...g()]", json!([1, 2])),
            ("class P { #x = 1; get x() { return this.#x } } new P().x", json!(1)),
            ("try { null.x } catch (e) { e.message }", json!("cannot read property 'x' of null")),
            ("label: for (;;) { for (;;) break label } 1", json!(1)),
            ("console.log('x', 1); console.error('y')", json!(null)),
            (
                "typeof process + typeof require + typeof globalThis.setTimeout",
                json!("undefinedundefinedundefined"),
            ),
            (
                "(0.1).toFixed(2) + (255).toString(16) + parseInt('12px') + Number('1.5')",
                json!("0.10ff121.5"),
            ),
        ],
    );
}

#[test]
fn time_is_an_argument_and_the_zone_is_utc() {
    computes(
        &json!({}),
        &[
            ("Date.now()", json!(NOW_MS)),
            ("new Date().getTime()", json!(NOW_MS)),
            ("new Date()", json!("2026-11-22T00:11:58.250Z")),
            ("Date()", json!("Sun Nov 22 2026 00:11:58 GMT+0000 (UTC)")),
            ("new Date() instanceof Date && new Date().constructor === Date", json!(true)),
            ("class D extends Date { day() { return this.getDate() } } new D().day()", json!(22)),
            ("new Date(2026, 0, 31, 23, 59)", json!("2026-01-31T23:59:00.000Z")),
            ("new Date('2026-07-01T12:00:00')", json!("2026-07-01T12:00:00.000Z")),
            ("new Date('2026-07-01T12:00:00+02:00')", json!("2026-07-01T10:00:00.000Z")),
            ("new Date('2026-07-01')", json!("2026-07-01T00:00:00.000Z")),
            ("new Date('Jul 1, 2026 12:00')", json!("2026-07-01T12:00:00.000Z")),
            ("new Date('07/01/2026')", json!("2026-07-01T00:00:00.000Z")),
            ("new Date('Wed, 01 Jul 2026 12:00:00 GMT')", json!("2026-07-01T12:00:00.000Z")),
            ("new Date(String(new Date(5000)))", json!("1970-01-01T00:00:05.000Z")),
            ("new Date(new Date(5))", json!("1970-01-01T00:00:00.005Z")),
            ("Date.parse('no date')", json!(null)),
            (
                "const d = new Date(0); d.setHours(25); d.getDate() + ':' + d.getHours() + ':' + d.getTimezoneOffset()",
                json!("2:1:0"),
            ),
            ("new Date(0).toLocaleString()", json!("1/1/1970, 12:00:00 AM")),
            ("new Date(0).toString()", json!("Thu Jan 01 1970 00:00:00 GMT+0000 (UTC)")),
            ("new Date(NaN).toString()", json!("Invalid Date")),
            ("new Date(2026, 5) - new Date(2026, 4)", json!(31_i64 * 86_400_000)),
        ],
    );
}

#[test]
fn chance_is_an_argument() {
    let with = |seed| {
        let source = "[1, 2, 3].map(() => Math.random())";
        script::run(&Script { source, variables: &Map::new(), now_ms: 0, seed }, &Limits::default()).unwrap()
    };
    assert_eq!(with(1), with(1));
    assert_ne!(with(1), with(2));
    let numbers: Vec<f64> = serde_json::from_value(with(1)).unwrap();
    assert!(numbers.iter().all(|number| (0.0..1.0).contains(number)));
    assert!(numbers[0].to_bits() != numbers[1].to_bits());
}

#[test]
fn what_a_script_throws_tells_where() {
    let thrown = |source: &str| match run(source, &Value::Null) {
        Err(Failed::Thrown { message, line }) => (message, line),
        other => panic!("{source}: {other:?}"),
    };
    let table = [
        ("\n  missing.x", "ReferenceError: missing is not defined", Some(2)),
        ("var x;\n\nx.y", "TypeError: cannot read property 'y' of undefined", Some(3)),
        ("function f() {\n throw new RangeError('far') }\nf()", "RangeError: far", Some(2)),
        ("\nif (1) { return nothing() }", "ReferenceError: nothing is not defined", Some(2)),
        ("\n[3].map(1)", "TypeError: not a function", Some(2)),
        (
            "\nJSON.parse('{')",
            "SyntaxError: Expected property name or '}' in JSON at position 1 (line 1 column 2)",
            Some(2),
        ),
        ("throw 'text'", "text", None),
        ("throw { code: 3 }", "{\"code\":3}", None),
        ("throw null", "null, or there was no memory left", None),
        ("throw undefined", "undefined", None),
        ("throw { get x() { throw 1 } }", "undefined", None),
    ];
    for (source, message, line) in table {
        let (got, at) = thrown(source);
        assert_eq!((got.as_str(), at), (message, line), "{source}");
    }
    assert!(thrown("throw 'x'.repeat(5000)").0.len() < 1100);
    assert_eq!(
        run("\nx()", &Value::Null).unwrap_err().to_string(),
        "ReferenceError: x is not defined (line 2)"
    );
}

#[test]
fn what_is_no_javascript_is_said_with_its_line() {
    let table = [
        ("let x = 1;\n if ( {", Some(2)),
        ("return 1;\n}", Some(3)),
        ("if (1) { return 1 }\n)", Some(2)),
        ("a b", Some(1)),
        ("let x; let x;", Some(1)),
        ("\n\n10n", Some(3)),
        ("1\n\0", Some(2)),
        ("await 1", Some(1)),
        ("import 'x'", Some(1)),
        ("/(/", None),
    ];
    for (source, line) in table {
        let problem = script::check(source).expect_err(source);
        assert_eq!(problem.line, line, "{source}: {problem}");
        assert_eq!(run(source, &Value::Null), Err(Failed::Syntax(problem)), "{source}");
    }
    assert!(script::check(&" ".repeat(65 * 1024)).unwrap_err().to_string().contains("65536 are allowed"));
    // Nothing of it runs.
    assert_eq!(script::check("for (;;);"), Ok(()));
    assert_eq!(script::check("f(); function f() { throw 1 }"), Ok(()));
}

#[test]
fn nothing_is_left_behind() {
    run("globalThis.left = 1; Array.prototype.left = 1; Object.prototype.left = 1", &Value::Null).unwrap();
    assert_eq!(run("typeof left + typeof [].left", &Value::Null), Ok(json!("undefinedundefined")));
}
