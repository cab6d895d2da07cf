//! What scripts try that they should not, each with the limit that ends it. That nothing hangs or takes the process
//! along shows in that the tests end.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use script::{Failed, Limits, Script};
use serde_json::{Map, Value, json};

/// What a script is expected to come to.
#[derive(Debug, PartialEq)]
enum End {
    Fuel,
    Memory,
    TooLarge,
    NotJson,
    Thrown,
    Value(Value),
}

fn run_within(source: &str, limits: &Limits) -> End {
    let script = Script { source, variables: &Map::new(), now_ms: 0, seed: 0 };
    match script::run(&script, limits) {
        Ok(value) => End::Value(value),
        Err(Failed::Fuel { .. }) => End::Fuel,
        Err(Failed::Memory { .. }) => End::Memory,
        Err(Failed::TooLarge { .. }) => End::TooLarge,
        Err(Failed::NotJson(_)) => End::NotJson,
        Err(Failed::Thrown { .. }) => End::Thrown,
        Err(Failed::Syntax(problem)) => panic!("{source}: {problem}"),
    }
}

/// With a tenth of the fuel, as it is the kind of end that counts here.
#[track_caller]
fn ends(end: &End, sources: &[&str]) {
    let limits = Limits { fuel: Limits::default().fuel / 10, ..Limits::default() };
    for source in sources {
        assert_eq!(&run_within(source, &limits), end, "{source}");
    }
}

#[test]
fn what_goes_on_runs_out_of_fuel() {
    ends(
        &End::Fuel,
        &[
            "for (;;);",
            "while (true) { try { throw 1 } catch { continue } }",
            "for (;;) { try { for (;;); } finally { continue } }",
            "(function f() { for (;;) try { f() } catch {} })()",
            "function* g() { for (;;) yield 1 } for (const x of g());",
            "[1].map(function f() { for (;;); })",
            "const m = new Map([[1, 1]]); m.forEach((v, k) => { m.delete(k); m.set(k + 1, v) })",
            "for (;;) JSON.stringify([1, 2, 3])",
            "for (;;) new Date().toString()",
            "for (;;) 'abc'.replace(/b/, 'x')",
            // Regular expressions that try everything.
            "/(a+)+b/.test('a'.repeat(40))",
            "/^(\\w+\\s?)*$/.exec('word '.repeat(12) + '!')",
            "'a'.repeat(50000).replace(/(?:a*)*b/g, '')",
            "'x'.repeat(40).match(/(x+x+)+y/)",
            "'x'.repeat(40).split(/(x+x+)+y/)",
            "try { /(a+)+b/.test('a'.repeat(40)) } catch { 1 }",
            "const t = 'ab'.repeat(100000); for (;;) /c/.test(t)",
            // While its result is read.
            "({ toJSON() { for (;;); } })",
            "({ get x() { for (;;); } })",
            "throw { get message() { for (;;); } }",
            "const e = new Error(); Object.defineProperty(e, 'stack', { get() { for (;;); } }); throw e",
            "throw { toJSON() { for (;;); } }",
        ],
    );
}

#[test]
fn work_that_nobody_could_interrupt_is_paid_ahead() {
    ends(
        &End::Fuel,
        &[
            "const a = []; a.length = 4294967295; for (;;) try { a.join('') } catch {}",
            "const a = []; a.length = 4294967295; a.sort()",
            "const a = []; a.length = 4294967295; a.reverse()",
            "const a = []; a.length = 4294967295; [].concat(a)",
            "const a = []; a.length = 4294967295; [a].flat()",
            "const a = []; a.length = 4294967295; [1].flatMap(() => a)",
            "const a = []; a.length = 4294967295; a.indexOf(1)",
            "const a = []; a.length = 4294967295; a.forEach(Math.max)",
            "const a = []; a.length = 4294967295; new Set(a)",
            "const a = []; a.length = 4294967295; JSON.stringify({}, a)",
            "Array.prototype.fill.call({ length: 2 ** 53 - 1 }, 0)",
            "Array.prototype.splice.call({ length: 2 ** 53 - 1 }, 0, 1)",
            "Array.prototype.unshift.call(Object.create({ length: 2 ** 52 }), 1)",
            "Array.from({ length: 1e9 })",
            "new Set(Array.prototype.values.call({ length: 2 ** 53 - 1 }))",
            "Object.prototype.value = [1, 1]; new Map({ next: Object, [Symbol.iterator]() { return this } })",
            "Object.prototype.value = [1, 1]; Object.fromEntries({ next: Object, [Symbol.iterator]() { return this } })",
            "new Set({ next: Object, [Symbol.iterator]() { return this } })",
            "let a = []; for (let i = 0; i < 40; i++) a = [a, a]; a.flat(Infinity)",
            "let a = 'a'.repeat(2e6); a.indexOf('a'.repeat(1e6) + 'b')",
            "let a = 'a'.repeat(2e6); a.split('a'.repeat(1e6) + 'b')",
            "let a = 'a'.repeat(2e6); a.replaceAll('a'.repeat(1e6) + 'b', '')",
            "'a'.repeat(2e6).indexOf(Object.create(/x/, { toString: { value: () => 'a'.repeat(1e6) + 'b' } }))",
            "'a'.repeat(2e6).split({ [Symbol.split]: null, toString: () => 'a'.repeat(1e6) + 'b' })",
            "'\\u0301\\u0316'.repeat(5e5).normalize('NFC')",
            "'\\u0301\\u0316'.repeat(5e5).localeCompare('a')",
            "const t = 'x'.repeat(1e6); for (;;) t.repeat(3)",
            "for (;;) 'x'.padStart(2e6)",
            "String.raw({ raw: { length: 2 ** 53 - 1, __proto__: { get 0() { return '' } } } }, ...Array(9)) + ''",
        ],
    );
}

#[test]
fn what_takes_too_much_room_is_refused() {
    ends(
        &End::Memory,
        &[
            "'x'.repeat(1e8)",
            "const a = []; for (;;) a.push({})",
            "const a = []; for (;;) a.push('x'.repeat(1000) + a.length)",
            "let a = {}; for (;;) a = { a }",
            "let f = () => 1; for (;;) f = f.bind(null)",
            "let s = 'ab'; for (let i = 0; i < 23; i++) s += s; s.toUpperCase()",
            "'x'.padEnd(1e8)",
            "[...function* () { for (;;) yield {} }()]",
            "const s = 'x'.repeat(4e6); ({ a: s, b: s, c: s, d: s })",
            "let a = [1]; for (let i = 0; i < 40; i++) a = [a, a]; a",
            "JSON.parse('[' + '{},'.repeat(1e6) + '1]')",
            "const m = new Map(); for (let i = 0;; i++) m.set(i, i)",
            "const a = []; for (;;) a.push(Symbol('x'))",
            "const a = []; for (;;) a.push(/x/)",
        ],
    );
    assert_eq!(run_within("'x'.repeat(1e9)", &Limits::default()), End::Memory);
    assert_eq!(run_within("'x'.repeat(Infinity)", &Limits::default()), End::Thrown);
}

#[test]
fn what_is_nested_too_deeply_is_an_error() {
    let sources = [
        "function f() { return 1 + f() } f()",
        "const o = { get x() { return this.x } }; o.x",
        "const o = { toString() { return '' + this } }; '' + o",
        "const a = []; a[0] = a; a.toString(); (function f(x) { f([x].map(f)) })(1)",
        "JSON.parse('['.repeat(1e5))",
        "JSON.parse('{\"a\":'.repeat(1e5))",
        "new RegExp('('.repeat(6e4) + ')'.repeat(6e4))",
        "new RegExp('(?:'.repeat(2e4) + ')'.repeat(2e4))",
        "let f = () => 1; for (let i = 0; i < 2e4; i++) { f = f.bind(null); Object.defineProperty(f, 'name', { value: '' }) } f()",
        "function f(n) { return n.replace(/x/, f) } f('x')",
        "[1].sort.call([2, 1], function f() { return [2, 1].sort(f) })",
        "class A { constructor() { new A() } } new A()",
        "JSON.stringify({ toJSON: function f() { return JSON.stringify({ toJSON: f }) } })",
    ];
    // Where the caller has as little stack as a worker of tokio, in a build that optimises nothing.
    let worker = thread::Builder::new().stack_size(2 * 1024 * 1024);
    let run = move || ends(&End::Thrown, &sources);
    worker.spawn(run).unwrap().join().unwrap();
    ends(&End::Value(json!("caught")), &["try { (function f() { f() })() } catch (e) { 'caught' }"]);
    ends(&End::Value(json!(100_000)), &["let l = null; for (let i = 0; i < 1e5; i++) l = { l }; 1e5"]);
    ends(&End::Value(json!(200_000)), &["let s = ''; for (let i = 0; i < 2e5; i++) s = s + 'x'; s.length"]);
    ends(
        &End::Value(json!("xxx")),
        &["let s = ''; for (let i = 0; i < 2e5; i++) s = 'x' + s; s.slice(0, 3)"],
    );
}

#[test]
fn what_is_no_json_is_no_result() {
    ends(
        &End::NotJson,
        &[
            "const a = {}; a.a = a; a",
            "const a = []; a.push([a]); a",
            "let a = []; for (let i = 0; i < 200; i++) a = [a]; a",
            "let a = []; for (let i = 0; i < 20000; i++) a = [a]; a",
            "({ toJSON() { throw new Error('no') } })",
            "'\\ud800'",
            "async function f() { return 1 } f()",
            "import('x')",
        ],
    );
    ends(
        &End::TooLarge,
        &["'x'.repeat(2e6)", "'\\u20ac'.repeat(4e5)", "Array.from({ length: 3e5 }, () => 1234)"],
    );
    ends(&End::Value(json!(null)), &["(async () => { for (;;) await 1 })(); null"]);
}

#[test]
fn there_is_no_way_out() {
    ends(
        &End::Thrown,
        &[
            "eval('1')",
            "(0, eval)('1')",
            "new Function('return 1')()",
            "Function('return 1')()",
            "(() => 1).constructor('return 1')()",
            "(function* () {}).constructor('return 1')()",
            "(async () => {}).constructor('return 1')()",
            "Reflect.construct(Object.getPrototypeOf(async function* () {}).constructor, ['1'])",
            "require('fs')",
            "new Proxy({}, {})",
            "new Uint8Array(10)",
            "BigInt(10)",
            "setTimeout(() => 1)",
            "std.exit(1)",
            "process.exit(1)",
            "new WeakRef({})",
            "charge(0)",
            "(function () { return arguments.callee.caller.x })()",
            "new RegExp('x'.repeat(1e5))",
            "'x'.match('x'.repeat(1e5))",
            "/x/.compile('y')",
        ],
    );
    // Taking the guards' tools away does not take the guards away.
    ends(
        &End::Fuel,
        &[
            "Reflect.apply = null; Math.min = () => 0; Array.isArray = () => true; Object.getOwnPropertyDescriptor = null; \
             Array.prototype.forEach = null; const a = []; a.length = 4294967295; a.reverse()",
            "Function.prototype.call = Function.prototype.apply = null; RegExp.prototype.exec = null; \
             const a = []; a.length = 4294967295; [].concat(1, a)",
            "String = () => ''; 'a'.repeat(2e6).indexOf({ toString() { return 'a'.repeat(1e6) + 'b' } })",
        ],
    );
}

#[test]
fn sources_that_are_hard_to_read_are_read() {
    let deep = |open: &str| open.repeat(60_000 / open.len());
    let many = |item: &str| (0..8000).map(|n| item.replace('#', &n.to_string())).collect::<String>();
    let sources = [
        deep("("),
        deep("["),
        deep("{"),
        deep("{a:"),
        deep("a=>("),
        deep("`${"),
        deep("!"),
        deep("-"),
        deep("if(1)"),
        deep("function f(){"),
        deep("a?"),
        deep("a=>"),
        deep("async("),
        deep("[[],"),
        deep("1+"),
        deep("f("),
        deep("new "),
        deep("/[a-"),
        format!("/{}/", deep("(")),
        format!("/{}/", deep("(?:a|")),
        many("v#=1,"),
        many("var v#;"),
        many("let a#;"),
        format!("({}0)", many("a#,")),
        format!("({{{}}})", many("a#:1,")),
        format!("/[{}]/i", (0..16_000).filter_map(|n| char::from_u32(0x4000 + n * 2)).collect::<String>()),
    ];
    for source in sources {
        let source = &source[..source.floor_char_boundary(65_000.min(source.len()))];
        let checked = script::check(source);
        let ran =
            script::run(&Script { source, variables: &Map::new(), now_ms: 0, seed: 0 }, &Limits::default());
        assert_eq!(checked.is_err(), matches!(ran, Err(Failed::Syntax(_))), "{} {ran:?}", &source[..20]);
    }
}

#[test]
fn any_limit_is_survived() {
    let sources = [
        "const a = []; for (let i = 0; i < 1e4; i++) a.push({ i, s: 'x' + i, d: new Date(i), r: /x/g }); a.length",
        "[...'abc'.repeat(1000)].map(c => c.toUpperCase()).join('').replace(/A/g, x => x + x).length",
        "class A { #p = [1]; static s = 1; *g() { yield* this.#p } } [...new A().g(), ...new Map([[{}, 1]]).keys()]",
        "async function f() { await f() } f(); try { null.x } catch (e) { throw e }",
    ];
    let run = |source: &str, limits: Limits| {
        // Whatever it comes to.
        drop(script::run(&Script { source, variables: &Map::new(), now_ms: 0, seed: 0 }, &limits));
    };
    for source in sources {
        for memory_bytes in (256..4096).step_by(64).map(|kib| kib * 1024) {
            run(source, Limits { memory_bytes, ..Limits::default() });
        }
        for stack_bytes in (1..64).step_by(3).map(|kib| kib * 1024) {
            run(source, Limits { stack_bytes, ..Limits::default() });
        }
        for fuel in (0..100).step_by(3).map(|n| n * 1000) {
            run(source, Limits { fuel, ..Limits::default() });
        }
    }
}

#[test]
fn a_run_is_a_function_of_its_arguments() {
    let source = "const a = []; for (let i = 0; i < $.n; i++) a.push(Math.random() + Date.now()); a.push(new Error('x').stack); \
                  a.push(Object.keys(globalThis)); a";
    let run = |n: u32| {
        let variables = Map::from_iter([(String::from("n"), json!(n))]);
        let script = Script { source, variables: &variables, now_ms: 5, seed: 9 };
        script::run(&script, &Limits { fuel: 200_000, ..Limits::default() })
    };
    let expected = [run(100), run(10_000), run(10_000_000)];
    assert!(expected[0].is_ok() && expected[1].is_ok());
    assert_eq!(expected[2], Err(Failed::Fuel { steps: 200_000 }));
    let threads: Vec<_> = (0..4)
        .map(|_| thread::Builder::new().spawn(move || [run(100), run(10_000), run(10_000_000)]).unwrap())
        .collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), expected);
    }
}

#[test]
fn a_caller_with_a_clock_can_stop_it() {
    let stop = Arc::new(AtomicBool::new(false));
    let limits = Limits { fuel: u64::MAX, stop: Some(Arc::clone(&stop)), ..Limits::default() };
    let script = thread::Builder::new().spawn(move || run_within("for (;;);", &limits)).unwrap();
    stop.store(true, Ordering::Relaxed);
    assert_eq!(script.join().unwrap(), End::Fuel);
}
