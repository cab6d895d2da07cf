//! The functions beyond the common ones: patterns, dates, formats, numbers, streams, and what is refused.

use insta::assert_snapshot;

use super::table;

#[test]
fn patterns_match() {
    assert_snapshot!(table([
        r#"[.name | test("a"), test("A"), test("a$"; "x"), test(["ADA", "i"])]"#,
        r#""xäyä" | [match("ä"), match("ä"; "g")] | map(.offset)"#,
        r#""foo bar" | match("(?<first>o+) (x)?")"#,
        r#""2024-05-06" | capture("(?<year>\\d+)-(?<month>\\d+)")"#,
        r#"[("a1b22" | scan("\\d+")), ("a1b22" | scan("([a-z])(\\d+)")), ("aAa" | scan("a"; "i"))]"#,
        r#"("a, b,c" | split(", *"; null)), ["a1b2c" | splits("\\d")], ("" | split("x"; null))"#,
        r#"("abab" | sub("a"; "x"), gsub("a"; "x"), gsub("(?<l>[ab])"; "<\(.l)>"), sub("b"; "1", "2")), ("abAB" | gsub("b"; "-"; "i"))"#,
        r#""aXbX" | [gsub("^"; ">"), gsub("X"; ""), gsub("x*"; "-")]"#,
        r#""a\nb" | test("a.b"), test("a.b"; "s")"#,
        r#""a" | test("("), 1"#,
        r#""a" | test("a"; "q")"#,
        r#"1 | test("a")"#,
        r#""ab" | gsub("a"; 1)"#,
    ]), @r#"
    [.name | test("a"), test("A"), test("a$"; "x"), test(["ADA", "i"])]  ->  [[true,true,true,true]]
    "xäyä" | [match("ä"), match("ä"; "g")] | map(.offset)  ->  [[1,1,3]]
    "foo bar" | match("(?<first>o+) (x)?")  ->  [{"offset":1,"length":3,"string":"oo ","captures":[{"offset":1,"length":2,"string":"oo","name":"first"},{"offset":-1,"length":0,"string":null,"name":null}]}]
    "2024-05-06" | capture("(?<year>\\d+)-(?<month>\\d+)")  ->  [{"year":"2024","month":"05"}]
    [("a1b22" | scan("\\d+")), ("a1b22" | scan("([a-z])(\\d+)")), ("aAa" | scan("a"; "i"))]  ->  [["1","22",["a","1"],["b","22"],"a","A","a"]]
    ("a, b,c" | split(", *"; null)), ["a1b2c" | splits("\\d")], ("" | split("x"; null))  ->  [["a","b","c"],["a","b","c"],[""]]
    ("abab" | sub("a"; "x"), gsub("a"; "x"), gsub("(?<l>[ab])"; "<\(.l)>"), sub("b"; "1", "2")), ("abAB" | gsub("b"; "-"; "i"))  ->  ["xbab","xbxb","<a><b><a><b>","a1ab","a2ab","a-A-"]
    "aXbX" | [gsub("^"; ">"), gsub("X"; ""), gsub("x*"; "-")]  ->  [[">aXbX","ab","-a-X-b-X-"]]
    "a\nb" | test("a.b"), test("a.b"; "s")  ->  [false,true]
    "a" | test("("), 1  ->  failed: jq `"a" | test("("), 1`: ( (at offset 0) is not a valid regex: regex parse error:
        (
        ^
    error: unclosed group
    "a" | test("a"; "q")  ->  failed: jq `"a" | test("a"; "q")`: q is not a valid modifier string: `q` is none of g, i, n, p, s, x
    1 | test("a")  ->  failed: jq `1 | test("a")`: number cannot be matched, as it is not a string
    "ab" | gsub("a"; 1)  ->  failed: jq `"ab" | gsub("a"; 1)`: number is no string
    "#);
}

#[test]
fn dates_are_seconds_and_parts() {
    assert_snapshot!(table([
        r#"1425599621 | todate, date, todateiso8601, gmtime, (gmtime | mktime), strftime("%A, %B %d, %Y %j %Z")"#,
        "1425599621.678 | gmtime, todate",
        r#""2015-03-05T23:53:41Z" | fromdate, fromdateiso8601, strptime("%Y-%m-%dT%H:%M:%SZ")"#,
        r#""2015-03-05T23:53:41+01:00" | strptime("%Y-%m-%dT%H:%M:%S%:z") | mktime"#,
        r#""10:05 6/5/2024" | strptime("%H:%M %d/%m/%Y") | mktime | dateadd("seconds"; 60) | datesub("seconds"; 30) | todate"#,
        "-1 | todate",
        r#""x" | fromdate"#,
        "[2024, 1] | mktime",
        "[2024, 12, 1, 0, 0, 0] | mktime",
        "1e300 | todate",
        r#"1 | strftime("%Q %!")"#,
    ]), @r#"
    1425599621 | todate, date, todateiso8601, gmtime, (gmtime | mktime), strftime("%A, %B %d, %Y %j %Z")  ->  ["2015-03-05T23:53:41Z","2015-03-05T23:53:41Z","2015-03-05T23:53:41Z",[2015,2,5,23,53,41,4,63],1425599621,"Thursday, March 05, 2015 064 UTC"]
    1425599621.678 | gmtime, todate  ->  [[2015,2,5,23,53,41.678,4,63],"2015-03-05T23:53:41Z"]
    "2015-03-05T23:53:41Z" | fromdate, fromdateiso8601, strptime("%Y-%m-%dT%H:%M:%SZ")  ->  [1425599621,1425599621,[2015,2,5,23,53,41,4,63]]
    "2015-03-05T23:53:41+01:00" | strptime("%Y-%m-%dT%H:%M:%S%:z") | mktime  ->  [1425596021]
    "10:05 6/5/2024" | strptime("%H:%M %d/%m/%Y") | mktime | dateadd("seconds"; 60) | datesub("seconds"; 30) | todate  ->  ["2024-05-06T10:05:30Z"]
    -1 | todate  ->  ["1969-12-31T23:59:59Z"]
    "x" | fromdate  ->  failed: jq `"x" | fromdate`: date "x" does not match format "%Y-%m-%dT%H:%M:%SZ"
    [2024, 1] | mktime  ->  failed: jq `[2024, 1] | mktime`: mktime requires an array of at least 6 numbers: year, month from 0, day, hour, minute, second
    [2024, 12, 1, 0, 0, 0] | mktime  ->  failed: jq `[2024, 12, 1, 0, 0, 0] | mktime`: mktime requires parts that make a date
    1e300 | todate  ->  failed: jq `1e300 | todate`: the date is out of the years that dates know
    1 | strftime("%Q %!")  ->  failed: jq `1 | strftime("%Q %!")`: strftime/1: strftime formatting failed: found unrecognized specifier directive `!`
    "#);
}

#[test]
fn formats_escape() {
    assert_snapshot!(table([
        r#"[1, "a \"b\"", null, true, 1.5] | @csv, @tsv, @sh, @json, @text"#,
        r#"["a\tb\n\\", "c"] | @tsv"#,
        r#""<a href='x'>\"&\"</a>" | @html"#,
        r#"("ä b-_.~/" | @uri, (@uri | @urid)), ("it's" | @sh)"#,
        r#"["f", "fo", "foo", "foob", "fooba", "foobar" | @base32], ("MZXW6YTBOI======" | @base32d)"#,
        r#"@csv "x: \(.tags)", @uri "?q=\(.name + " b")""#,
        "{a: 1} | @csv",
        "[[1]] | @sh",
        r#""%zz" | @urid"#,
        "1 | @yaml",
    ]), @r#"
    [1, "a \"b\"", null, true, 1.5] | @csv, @tsv, @sh, @json, @text  ->  ["1,\"a \"\"b\"\"\",,true,1.5","1\ta \"b\"\t\ttrue\t1.5","1 'a \"b\"' null true 1.5","[1,\"a \\\"b\\\"\",null,true,1.5]","[1,\"a \\\"b\\\"\",null,true,1.5]"]
    ["a\tb\n\\", "c"] | @tsv  ->  ["a\\tb\\n\\\\\tc"]
    "<a href='x'>\"&\"</a>" | @html  ->  ["&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/a&gt;"]
    ("ä b-_.~/" | @uri, (@uri | @urid)), ("it's" | @sh)  ->  ["%C3%A4%20b-_.~%2F","ä b-_.~/","'it'\\''s'"]
    ["f", "fo", "foo", "foob", "fooba", "foobar" | @base32], ("MZXW6YTBOI======" | @base32d)  ->  [["MY======","MZXQ====","MZXW6===","MZXW6YQ=","MZXW6YTB","MZXW6YTBOI======"],"foobar"]
    @csv "x: \(.tags)", @uri "?q=\(.name + " b")"  ->  ["x: \"b\",\"a\",\"b\"","?q=Ada%20b"]
    {a: 1} | @csv  ->  failed: jq `{a: 1} | @csv`: object cannot be csv-formatted, only an array can be
    [[1]] | @sh  ->  failed: jq `[[1]] | @sh`: array can not be escaped for shell
    "%zz" | @urid  ->  failed: jq `"%zz" | @urid`: the text cannot be decoded
    1 | @yaml  ->  failed: jq's @yaml/0 is not defined
    "#);
}

#[test]
fn numbers_compute() {
    assert_snapshot!(table([
        "[8 | significand, logb, cbrt, exp2, exp10, log2], (10 | frexp), (0 | frexp), ([1.5, 2.5] | map(rint))",
        "[infinite, -infinite, nan, 1 | isinfinite, isnan, isnormal], [1, infinite, nan | finites], [0, 1 | normals]",
        "[0 | sin, cos, tan, asin, atan, sinh, cosh, tanh, asinh, log1p, expm1], (1 | acos, acosh), (0 | atanh)",
        "atan2(0; 1), fmin(1; 2), fmax(1; 2), fmod(7; 3), ldexp(1; 3), scalb(1; 2), fma(2; 3; 4), hypot(3; 4)",
        r#"have_literal_numbers, have_decnum, ([-5, 2.5, -0.5] | map(abs)), (1, [1] | toarray), ("true", false | toboolean)"#,
        r#""x" | sin"#,
        r#"pow("a"; 1)"#,
        r#""maybe" | toboolean"#,
    ]), @r#"
    [8 | significand, logb, cbrt, exp2, exp10, log2], (10 | frexp), (0 | frexp), ([1.5, 2.5] | map(rint))  ->  [[1,3,2,256,100000000,3],[0.625,4],[0,0],[2,2]]
    [infinite, -infinite, nan, 1 | isinfinite, isnan, isnormal], [1, infinite, nan | finites], [0, 1 | normals]  ->  [[true,false,false,true,false,false,false,true,false,false,false,true],[1],[1]]
    [0 | sin, cos, tan, asin, atan, sinh, cosh, tanh, asinh, log1p, expm1], (1 | acos, acosh), (0 | atanh)  ->  [[0,1,0,0,0,0,1,0,0,0,0],0,0,0]
    atan2(0; 1), fmin(1; 2), fmax(1; 2), fmod(7; 3), ldexp(1; 3), scalb(1; 2), fma(2; 3; 4), hypot(3; 4)  ->  [0,1,2,1,8,4,10,5]
    have_literal_numbers, have_decnum, ([-5, 2.5, -0.5] | map(abs)), (1, [1] | toarray), ("true", false | toboolean)  ->  [true,false,[5,2.5,0.5],[1],[1],true,false]
    "x" | sin  ->  failed: jq `"x" | sin`: string is no number
    pow("a"; 1)  ->  failed: jq `pow("a"; 1)`: pow takes numbers
    "maybe" | toboolean  ->  failed: jq `"maybe" | toboolean`: "maybe" cannot be parsed as a boolean
    "#);
}

#[test]
fn values_are_searched_and_taken_apart() {
    assert_snapshot!(table([
        r#"("a,b, cd, ef" | indices(", "), index(","), rindex(","), index("z")), ([0, 1, 2, 1, 2] | indices(1), indices([1, 2]), .[[1, 2]], index(2)), (null | indices(1))"#,
        r#"("äbäb" | indices("b")), ("aaa" | indices("aa")), ("a" | indices(""))"#,
        "[[1, 3, 5] | bsearch(3), bsearch(0), bsearch(4), bsearch(9)]",
        "{a: [1, {b: 2}], c: []} | [tostream], fromstream(tostream), [1 | truncate_stream([[0], 1], [[1, 0], 2], [[1, 0]], [[1]])]",
        "[1, [2]] | [leaf_paths], getpath([1, 0]), pick(.[1]), ({a: {b: 1, c: 2}, d: 3} | pick(.a.b))",
        "[[1, 2], [3]] | transpose, [combinations], ([0, 1] | [combinations(2)])",
        r#"(.tags | IN(["b", "a", "b"])), IN(.numbers[]; 7, 3), (.people | INDEX(.name) | map_values(.age)), INDEX(.tags[]; .)"#,
        r#"("--a--" | trimstr("-"), ltrimstr("--")), (97 | ascii), ("[x]" | ltrimstr("[") | rtrimstr("]")), isvalid(error), isvalid(1)"#,
        ". as [$a] ?// $a | [$a | type], ([[1, 2]] | .[] as [$a] ?// $b | if $a == 1 then error else [$a, $b] end)",
        r#"$__loc__, ("a" | ascii_upcase | implode? // "no"), limit(2; 1, 2, 3), ([limit(0; 1)]), add(.numbers[]), [skip(1; 1, 2, 3)], nth(1; 5, 6)"#,
        r#".numbers | (.[1:] = [9]), (.[:2] |= map(. + 1)), del(.[1:]), [paths], [path(.[1:2])], getpath([{"start": 1, "end": null}])"#,
        r#"reduce .numbers[] as $n (0; . + $n), [foreach .numbers[] as $n (0; . + $n; [$n, .])], [label $out | 1, break $out, 2], (try error("x") catch .)"#,
        ".numbers[1:] = 5",
        "1 | bsearch(1)",
    ]), @r#"
    ("a,b, cd, ef" | indices(", "), index(","), rindex(","), index("z")), ([0, 1, 2, 1, 2] | indices(1), indices([1, 2]), .[[1, 2]], index(2)), (null | indices(1))  ->  [[3,7],1,7,null,[1,3],[1,3],[1,3],2,null]
    ("äbäb" | indices("b")), ("aaa" | indices("aa")), ("a" | indices(""))  ->  [[1,3],[0,1],[]]
    [[1, 3, 5] | bsearch(3), bsearch(0), bsearch(4), bsearch(9)]  ->  [[1,-1,-3,-4]]
    {a: [1, {b: 2}], c: []} | [tostream], fromstream(tostream), [1 | truncate_stream([[0], 1], [[1, 0], 2], [[1, 0]], [[1]])]  ->  [[[["a",0],1],[["a",1,"b"],2],[["a",1,"b"]],[["a",1]],[["c"],[]],[["c"]]],{"a":[1,{"b":2}],"c":[]},[[[0],2],[[0]]]]
    [1, [2]] | [leaf_paths], getpath([1, 0]), pick(.[1]), ({a: {b: 1, c: 2}, d: 3} | pick(.a.b))  ->  [[[0],[1,0]],2,[null,[2]],{"a":{"b":1}}]
    [[1, 2], [3]] | transpose, [combinations], ([0, 1] | [combinations(2)])  ->  [[[1,3],[2,null]],[[1,3],[2,3]],[[0,0],[0,1],[1,0],[1,1]]]
    (.tags | IN(["b", "a", "b"])), IN(.numbers[]; 7, 3), (.people | INDEX(.name) | map_values(.age)), INDEX(.tags[]; .)  ->  [true,true,{"x":2,"y":1,"z":2},{"b":"b","a":"a"}]
    ("--a--" | trimstr("-"), ltrimstr("--")), (97 | ascii), ("[x]" | ltrimstr("[") | rtrimstr("]")), isvalid(error), isvalid(1)  ->  ["-a-","a--","a","x",false,true]
    . as [$a] ?// $a | [$a | type], ([[1, 2]] | .[] as [$a] ?// $b | if $a == 1 then error else [$a, $b] end)  ->  [["object"],[null,[1,2]]]
    $__loc__, ("a" | ascii_upcase | implode? // "no"), limit(2; 1, 2, 3), ([limit(0; 1)]), add(.numbers[]), [skip(1; 1, 2, 3)], nth(1; 5, 6)  ->  [{"file":"<top-level>","line":1},"no",1,2,[],6,[2,3],6]
    .numbers | (.[1:] = [9]), (.[:2] |= map(. + 1)), del(.[1:]), [paths], [path(.[1:2])], getpath([{"start": 1, "end": null}])  ->  [[3,9],[4,2,2],[3],[[0],[1],[2]],[[{"start":1,"end":2}]],[1,2]]
    reduce .numbers[] as $n (0; . + $n), [foreach .numbers[] as $n (0; . + $n; [$n, .])], [label $out | 1, break $out, 2], (try error("x") catch .)  ->  [6,[[3,3],[1,4],[2,6]],[1],"x"]
    .numbers[1:] = 5  ->  failed: jq `.numbers[1:] = 5`: A slice of an array can only be assigned another array
    1 | bsearch(1)  ->  failed: jq `1 | bsearch(1)`: number cannot be searched from
    "#);
}

#[test]
fn what_is_refused_says_why() {
    assert_snapshot!(table([
        "now", "localtime", "input", "inputs", "env.PATH", "$ENV.PATH", "halt", "halt_error(1)", "debug", "debug(1)", "stderr",
        "input_line_number", "builtins", "import \"a\" as a; 1", "include \"a\"; 1", "try now catch 1", "nothing_known", "todate(1)",
    ]), @r#"
    now  ->  failed: jq's `now` is refused: a program sees no clock: put `now()` of the expression into the program or its input
    localtime  ->  failed: jq's `localtime` is refused: a program sees no zone of a server: use `gmtime` and `strftime`, or the filter `date` with its `timeZone`
    input  ->  failed: jq's `input` is refused: there is one input: make a list of what the program needs, and take it apart
    inputs  ->  failed: jq's `inputs` is refused: there is one input: make a list of what the program needs, and take it apart
    env.PATH  ->  failed: jq's `env` is refused: a program sees no environment: use `envs` of the expression, which are variables
    $ENV.PATH  ->  failed: jq's `$ENV` is refused: a program sees no environment: use `envs` of the expression, which are variables
    halt  ->  failed: jq's `halt` is refused: a program cannot end its server: use `error`, or `empty`
    halt_error(1)  ->  failed: jq's `halt_error` is refused: a program cannot end its server: use `error`, or `empty`
    debug  ->  failed: jq's `debug` is refused: a program has nowhere to write to: put what you want to see among its outputs
    debug(1)  ->  failed: jq's `debug` is refused: a program has nowhere to write to: put what you want to see among its outputs
    stderr  ->  failed: jq's `stderr` is refused: a program has nowhere to write to: put what you want to see among its outputs
    input_line_number  ->  failed: jq's `input_line_number` is refused: there is one input: make a list of what the program needs, and take it apart
    builtins  ->  failed: jq's `builtins` is refused: a program cannot ask for the names of functions
    import "a" as a; 1  ->  failed: Invalid jq `import "a" as a; 1`: jq's `import` is refused: there are no modules: define what you need in the program, with `def`
    include "a"; 1  ->  failed: Invalid jq `include "a"; 1`: jq's `include` is refused: there are no modules: define what you need in the program, with `def`
    try now catch 1  ->  failed: jq's `now` is refused: a program sees no clock: put `now()` of the expression into the program or its input
    nothing_known  ->  failed: jq's nothing_known/0 is not defined
    todate(1)  ->  failed: jq's todate/1 is not defined
    "#);
}
