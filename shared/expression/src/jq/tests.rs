//! What jq programs give, and that none of them goes on for ever.

mod more;

use std::fmt::Write;

use insta::assert_snapshot;
use serde_json::{Value as Json, json};

use super::run;
use crate::{
    Limits, Value,
    eval::{Budget, Halt},
};

fn outputs(program: &str, input: &Json) -> Result<Json, String> {
    let limits = Limits::default();
    let mut budget = Budget::new(&limits);
    match run(program, &Value::from(input), &mut budget, &limits) {
        Ok(value) => Ok(value.to_json()),
        Err(halt) => Err(message(halt)),
    }
}

fn message(halt: Halt) -> String {
    match halt {
        Halt::Failed(fault) => fault.to_string(),
        Halt::Missing(_) | Halt::Pending => "another halt".to_owned(),
    }
}

/// Each program with what it gives for one input.
fn table<const N: usize>(programs: [&str; N]) -> String {
    let input = json!({
        "name": "Ada", "age": 36, "half": 0.5, "none": null, "yes": true,
        "tags": ["b", "a", "b"], "numbers": [3, 1, 2],
        "people": [{"name": "x", "age": 2, "team": "r"}, {"name": "y", "age": 1, "team": "s"}, {"name": "z", "age": 2, "team": "r"}],
    });
    let mut table = String::new();
    for program in programs {
        match outputs(program, &input) {
            Ok(value) => writeln!(table, "{program}  ->  {value}"),
            Err(message) => writeln!(table, "{program}  ->  failed: {message}"),
        }
        .expect("a String takes all");
    }
    table
}

#[test]
fn paths_lead_into_values() {
    assert_snapshot!(table([
        ".",
        ".name, .people[0].name, .\"name\", .[\"age\"], .tags[-1], .tags[9], .missing.deeper",
        ".numbers[], .people[].age",
        ".numbers[1:], .numbers[:-1], .name[0:2]",
        ".name.deeper",
        ".name.deeper?, .name[]?, (.name | error)?, 1",
        ".people | .[] | .name",
        "[.numbers | .. ]",
        ".people[] as {name: $n, $age} | \"\\($n)=\\($age)\"",
        ".tags as [$first, $second] | $second + $first",
    ]), @r#"
    .  ->  [{"name":"Ada","age":36,"half":0.5,"none":null,"yes":true,"tags":["b","a","b"],"numbers":[3,1,2],"people":[{"name":"x","age":2,"team":"r"},{"name":"y","age":1,"team":"s"},{"name":"z","age":2,"team":"r"}]}]
    .name, .people[0].name, ."name", .["age"], .tags[-1], .tags[9], .missing.deeper  ->  ["Ada","x","Ada",36,"b",null,null]
    .numbers[], .people[].age  ->  [3,1,2,2,1,2]
    .numbers[1:], .numbers[:-1], .name[0:2]  ->  [[1,2],[3,1],"Ad"]
    .name.deeper  ->  failed: jq `.name.deeper`: Cannot index string with "deeper"
    .name.deeper?, .name[]?, (.name | error)?, 1  ->  [1]
    .people | .[] | .name  ->  ["x","y","z"]
    [.numbers | .. ]  ->  [[[3,1,2],3,1,2]]
    .people[] as {name: $n, $age} | "\($n)=\($age)"  ->  ["x=2","y=1","z=2"]
    .tags as [$first, $second] | $second + $first  ->  ["ab"]
    "#);
}

#[test]
fn operators_compute() {
    assert_snapshot!(table([
        "1 + 2 * 3 - 4 / 2, 7 / 2, 7 % 4, -.age, 1.5 + 1, .numbers - [1]",
        "\"a\" + \"b\", \"ab\" * 2, \"a,b\" / \",\", {a: 1} + {b: 2}, {a: {b: 1}} * {a: {c: 2}}, null + 1",
        "1 == 1.0, 1 < \"a\", [1] < [2], .none == null, (.age >= 36 and .yes), (false or .none), (.none | not)",
        ".none // \"d\", (.numbers[] | select(. > 9)) // \"none\", .missing // .none // 3",
        "[1, 2] + [3], (1, 2) + (10, 20)",
        "{name, age: (.age, 1), (\"k\" + \"1\"): [.numbers[] | . * 2]}",
        "if .age > 30 then \"old\" elif .age > 20 then \"mid\" else \"young\" end, (if false then 1 end | type)",
        "1 / 0",
        "\"a\" - 1",
        "try error(\"x\") catch . + \"!\", (try error({a: 1}) catch .a), [.[] | try (if type == \"number\" then error else type end)]",
        "reduce .numbers[] as $n (0; . + $n), [foreach .numbers[] as $n (0; . + $n)], [foreach .numbers[] as $n (0; . + $n; [$n, .])]",
        "def twice(f): f | f; def plus($n): . + $n; 1 | twice(plus(2)), (def fac: if . <= 1 then 1 else . * (. - 1 | fac) end; 5 | fac)",
        "[label $out | .numbers[] | if . == 2 then break $out else . end], \"\\(1 + 1) and \\(.tags)\", @base64 \"x\\(.name)\"",
    ]), @r#"
    1 + 2 * 3 - 4 / 2, 7 / 2, 7 % 4, -.age, 1.5 + 1, .numbers - [1]  ->  [5,3.5,3,-36,2.5,[3,2]]
    "a" + "b", "ab" * 2, "a,b" / ",", {a: 1} + {b: 2}, {a: {b: 1}} * {a: {c: 2}}, null + 1  ->  ["ab","abab",["a","b"],{"a":1,"b":2},{"a":{"b":1,"c":2}},1]
    1 == 1.0, 1 < "a", [1] < [2], .none == null, (.age >= 36 and .yes), (false or .none), (.none | not)  ->  [true,true,true,true,true,false,true]
    .none // "d", (.numbers[] | select(. > 9)) // "none", .missing // .none // 3  ->  ["d","none",3]
    [1, 2] + [3], (1, 2) + (10, 20)  ->  [[1,2,3],11,12,21,22]
    {name, age: (.age, 1), ("k" + "1"): [.numbers[] | . * 2]}  ->  [{"name":"Ada","age":36,"k1":[6,2,4]},{"name":"Ada","age":1,"k1":[6,2,4]}]
    if .age > 30 then "old" elif .age > 20 then "mid" else "young" end, (if false then 1 end | type)  ->  ["old","object"]
    1 / 0  ->  failed: jq `1 / 0`: cannot be divided because the divisor is zero
    "a" - 1  ->  failed: jq `"a" - 1`: string and number cannot be subtracted
    try error("x") catch . + "!", (try error({a: 1}) catch .a), [.[] | try (if type == "number" then error else type end)]  ->  ["x!",1,["string","null","boolean","array","array","array"]]
    reduce .numbers[] as $n (0; . + $n), [foreach .numbers[] as $n (0; . + $n)], [foreach .numbers[] as $n (0; . + $n; [$n, .])]  ->  [6,[3,4,6],[[3,3],[1,4],[2,6]]]
    def twice(f): f | f; def plus($n): . + $n; 1 | twice(plus(2)), (def fac: if . <= 1 then 1 else . * (. - 1 | fac) end; 5 | fac)  ->  [5,120]
    [label $out | .numbers[] | if . == 2 then break $out else . end], "\(1 + 1) and \(.tags)", @base64 "x\(.name)"  ->  [[3,1],"2 and [\"b\",\"a\",\"b\"]","xQWRh"]
    "#);
}

#[test]
fn functions_know_the_common_ones() {
    assert_snapshot!(table([
        "keys, (.people | length), (.people[0] | keys, to_entries), ([{key: 1, value: 2}] | from_entries), ({a: 1} | with_entries(.value += 1))",
        ".tags | unique, sort, reverse, join(\"-\"), first, last, add, contains([\"a\"]), any(. == \"a\"), all(. == \"a\")",
        ".numbers | map(. + 1), add, min, max, (sort | first), map(select(. > 1)), any(. > 2), all(. > 0), length",
        ".people | group_by(.team), sort_by(.age, .name), unique_by(.team), min_by(.age), max_by(.age) | map(.name)?",
        "[.people[] | {(.name): .age}] | add",
        ".name | ascii_downcase, ascii_upcase, length, explode, (explode | implode), startswith(\"A\"), ltrimstr(\"A\"), test(\"^a\"; \"i\"), split(\"d\")",
        "(\" a \" | trim), (\"3\" | tonumber), (3 | tostring), ([1, {a: 2}] | tojson), (\"[1]\" | fromjson), (\"x\" | @base64), (\"eA==\" | @base64d)",
        "[[1, [2]], 3] | flatten, flatten(1)",
        "[1.5, -1.5 | floor, ceil, round, abs], (9 | sqrt), pow(2; 10), ([3, 4] | has(1), has(2)), ({a: 1} | has(\"a\"))",
        "[limit(3; repeat(1))], [first(range(1000000000000))], [range(0; 10; 3)], [1 | until(. > 100; . * 2)], [1 | while(. < 10; . * 3)], [2 | recurse(if . < 20 then . * . else empty end)]",
        "del(.people, .tags[0]), (.numbers | del(.[0, 2])) | tojson",
        "[.people[0] | paths], (.people | [paths(type == \"number\")]), [path(.people[0].name)], getpath([\"people\", 0, \"name\"]), ({} | setpath([\"a\", 1]; 2))",
        ".age |= . + 1 | .age, .people[].age += 1 | .people? // . | tojson",
        "(.numbers[] | select(. > 1)) |= empty | .numbers",
        ".numbers | walk(if type == \"number\" then . + 1 else . end), map_values(. * 2), (.[1] = 9), (.[4] = 1)",
        "[.[] | scalars], [.[] | strings, nulls], isempty(empty), isempty(1)",
        "{a: {b: 1}} | [.. | numbers], .a.b, (.a.c //= 5)",
    ]), @r#"
    keys, (.people | length), (.people[0] | keys, to_entries), ([{key: 1, value: 2}] | from_entries), ({a: 1} | with_entries(.value += 1))  ->  [["age","half","name","none","numbers","people","tags","yes"],3,["age","name","team"],[{"key":"name","value":"x"},{"key":"age","value":2},{"key":"team","value":"r"}],{"1":2},{"a":2}]
    .tags | unique, sort, reverse, join("-"), first, last, add, contains(["a"]), any(. == "a"), all(. == "a")  ->  [["a","b"],["a","b","b"],["b","a","b"],"b-a-b","b","b","bab",true,true,false]
    .numbers | map(. + 1), add, min, max, (sort | first), map(select(. > 1)), any(. > 2), all(. > 0), length  ->  [[4,2,3],6,1,3,1,[3,2],true,true,3]
    .people | group_by(.team), sort_by(.age, .name), unique_by(.team), min_by(.age), max_by(.age) | map(.name)?  ->  [["y","x","z"],["x","y"]]
    [.people[] | {(.name): .age}] | add  ->  [{"x":2,"y":1,"z":2}]
    .name | ascii_downcase, ascii_upcase, length, explode, (explode | implode), startswith("A"), ltrimstr("A"), test("^a"; "i"), split("d")  ->  ["ada","ADA",3,[65,100,97],"Ada",true,"da",true,["A","a"]]
    (" a " | trim), ("3" | tonumber), (3 | tostring), ([1, {a: 2}] | tojson), ("[1]" | fromjson), ("x" | @base64), ("eA==" | @base64d)  ->  ["a",3,"3","[1,{\"a\":2}]",[1],"eA==","x"]
    [[1, [2]], 3] | flatten, flatten(1)  ->  [[1,2,3],[1,[2],3]]
    [1.5, -1.5 | floor, ceil, round, abs], (9 | sqrt), pow(2; 10), ([3, 4] | has(1), has(2)), ({a: 1} | has("a"))  ->  [[1,2,2,1.5,-2,-1,-2,1.5],3,1024,true,false,true]
    [limit(3; repeat(1))], [first(range(1000000000000))], [range(0; 10; 3)], [1 | until(. > 100; . * 2)], [1 | while(. < 10; . * 3)], [2 | recurse(if . < 20 then . * . else empty end)]  ->  [[{"name":"Ada","age":36,"half":0.5,"none":null,"yes":true,"tags":["b","a","b"],"numbers":[3,1,2],"people":[{"name":"x","age":2,"team":"r"},{"name":"y","age":1,"team":"s"},{"name":"z","age":2,"team":"r"}]},1,1],[0],[0,3,6,9],[128],[1,3,9],[2,4,16,256]]
    del(.people, .tags[0]), (.numbers | del(.[0, 2])) | tojson  ->  ["{\"name\":\"Ada\",\"age\":36,\"half\":0.5,\"none\":null,\"yes\":true,\"tags\":[\"a\",\"b\"],\"numbers\":[3,1,2]}","[1]"]
    [.people[0] | paths], (.people | [paths(type == "number")]), [path(.people[0].name)], getpath(["people", 0, "name"]), ({} | setpath(["a", 1]; 2))  ->  [[["name"],["age"],["team"]],[[0,"age"],[1,"age"],[2,"age"]],[["people",0,"name"]],"x",{"a":[null,2]}]
    .age |= . + 1 | .age, .people[].age += 1 | .people? // . | tojson  ->  ["37","[{\"name\":\"x\",\"age\":3,\"team\":\"r\"},{\"name\":\"y\",\"age\":2,\"team\":\"s\"},{\"name\":\"z\",\"age\":3,\"team\":\"r\"}]"]
    (.numbers[] | select(. > 1)) |= empty | .numbers  ->  [[1]]
    .numbers | walk(if type == "number" then . + 1 else . end), map_values(. * 2), (.[1] = 9), (.[4] = 1)  ->  [[4,2,3],[6,2,4],[3,9,2],[3,1,2,null,1]]
    [.[] | scalars], [.[] | strings, nulls], isempty(empty), isempty(1)  ->  [["Ada",36,0.5,null,true],["Ada",null],true,false]
    {a: {b: 1}} | [.. | numbers], .a.b, (.a.c //= 5)  ->  [[1],1,{"a":{"b":1,"c":5}}]
    "#);
}

#[test]
fn what_is_wrong_is_said() {
    assert_snapshot!(table([
        "",
        ".a |",
        "[1",
        "\"abc",
        "if 1 then 2",
        ".[",
        "foo",
        "foo(1)",
        "$x",
        "$ENV",
        "env",
        "input",
        "halt",
        "now",
        "break $x",
        ".. = 1 | now",
        "1 as $x",
        "{a b}",
        "(1 | 2) = 3",
        "@csv",
        "import \"a\" as a; 1",
        "\"\\q\"",
    ]), @r#"
      ->  failed: Invalid jq ``: expected a term instead of the end at byte 0
    .a |  ->  failed: Invalid jq `.a |`: expected a term instead of the end at byte 4
    [1  ->  failed: Invalid jq `[1`: expected `]` instead of the end at byte 2
    "abc  ->  failed: Invalid jq `"abc`: expected the end of the text instead of `abc` at byte 1
    if 1 then 2  ->  failed: Invalid jq `if 1 then 2`: expected `end` instead of the end at byte 11
    .[  ->  failed: Invalid jq `.[`: expected a term instead of the end at byte 2
    foo  ->  failed: jq's foo/0 is not defined
    foo(1)  ->  failed: jq's foo/1 is not defined
    $x  ->  failed: jq's $x is not defined
    $ENV  ->  failed: jq's `$ENV` is refused: a program sees no environment: use `envs` of the expression, which are variables
    env  ->  failed: jq's `env` is refused: a program sees no environment: use `envs` of the expression, which are variables
    input  ->  failed: jq's `input` is refused: there is one input: make a list of what the program needs, and take it apart
    halt  ->  failed: jq's `halt` is refused: a program cannot end its server: use `error`, or `empty`
    now  ->  failed: jq's `now` is refused: a program sees no clock: put `now()` of the expression into the program or its input
    break $x  ->  failed: jq's label $x is not defined
    .. = 1 | now  ->  failed: jq `.. = 1 | now`: Cannot index number with "name"
    1 as $x  ->  failed: Invalid jq `1 as $x`: expected `|` instead of the end at byte 7
    {a b}  ->  failed: Invalid jq `{a b}`: expected `}` instead of `b}` at byte 3
    (1 | 2) = 3  ->  failed: jq `(1 | 2) = 3`: this is no path: a path is made of `.a`, `.[0]`, `.[]`, `..`, `|`, `,`, `select`
    @csv  ->  failed: jq `@csv`: object cannot be csv-formatted, only an array can be
    import "a" as a; 1  ->  failed: Invalid jq `import "a" as a; 1`: jq's `import` is refused: there are no modules: define what you need in the program, with `def`
    "\q"  ->  failed: Invalid jq `"\q"`: expected an escape instead of `\q"` at byte 1
    "#);
}

/// Nothing of this ends by itself, or it would be far too big. All of it ends here, soon, with an error.
#[test]
fn nothing_goes_on_for_ever() {
    let input = json!({"a": [1, 2, 3]});
    let doubled = format!("[1] | {}length", "[.[], .[]] | ".repeat(60));
    let text = format!("\"abcdefgh\" | {}length", ". + . | ".repeat(60));
    let calls = format!("def a(f): f | f; {}1{}", "a(".repeat(30), ")".repeat(30));
    let shared = format!("[1] | {}tojson", "[., .] | ".repeat(60));
    let compared = format!("[1] | {}. == .", "[., .] | ".repeat(60));
    let programs = [
        "def f: 1 + f; f",
        "def f: f; f",
        "def f: f | f; f",
        "def f(g): f(g | g); f(.)",
        "def f: [f]; f",
        "def f: f, f; f",
        "[repeat(1)]",
        "repeat(.)",
        "last(range(1e12))",
        "[range(1e18)]",
        "[range(0; 1; 1e-18)]",
        "until(false; .)",
        "[while(true; .)]",
        "[recurse(.)]",
        "recurse([., .])",
        "reduce range(1e9) as $i (0; . + $i)",
        "reduce range(100000) as $i (null; [.])",
        "reduce range(100000) as $i (null; {a: .})",
        "\"x\" * 1e12",
        "[limit(1000000000000; repeat(1))]",
        ".[\"b\"][1000000000000] = 1",
        "[range(1e6)] | sort | .[0]",
        "setpath([range(1000) | \"a\"]; 1)",
        "reduce range(200) as $i ([]; setpath([0]; [.]))",
        "[.a[] | range(1e9)] | length",
        "skip(1000000000; repeat(1))",
        "[range(1000) | range(1000)] | group_by(.)",
        "nth(1000000000000; repeat(1))",
        "def f: reduce .[] as $x (.; f); f",
        "def w: walk(w); w",
        "path(def f: f; f)",
        "null | path(def f: .a | f; f)",
        "path(def f: f // f; f)",
        "def f: f // f; f",
        "try (def f: f; f) catch 1",
        "[range(100000) | \"abcdefghij\" * 1000] | length",
        "reduce range(64) as $i (\"ab\"; . * 2 | . + .)",
        "[range(20)] | [combinations(20)] | length",
        "[range(1e5) | tostring | test(\"a\\(.)\")] | length",
        "\"a\" * 1000000 | [match(\"\"; \"g\")] | length",
        "\"a\" * 100000 | indices(\"a\" * 50000) | length",
        "\"ab\" * 20 | [gsub(\"a\"; \"x\", \"y\")] | length",
        "[range(1000)] | [tostream | tojson * 100000] | length",
        "[range(300000)] | transpose",
        &doubled,
        &text,
        &calls,
        &shared,
        &compared,
    ];
    let mut others = Vec::new();
    for program in programs {
        let outcome = outputs(program, &input);
        let limits = ["Took more than", "ested deeper than", "longer than", "bigger than"];
        let by_limit = |message: &String| limits.iter().any(|limit| message.contains(limit));
        if !outcome.as_ref().is_err_and(by_limit) {
            others.push((program, outcome));
        }
    }
    assert!(others.is_empty(), "not ended by a limit: {others:#?}");
}

/// Programs that nest, of every kind, up to the limit of their length: refused, and no stack overflows.
#[test]
fn no_program_is_too_deep_for_the_stack() {
    let deep = [
        ("[", ""),
        ("(", ""),
        ("{a:", ""),
        ("-", ""),
        ("if ", ""),
        ("try ", ""),
        ("def f: ", ""),
        (".[", ""),
        ("\"\\(", ""),
        ("1 as $x | ", "1"),
        ("reduce ", ""),
        ("f(", ""),
        ("label $x | ", "1"),
        (". as [", ""),
        ("1 as [[", ""),
        ("not | def f: 1; ", "1"),
        (".a|", "."),
        ("1,", "1"),
        ("1+", "1"),
        ("1//", "1"),
        ("1 or ", "1"),
        (".a", ""),
        (".[0]", ""),
        ("?", ""),
        (". == ", "1"),
        ("if . then 1 elif ", "1"),
        ("@text \"\\(", ""),
    ];
    for (piece, end) in deep {
        for count in [50, 1000, 16_000 / piece.len()] {
            let _either_way = outputs(&format!("{}{end}", piece.repeat(count)), &json!([1]));
        }
    }
    let long = "1".repeat(17 << 10);
    assert!(outputs(&long, &Json::Null).unwrap_err().contains("longer than"));
    let deep = format!("{}1{}", "[".repeat(60), "]".repeat(60));
    assert!(outputs(&deep, &Json::Null).unwrap_err().contains("nested deeper"));
}
