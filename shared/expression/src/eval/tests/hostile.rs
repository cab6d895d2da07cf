//! Arguments and templates that mean harm: each gives a value or an error within its limits, and none panics. One that
//! did not end would be the test that does not.

use insta::assert_snapshot;
use serde_json::json;

use crate::{
    Error, Limits, Supplied, Template,
    testing::{Root, with},
};

/// For what grows until it is stopped: a build without optimization takes its time over the default ones.
const SMALL: Limits = Limits { fuel: 200_000, depth: 100, output_bytes: 2 << 20, needs: 100 };
/// Characters of a result that the tables show.
const SHOWN_MAX: usize = 120;

fn given(source: &str, limits: Limits) -> String {
    let root = Root(json!({
        "text": "hello", "list": [3, 1, 2], "map": {"a": 1}, "one": 1, "least": i32::MIN,
        "big": "x".repeat(1 << 20), "numbers": format!("[{}1]", "1,".repeat(2_000_000)),
        "deep": format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)),
        "text_of_90_levels": format!("{}{}", "[".repeat(90), "]".repeat(90)),
        "deepish": format!("{}{}", "[".repeat(110), "]".repeat(110)),
    }));
    let whole = if source.contains("{%") { source.to_owned() } else { format!("{{{{ {source} }}}}") };
    let template = match Template::parse(&whole) {
        Ok(template) => template,
        Err(error) => return format!("refused: {error}"),
    };
    let evaluated = with(&root, &Supplied::new(), limits, |it| template.evaluate(it));
    let shown = match evaluated {
        Ok(value) => value.to_string(),
        Err(Error::Failed(failure)) => failure
            .message
            .replace(&whole, "…")
            .replace("io.pebbletemplates.pebble.error.PebbleException", "failed"),
        Err(Error::Needs(needs)) => format!("needs {needs:?}"),
    };
    match shown.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{}… ({} bytes)", &shown[..end], shown.len()),
        None => shown,
    }
}

fn table<const N: usize>(sources: [&str; N], limits: Limits) -> String {
    sources.map(|source| format!("{source}  ->  {}\n", given(source, limits))).concat()
}

#[test]
fn numbers_at_their_ends() {
    assert_snapshot!(table([
        "-9223372036854775807 - 1",
        "(-9223372036854775807 - 1) / -1",
        "(-9223372036854775807 - 1) % -1",
        "(-9223372036854775807 - 1) | abs",
        "-(-9223372036854775807 - 1)",
        "[least | abs, -least]",
        "9223372036854775807 * 2",
        "1 % 0",
        "1.0 % 0",
        "0.0 / 0 == 0.0 / 0",
        "'1e999' | number",
        "'99999999999999999999' | number('INT')",
        "'NaN' | number('DOUBLE')",
        "9223372036854775807 is even",
        "max(0.0 / 0, 1)",
        "[0.0 / 0, 1, 2] | sort",
        "1..9223372036854775807",
        "9223372036854775806..9223372036854775807",
        "range(0, 1000000000000)",
        "range(-9223372036854775807, 9223372036854775807, 9223372036854775807)",
        "range(9223372036854775807, -9223372036854775807, -9223372036854775807)",
        "range(1, 2, 0)",
        "'a'..'zz'",
    ], Limits::default()), @r#"
    -9223372036854775807 - 1  ->  -9223372036854775808
    (-9223372036854775807 - 1) / -1  ->  -9223372036854775808
    (-9223372036854775807 - 1) % -1  ->  0
    (-9223372036854775807 - 1) | abs  ->  -9223372036854775808
    -(-9223372036854775807 - 1)  ->  -9223372036854775808
    [least | abs, -least]  ->  [-2147483648,-2147483648]
    9223372036854775807 * 2  ->  -2
    1 % 0  ->  failed: Could not perform modulus: / by zero (…:1)
    1.0 % 0  ->  "NaN"
    0.0 / 0 == 0.0 / 0  ->  false
    '1e999' | number  ->  failed: 1e999 is not a valid number. (…:1)
    '99999999999999999999' | number('INT')  ->  failed: 99999999999999999999 is not a valid number. (…:1)
    'NaN' | number('DOUBLE')  ->  failed: NaN is not a valid number. (…:1)
    9223372036854775807 is even  ->  false
    max(0.0 / 0, 1)  ->  "NaN"
    [0.0 / 0, 1, 2] | sort  ->  failed: 'sort' cannot compare java.lang.Double with java.lang.Long (…:1)
    1..9223372036854775807  ->  failed: Took more than 1000000 steps (…:1)
    9223372036854775806..9223372036854775807  ->  [9223372036854775806,9223372036854775807]
    range(0, 1000000000000)  ->  failed: Took more than 1000000 steps (…:1)
    range(-9223372036854775807, 9223372036854775807, 9223372036854775807)  ->  [-9223372036854775807,0,9223372036854775807]
    range(9223372036854775807, -9223372036854775807, -9223372036854775807)  ->  [9223372036854775807,0,-9223372036854775807]
    range(1, 2, 0)  ->  failed: The increment of range must not be 0 (…:1)
    'a'..'zz'  ->  failed: Arguments of range function must be of type Number or String with a length of 1 (…:1)
    "#);
}

#[test]
fn arguments_out_of_all_proportion() {
    assert_snapshot!(table([
        "'x' | indent(1000000000)",
        "'x' | indent(9223372036854775807, 'ab')",
        "'x' | nindent(-1)",
        "big | replace({'x': big})",
        "big | split('')",
        "text | split('(a+)+$')",
        "text | split('(?<=a)')",
        "text | split('(a{1,1000}){1,1000}')",
        "text | split(',', -9223372036854775807)",
        "text | split('', 9223372036854775807)",
        "text | replace({'(': ''}, regexp=true)",
        "text | replace({'l': '${99}$9'}, regexp=true)",
        "text | slice(-1)",
        "text | slice(4, 2)",
        "text | slice(0, 9223372036854775807)",
        "list | slice(9223372036854775807)",
        "list | chunk(0)",
        "list | chunk(-1)",
        "list | chunk(9223372036854775807)",
        "text | abbreviate(-1)",
        "text | abbreviate(0)",
        "text | abbreviate(2)",
        "list[9223372036854775807]",
        "list['99999999999999999999999']",
        "one | numberFormat(big)",
        "one | numberFormat('0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000')",
        "one | numberFormat('0.############################################################################################################')",
        "one | numberFormat(',')",
    ], Limits::default()), @r#"
    'x' | indent(1000000000)  ->  failed: An indentation of 1000000000 bytes is too long (…:1)
    'x' | indent(9223372036854775807, 'ab')  ->  failed: An indentation of 18446744073709551614 bytes is too long (…:1)
    'x' | nindent(-1)  ->  failed: Argument `amount` must not be negative (…:1)
    big | replace({'x': big})  ->  failed: Text longer than 16777216 bytes (…:1)
    big | split('')  ->  failed: Took more than 1000000 steps (…:1)
    text | split('(a+)+$')  ->  ["hello"]
    text | split('(?<=a)')  ->  failed: Invalid regular expression `(?<=a)`: regex parse error:
        (?<=a)
        ^^^^
    error: look-around, including look-a… (166 bytes)
    text | split('(a{1,1000}){1,1000}')  ->  failed: Invalid regular expression `(a{1,1000}){1,1000}`: Compiled regex exceeds size limit of 1048576 bytes. (…:1)
    text | split(',', -9223372036854775807)  ->  ["hello"]
    text | split('', 9223372036854775807)  ->  ["h","e","l","l","o"]
    text | replace({'(': ''}, regexp=true)  ->  failed: Invalid regular expression `(`: regex parse error:
        (
        ^
    error: unclosed group (…:1)
    text | replace({'l': '${99}$9'}, regexp=true)  ->  "heo"
    text | slice(-1)  ->  failed: Argument `fromIndex` must not be negative (…:1)
    text | slice(4, 2)  ->  failed: slice from 4 to 2 is outside of 0 to 5 (…:1)
    text | slice(0, 9223372036854775807)  ->  failed: slice from 0 to 9223372036854775807 is outside of 0 to 5 (…:1)
    list | slice(9223372036854775807)  ->  failed: slice from 9223372036854775807 to 3 is outside of 0 to 3 (…:1)
    list | chunk(0)  ->  failed: Argument `size` must be at least 1 (…:1)
    list | chunk(-1)  ->  failed: Argument `size` must not be negative (…:1)
    list | chunk(9223372036854775807)  ->  [[3,1,2]]
    text | abbreviate(-1)  ->  failed: Argument `length` must not be negative (…:1)
    text | abbreviate(0)  ->  ""
    text | abbreviate(2)  ->  "he"
    list[9223372036854775807]  ->  Unable to find `9223372036854775807` used in the expression `…` at line 1 (`list` has the items `[0]` to `[2]`)
    list['99999999999999999999999']  ->  Unable to find `99999999999999999999999` used in the expression `…` at line 1 (`list` has the items `[0]` to `[2]`)
    one | numberFormat(big)  ->  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… (1048579 bytes)
    one | numberFormat('0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000')  ->  failed: Malformed pattern "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000… (162 bytes)
    one | numberFormat('0.############################################################################################################')  ->  failed: Malformed pattern "0.###########################################################################################… (163 bytes)
    one | numberFormat(',')  ->  failed: Malformed pattern ",": nothing after the comma (…:1)
    "#);
}

#[test]
fn dates_and_documents_out_of_all_proportion() {
    assert_snapshot!(table([
        "now(big)",
        "now('yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy')",
        "now('[[[[[[[[[[[[[yyyy]]]]]]]]]]]]]')",
        "now('iso', big)",
        "'2024-01-01' | dateAdd(9223372036854775807, 'YEARS')",
        "'2024-01-01' | dateAdd(-9223372036854775807, 'NANOS')",
        "'2024-01-01' | dateAdd(9223372036854775807, 'CENTURIES')",
        "9223372036854775807 | date",
        "(-9223372036854775807 - 1) | timestampNano",
        "'+999999999-12-31T23:59:59Z' | date",
        "big | date(existingFormat='yyyy')",
        "big | base64decode",
        "big | urldecode | length",
        "fromJson(big)",
        "fromJson(deep)",
        "fromJson(deepish)",
        "fromJson(numbers)",
        "numbers is json",
        "deep is json",
        "numbers | jq('.')",
        "deep | jq('.')",
        "list | jq('[range(1e12)]')",
        "list | jq('def f: f; f')",
        "list | jq('[.[] | . * 1e300] | tostring * 1000000')",
        "list | jq(big)",
        "map | jq('[limit(3; repeat(1) | . + 1)]')",
        "randomInt(-9223372036854775807 - 1, 9223372036854775807) is defined",
        "encrypt(big, big)",
    ], Limits::default()), @r#"
    now(big)  ->  failed: Date pattern longer than 500 bytes (…:1)
    now('yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy')  ->  failed: Invalid date format `yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy`: Too many pattern letters: y (…:1)
    now('[[[[[[[[[[[[[yyyy]]]]]]]]]]]]]')  ->  failed: Invalid date format `[[[[[[[[[[[[[yyyy]]]]]]]]]]]]]`: too many `[` inside each other (…:1)
    now('iso', big)  ->  failed: Unknown time-zone ID: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… (241 bytes)
    '2024-01-01' | dateAdd(9223372036854775807, 'YEARS')  ->  failed: 9223372036854775807 YEARS lead out of the years that dates know (…:1)
    '2024-01-01' | dateAdd(-9223372036854775807, 'NANOS')  ->  "1731-09-22T00:12:43.145224Z"
    '2024-01-01' | dateAdd(9223372036854775807, 'CENTURIES')  ->  failed: 9223372036854775807 CENTURIES lead out of the years that dates know (…:1)
    9223372036854775807 | date  ->  failed: Text '9223372036854775807' could not be parsed as a date: expected 2024-12-31, 2024-12-31T23:59:59 or 2024-12-31… (143 bytes)
    (-9223372036854775807 - 1) | timestampNano  ->  failed: Text '-9223372036854775808' could not be parsed as a date: expected 2024-12-31, 2024-12-31T23:59:59 or 2024-12-3… (144 bytes)
    '+999999999-12-31T23:59:59Z' | date  ->  failed: Text '+999999999-12-31T23:59:59Z' could not be parsed as a date: expected 2024-12-31, 2024-12-31T23:59:59 or 202… (150 bytes)
    big | date(existingFormat='yyyy')  ->  failed: Text 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… (271 bytes)
    big | base64decode  ->  failed: The base64 text holds no UTF-8 text (…:1)
    big | urldecode | length  ->  1048576
    fromJson(big)  ->  failed: Invalid json: expected value at line 1 column 1 (…:1)
    fromJson(deep)  ->  failed: Invalid json: recursion limit exceeded at line 1 column 128 (…:1)
    fromJson(deepish)  ->  failed: Value nested deeper than 100 levels (…:1)
    fromJson(numbers)  ->  failed: Took more than 1000000 steps (…:1)
    numbers is json  ->  failed: Took more than 1000000 steps (…:1)
    deep is json  ->  false
    numbers | jq('.')  ->  failed: Took more than 1000000 steps (…:1)
    deep | jq('.')  ->  failed: Invalid json: recursion limit exceeded at line 1 column 128 (…:1)
    list | jq('[range(1e12)]')  ->  failed: Took more than 1000000 steps (…:1)
    list | jq('def f: f; f')  ->  failed: Nested deeper than 100 levels (…:1)
    list | jq('[.[] | . * 1e300] | tostring * 1000000')  ->  failed: Text longer than 16777216 bytes (…:1)
    list | jq(big)  ->  failed: Invalid jq `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… (257 bytes)
    map | jq('[limit(3; repeat(1) | . + 1)]')  ->  failed: Took more than 1000000 steps (…:1)
    randomInt(-9223372036854775807 - 1, 9223372036854775807) is defined  ->  true
    encrypt(big, big)  ->  failed: 'encrypt': a key has 16, 24 or 32 bytes, this one has 786432; `openssl rand -base64 32` prints one of 32 (…:1)
    "#);
}

#[test]
fn what_grows_in_a_loop() {
    assert_snapshot!(table([
        "{% set a = 'x' %}{% for i in 1..64 %}{% set a = a ~ a %}{% endfor %}",
        "{% set a = [1] %}{% for i in 1..64 %}{% set a = a | merge(a) %}{% endfor %}",
        "{% set a = [1] %}{% for i in 1..64 %}{% set a = a + a %}{% endfor %}",
        "{% set a = [1] %}{% for i in 1..64 %}{% set a = [a, a] | flatten %}{% endfor %}",
        "{% set a = [1] %}{% for i in 1..64 %}{% set a = {'a': a, 'b': a} %}{% endfor %}{{ a }}",
        "{% set a = 'x' %}{% for i in 1..64 %}{% set a = a | replace({'x': 'xxxx'}) %}{% endfor %}",
        "{% set a = 'x' %}{% for i in 1..64 %}{% set a = a | replace({'x': '$0$0$0$0'}, regexp=true) %}{% endfor %}",
        "{% set a = '\"' %}{% for i in 1..64 %}{% set a = a | json %}{% endfor %}",
        "{% set a = '\"' %}{% for i in 1..64 %}{% set a = a | escapeChar('double') %}{% endfor %}{{ a | length }}",
        "{% set a = 'ü' %}{% for i in 1..64 %}{% set a = a | urlencode %}{% endfor %}{{ a | length }}",
        "{% set a = 'ü' %}{% for i in 1..64 %}{% set a = a | base64encode %}{% endfor %}",
        "{% set a = [1] %}{% for i in 1..200 %}{% set a = [a] %}{% endfor %}{{ a | yaml }}",
        "{% set a = {} %}{% for i in 1..100000 %}{% set a = a | merge({i: i}) %}{% endfor %}",
        "{% for i in 1..1000000 %}{% for j in 1..1000000 %}{% endfor %}{% endfor %}",
        "{% for i in 1..40 %}{{ big }}{% endfor %}",
        "{% for i in 1..1000 %}{% set x = big | upper %}{% endfor %}",
        "{% for i in 1..1000 %}{% set x = big | sha512 %}{% endfor %}",
        "{% for i in 1..1000 %}{% set x = big is empty %}{% endfor %}",
        "{% for i in 1..100000 %}{% set x = text | replace({'a{1,100}': ''}, regexp=true) %}{% endfor %}",
        "{% for i in 1..100000 %}{% set x = text | replace({'(a{1,90}){1,90}': ''}, regexp=true) %}{% endfor %}",
        "{% for i in 1..100000 %}{% set x = text | replace({'\\\\w{1,20}': ''}, regexp=true) %}{% endfor %}",
        "{% for i in 1..100000 %}{% set x = list | jq('.[0] | tostring | test(\"(a{1,90}){1,90}\")') %}{% endfor %}",
        "{% macro f(a) %}{{ f(a) }}{{ f(a) }}{% endmacro %}{{ f(1) }}",
        "{% macro f(a=f()) %}{% endmacro %}{{ f() }}",
        "{% macro f() %}{{ g() }}{% endmacro %}{% macro g() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% set a = '{{ b }}{{ b }}' %}{% set b = '{{ a }}{{ a }}' %}{{ render(a) }}",
        "{% set a = '{{ a }}' %}{{ render(a) }}",
        "{% set a = ['{{ a }}'] %}{{ render(a) }}",
        "{% filter upper | lower | upper %}{% for i in 1..40 %}{{ big }}{% endfor %}{% endfilter %}",
    ], SMALL), @r#"
    {% set a = 'x' %}{% for i in 1..64 %}{% set a = a ~ a %}{% endfor %}  ->  failed: Text longer than 2097152 bytes (…:1)
    {% set a = [1] %}{% for i in 1..64 %}{% set a = a | merge(a) %}{% endfor %}  ->  failed: Took more than 200000 steps (…:1)
    {% set a = [1] %}{% for i in 1..64 %}{% set a = a + a %}{% endfor %}  ->  failed: Could not perform addition: Took more than 200000 steps (…:1)
    {% set a = [1] %}{% for i in 1..64 %}{% set a = [a, a] | flatten %}{% endfor %}  ->  failed: Took more than 200000 steps (…:1)
    {% set a = [1] %}{% for i in 1..64 %}{% set a = {'a': a, 'b': a} %}{% endfor %}{{ a }}  ->  failed: Took more than 200000 steps (…:1)
    {% set a = 'x' %}{% for i in 1..64 %}{% set a = a | replace({'x': 'xxxx'}) %}{% endfor %}  ->  failed: Text longer than 2097152 bytes (…:1)
    {% set a = 'x' %}{% for i in 1..64 %}{% set a = a | replace({'x': '$0$0$0$0'}, regexp=true) %}{% endfor %}  ->  failed: Took more than 200000 steps (…:1)
    {% set a = '"' %}{% for i in 1..64 %}{% set a = a | json %}{% endfor %}  ->  failed: Text longer than 2097152 bytes (…:1)
    {% set a = '"' %}{% for i in 1..64 %}{% set a = a | escapeChar('double') %}{% endfor %}{{ a | length }}  ->  65
    {% set a = 'ü' %}{% for i in 1..64 %}{% set a = a | urlencode %}{% endfor %}{{ a | length }}  ->  258
    {% set a = 'ü' %}{% for i in 1..64 %}{% set a = a | base64encode %}{% endfor %}  ->  failed: Took more than 200000 steps (…:1)
    {% set a = [1] %}{% for i in 1..200 %}{% set a = [a] %}{% endfor %}{{ a | yaml }}  ->  failed: Value nested deeper than 100 levels (…:1)
    {% set a = {} %}{% for i in 1..100000 %}{% set a = a | merge({i: i}) %}{% endfor %}  ->  failed: Took more than 200000 steps (…:1)
    {% for i in 1..1000000 %}{% for j in 1..1000000 %}{% endfor %}{% endfor %}  ->  failed: Took more than 200000 steps (…:1)
    {% for i in 1..40 %}{{ big }}{% endfor %}  ->  failed: Text longer than 2097152 bytes (…:1)
    {% for i in 1..1000 %}{% set x = big | upper %}{% endfor %}  ->  failed: Took more than 200000 steps (…:1)
    {% for i in 1..1000 %}{% set x = big | sha512 %}{% endfor %}  ->  failed: Took more than 200000 steps (…:1)
    {% for i in 1..1000 %}{% set x = big is empty %}{% endfor %}  ->  failed: Took more than 200000 steps (…:1)
    {% for i in 1..100000 %}{% set x = text | replace({'a{1,100}': ''}, regexp=true) %}{% endfor %}  ->  failed: Took more than 200000 steps (…:1)
    {% for i in 1..100000 %}{% set x = text | replace({'(a{1,90}){1,90}': ''}, regexp=true) %}{% endfor %}  ->  failed: Took more than 200000 steps (…:1)
    {% for i in 1..100000 %}{% set x = text | replace({'\\w{1,20}': ''}, regexp=true) %}{% endfor %}  ->  failed: Took more than 200000 steps (…:1)
    {% for i in 1..100000 %}{% set x = list | jq('.[0] | tostring | test("(a{1,90}){1,90}")') %}{% endfor %}  ->  failed: Took more than 200000 steps (…:1)
    {% macro f(a) %}{{ f(a) }}{{ f(a) }}{% endmacro %}{{ f(1) }}  ->  failed: Nested deeper than 100 levels (…:1)
    {% macro f(a=f()) %}{% endmacro %}{{ f() }}  ->  failed: Nested deeper than 100 levels (…:1)
    {% macro f() %}{{ g() }}{% endmacro %}{% macro g() %}{{ f() }}{% endmacro %}{{ f() }}  ->  failed: Nested deeper than 100 levels (…:1)
    {% set a = '{{ b }}{{ b }}' %}{% set b = '{{ a }}{{ a }}' %}{{ render(a) }}  ->  failed: Took more than 200000 steps ({{ a }}{{ a }}{{ a }}{{ a }}{{ a }}{{ a }}{{ a }}{{ a }}{{ a }}{{ a }}{{ a }}{{ a }… (2043 bytes)
    {% set a = '{{ a }}' %}{{ render(a) }}  ->  failed: Too many rendering attempts (…:1)
    {% set a = ['{{ a }}'] %}{{ render(a) }}  ->  failed: Too many rendering attempts (…:1)
    {% filter upper | lower | upper %}{% for i in 1..40 %}{{ big }}{% endfor %}{% endfilter %}  ->  failed: Text longer than 2097152 bytes (…:1)
    "#);
}

#[test]
fn what_must_not_be_lost_to_a_limit() {
    // Sizes that flows do have: a file of megabytes, a table of ten thousand rows.
    assert_snapshot!(table([
        "big | length",
        "(big ~ big ~ big ~ big) | upper | length",
        "(1..100000) | length",
        "(1..10000) | join(',') | split(',') | length",
        "fromJson((1..100000) | json) | length",
        "fromJson(text_of_90_levels) | json | length",
        "{% set a = [] %}{% for i in 1..1000 %}{% set a = a + i %}{% endfor %}{{ a | length }}",
    ], Limits::default()), @"
    big | length  ->  1048576
    (big ~ big ~ big ~ big) | upper | length  ->  4194304
    (1..100000) | length  ->  100000
    (1..10000) | join(',') | split(',') | length  ->  10000
    fromJson((1..100000) | json) | length  ->  100000
    fromJson(text_of_90_levels) | json | length  ->  180
    {% set a = [] %}{% for i in 1..1000 %}{% set a = a + i %}{% endfor %}{{ a | length }}  ->  1000
    ");
}
