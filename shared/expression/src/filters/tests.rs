//! What the filters give.

use insta::assert_snapshot;

use crate::testing::table;

#[test]
fn of_text() {
    assert_snapshot!(table([
        "'élan vital' | upper ~ ('ABC' | lower) ~ ('élan vital' | capitalize) ~ ('élan  vital' | title)",
        "[' a ' | trim, 'abcdef' | abbreviate(5), 'abc' | abbreviate(5), 'abc' | abbreviate(2)]",
        "['a.b.c' | substringBefore('.'), 'a.b.c' | substringBeforeLast('.'), 'a.b.c' | substringAfter('.'), 'a.b.c' | substringAfterLast('.')]",
        "['abc' | substringBefore('.'), 'abc' | substringAfter('.')]",
        "[text | startsWith('he'), text | endsWith(value='lo'), 12 | startsWith('1')]",
        "nothing | startsWith('a')",
        "list | upper",
        "nothing | upper",
        "'abc' | abbreviate",
        "'abc' | abbreviate('x')",
        "'abc' | abbreviate(-1)",
    ]), @r#"
    'élan vital' | upper ~ ('ABC' | lower) ~ ('élan vital' | capitalize) ~ ('élan  vital' | title)  ->  "ÉLAN VITALabcÉlan vitalÉlan  Vital"
    [' a ' | trim, 'abcdef' | abbreviate(5), 'abc' | abbreviate(5), 'abc' | abbreviate(2)]  ->  ["a","ab...","abc","ab"]
    ['a.b.c' | substringBefore('.'), 'a.b.c' | substringBeforeLast('.'), 'a.b.c' | substringAfter('.'), 'a.b.c' | substringAfterLast('.')]  ->  ["a","a.b","b.c","c"]
    ['abc' | substringBefore('.'), 'abc' | substringAfter('.')]  ->  ["abc",""]
    [text | startsWith('he'), text | endsWith(value='lo'), 12 | startsWith('1')]  ->  [true,true,true]
    nothing | startsWith('a')  ->  failed: PebbleException: 'startsWith' filter cannot be applied to null (…:1)
    list | upper  ->  failed: PebbleException: 'upper' filter can only be applied to String. Actual type was: java.util.ArrayList (…:1)
    nothing | upper  ->  null
    'abc' | abbreviate  ->  failed: PebbleException: Argument `length` is missing (…:1)
    'abc' | abbreviate('x')  ->  failed: PebbleException: Argument `length` must be a whole number. Actual type was: java.lang.String (…:1)
    'abc' | abbreviate(-1)  ->  failed: PebbleException: Argument `length` must not be negative (…:1)
    "#);
}

#[test]
fn of_layout() {
    assert_snapshot!(table([
        "'a\nb' | indent(2)",
        "'a\nb' | nindent(1, '\t')",
        "'Hello Wörld_Foo -- Bar!' | slugify",
        "'it\\'s' | escapeChar('single')",
        "['say \"x\"', {'k': '\"'}] | escapeChar(type='double')",
        "'it\\'s' | escapeChar('shell')",
        "'x' | escapeChar('triple')",
        "'x' | indent(99999999999)",
    ]), @r#"
    'a
    b' | indent(2)  ->  "a\n  b"
    'a
    b' | nindent(1, '	')  ->  "\n\ta\n\tb"
    'Hello Wörld_Foo -- Bar!' | slugify  ->  "hello-world-foo-bar"
    'it\'s' | escapeChar('single')  ->  "it\\'s"
    ['say "x"', {'k': '"'}] | escapeChar(type='double')  ->  ["say \\\"x\\\"",{"k":"\\\""}]
    'it\'s' | escapeChar('shell')  ->  "it'\\''s"
    'x' | escapeChar('triple')  ->  failed: PebbleException: Argument `type` must be single, double or shell, not `triple` (…:1)
    'x' | indent(99999999999)  ->  failed: PebbleException: An indentation of 99999999999 bytes is too long (…:1)
    "#);
}

#[test]
fn of_patterns() {
    assert_snapshot!(table([
        "'a1b22' | replace({'[0-9]+': '<$0>'}, regexp=true)",
        "'a.b' | replace({'.': '-', 'a': 'c'})",
        "'cost' | replace({'cost': '\\$1'}, true)",
        "['a1', {'x': 1}] | first | replace({'a': 'x'})",
        "['a1', 'b2', 3] | replace({'a': 'x', '3': 'three'})",
        "{'k': 'a'} | replace({'a': 'b'})",
        "'x' | replace({'(': ''}, true)",
        "'x' | replace('y')",
        "['a,b,,' | split(','), 'a,b,c' | split(',', 2), 'a,b,,' | split(',', -1), 'a1b2' | split('[0-9]'), 'abc' | split(''), '' | split(',')]",
        "'a.b' | split('\\.')",
    ]), @r#"
    'a1b22' | replace({'[0-9]+': '<$0>'}, regexp=true)  ->  "a<1>b<22>"
    'a.b' | replace({'.': '-', 'a': 'c'})  ->  "c-b"
    'cost' | replace({'cost': '\$1'}, true)  ->  "$1"
    ['a1', {'x': 1}] | first | replace({'a': 'x'})  ->  "x1"
    ['a1', 'b2', 3] | replace({'a': 'x', '3': 'three'})  ->  ["x1","b2","three"]
    {'k': 'a'} | replace({'a': 'b'})  ->  {"k":"b"}
    'x' | replace({'(': ''}, true)  ->  failed: PebbleException: Invalid regular expression `(`: regex parse error:
        (
        ^
    error: unclosed group (…:1)
    'x' | replace('y')  ->  failed: PebbleException: 'replace' takes a map such as {'a': 'b'}. Actual type was: java.lang.String (…:1)
    ['a,b,,' | split(','), 'a,b,c' | split(',', 2), 'a,b,,' | split(',', -1), 'a1b2' | split('[0-9]'), 'abc' | split(''), '' | split(',')]  ->  [["a","b"],["a","b,c"],["a","b","",""],["a","b"],["a","b","c"],[""]]
    'a.b' | split('\.')  ->  ["a","b"]
    "#);
}

#[test]
fn of_lists() {
    assert_snapshot!(table([
        "[list | first, list | last, [] | first, 'abc' | first, 'abc' | last]",
        "[list | sort, list | rsort, list | reverse, ['b', 'a'] | sort, [1, 0.5] | sort]",
        "[1, 'a'] | sort",
        "[list | join(', '), [1, nothing, [2]] | join]",
        "[list | slice(1), list | slice(0, 2), 'abc' | slice(fromIndex=1, toIndex=2)]",
        "'abc' | slice(2, 9)",
        "[list | chunk(2), [[1, 2], [3], 4] | flatten]",
        "list | chunk(0)",
        "text | chunk(2)",
        "text | flatten",
        "[1] | merge([2, 3])",
        "{'a': 1, 'b': 1} | merge({'b': 2, 'c': 3})",
        "[1] | merge({})",
        "[map | keys, list | keys, map | values]",
        "text | keys",
        "list | values",
        "[text | length, list | length, map | length, nothing | length, one | length]",
    ]), @r#"
    [list | first, list | last, [] | first, 'abc' | first, 'abc' | last]  ->  [3,2,null,"a","c"]
    [list | sort, list | rsort, list | reverse, ['b', 'a'] | sort, [1, 0.5] | sort]  ->  [[1,2,3],[3,2,1],[2,1,3],["a","b"],[0.5,1]]
    [1, 'a'] | sort  ->  failed: PebbleException: 'sort' cannot compare java.lang.Long with java.lang.String (…:1)
    [list | join(', '), [1, nothing, [2]] | join]  ->  ["3, 1, 2","1[2]"]
    [list | slice(1), list | slice(0, 2), 'abc' | slice(fromIndex=1, toIndex=2)]  ->  [[1,2],[3,1],"b"]
    'abc' | slice(2, 9)  ->  failed: PebbleException: slice from 2 to 9 is outside of 0 to 3 (…:1)
    [list | chunk(2), [[1, 2], [3], 4] | flatten]  ->  [[[3,1],[2]],[1,2,3,4]]
    list | chunk(0)  ->  failed: PebbleException: Argument `size` must be at least 1 (…:1)
    text | chunk(2)  ->  failed: PebbleException: 'chunk' filter can only be applied to List. Actual type was: java.lang.String (…:1)
    text | flatten  ->  failed: PebbleException: The 'flatten' filter can only be applied to lists. (…:1)
    [1] | merge([2, 3])  ->  [1,2,3]
    {'a': 1, 'b': 1} | merge({'b': 2, 'c': 3})  ->  {"a":1,"b":2,"c":3}
    [1] | merge({})  ->  failed: PebbleException: 'merge' filter takes two lists or two maps. Actual types were: java.util.ArrayList and java.util.LinkedHashMap (…:1)
    [map | keys, list | keys, map | values]  ->  [["a","b-c","size","nul"],[0,1,2],[1,"x",99,null]]
    text | keys  ->  failed: PebbleException: 'keys' filter can only be applied to List, Map, Array. Actual type was: java.lang.String (…:1)
    list | values  ->  failed: PebbleException: 'values' filter can only be applied to Map. Actual type was: java.util.ArrayList (…:1)
    [text | length, list | length, map | length, nothing | length, one | length]  ->  [5,3,4,0,0]
    "#);
}

#[test]
fn of_numbers() {
    assert_snapshot!(table([
        "[-5 | abs, -0.5 | abs]",
        "text | abs",
        "['12' | number, '12.5' | number, '12' | number(type='DOUBLE'), '12' | number('LONG'), 3 | number]",
        "'abc' | number",
        "'99999999999' | number('INT')",
        "'1' | number('BYTE')",
        "[1234.5678 | numberFormat('#.##'), 1234567 | numberFormat('#,##0.00'), 0.5 | numberFormat('#%'), -3 | numberFormat('000')]",
        "[0.5 | numberFormat('#.##'), 0.5 | numberFormat('#.00'), 0 | numberFormat('#'), 12 | numberFormat(\"'#'# kg\"), 0.125 | numberFormat('0.00')]",
        "9007199254740993 | numberFormat('0')",
        "1 | numberFormat('0.0.0')",
        "[1234 | numberFormat('0.###E0'), 12345 | numberFormat('##0.#####E0'), 0.00123 | numberFormat('00.###E0'), 0 | numberFormat('0.00E0'), -123456 | numberFormat('##0E00'), 0.05 | numberFormat('##0.#E0')]",
        "[-1.5 | numberFormat('0.00;(0.00)'), 1.5 | numberFormat('0.00;(0.00)'), -2 | numberFormat('#;#'), -0.5 | numberFormat(\"0%;minus 0%\"), 0.0125 | numberFormat('0.#‰'), -1 | numberFormat(\"0';'\")]",
        "1 | numberFormat('0E')",
        "1 | numberFormat('#,##0E0')",
        "[1 | className, 1.5 | className, 'a' | className, list | className, map | className, yes | className, nothing | className]",
    ]), @r##"
    [-5 | abs, -0.5 | abs]  ->  [5,0.5]
    text | abs  ->  failed: PebbleException: 'abs' filter can only be applied to Number. Actual type was: java.lang.String (…:1)
    ['12' | number, '12.5' | number, '12' | number(type='DOUBLE'), '12' | number('LONG'), 3 | number]  ->  [12,12.5,12.0,12,3]
    'abc' | number  ->  failed: PebbleException: abc is not a valid number. (…:1)
    '99999999999' | number('INT')  ->  failed: PebbleException: 99999999999 is not a valid number. (…:1)
    '1' | number('BYTE')  ->  failed: PebbleException: Argument `type` must be INT, FLOAT, LONG, DOUBLE, BIGDECIMAL or BIGINTEGER, not `BYTE` (…:1)
    [1234.5678 | numberFormat('#.##'), 1234567 | numberFormat('#,##0.00'), 0.5 | numberFormat('#%'), -3 | numberFormat('000')]  ->  ["1234.57","1,234,567.00","50%","-003"]
    [0.5 | numberFormat('#.##'), 0.5 | numberFormat('#.00'), 0 | numberFormat('#'), 12 | numberFormat("'#'# kg"), 0.125 | numberFormat('0.00')]  ->  ["0.5",".50","0","#12 kg","0.12"]
    9007199254740993 | numberFormat('0')  ->  "9007199254740993"
    1 | numberFormat('0.0.0')  ->  failed: PebbleException: Malformed pattern "0.0.0": digits after the end of the number (…:1)
    [1234 | numberFormat('0.###E0'), 12345 | numberFormat('##0.#####E0'), 0.00123 | numberFormat('00.###E0'), 0 | numberFormat('0.00E0'), -123456 | numberFormat('##0E00'), 0.05 | numberFormat('##0.#E0')]  ->  ["1.234E3","12.345E3","12.3E-4","0.00E0","-123E03","50E-3"]
    [-1.5 | numberFormat('0.00;(0.00)'), 1.5 | numberFormat('0.00;(0.00)'), -2 | numberFormat('#;#'), -0.5 | numberFormat("0%;minus 0%"), 0.0125 | numberFormat('0.#‰'), -1 | numberFormat("0';'")]  ->  ["(1.50)","1.50","-2","minus 50%","12.5‰","-1;"]
    1 | numberFormat('0E')  ->  failed: PebbleException: Malformed pattern "0E": an exponent takes digits before it and `0` behind it, and no comma (…:1)
    1 | numberFormat('#,##0E0')  ->  failed: PebbleException: Malformed pattern "#,##0E0": an exponent takes digits before it and `0` behind it, and no comma (…:1)
    [1 | className, 1.5 | className, 'a' | className, list | className, map | className, yes | className, nothing | className]  ->  ["java.lang.Long","java.lang.Double","java.lang.String","java.util.ArrayList","java.util.LinkedHashMap","java.lang.Boolean",null]
    "##);
}

#[test]
fn of_encodings() {
    assert_snapshot!(table([
        "'Grüße' | base64encode ~ ('R3LDvMOfZQ==' | base64decode)",
        "'~' | base64decode",
        "'//8=' | base64decode",
        "'a b&ü*' | urlencode ~ ' ' ~ ('a+b%26%C3%BC' | urldecode)",
        "'%zz' | urldecode",
        "[map | json, 'a\"' | toJson, nothing | json]",
        "['a' | md5, 'a' | sha1, 'a' | sha256]",
        "'a' | sha512",
    ]), @r#"
    'Grüße' | base64encode ~ ('R3LDvMOfZQ==' | base64decode)  ->  "R3LDvMOfZQ==Grüße"
    '~' | base64decode  ->  failed: PebbleException: Invalid base64: Invalid symbol 126, offset 0. (…:1)
    '//8=' | base64decode  ->  failed: PebbleException: The base64 text holds no UTF-8 text (…:1)
    'a b&ü*' | urlencode ~ ' ' ~ ('a+b%26%C3%BC' | urldecode)  ->  "a+b%26%C3%BC* a b&ü"
    '%zz' | urldecode  ->  failed: PebbleException: Illegal hex characters in escape (%) pattern (…:1)
    [map | json, 'a"' | toJson, nothing | json]  ->  ["{\"a\":1,\"b-c\":\"x\",\"size\":99,\"nul\":null}","\"a\\\"\"","null"]
    ['a' | md5, 'a' | sha1, 'a' | sha256]  ->  ["0cc175b9c0f1b6a831c399e269772661","86f7e437faa5a7fce15d1ddcb9eaeaea377667b8","ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"]
    'a' | sha512  ->  "1f40fc92da241694750979ee6cf582f2d5d7d28e18335de05abc54d0560e0f5302860c652bf08d560252aa5e74210546f369fbbbce8c12cfc7957b2652fe9a75"
    "#);
}

#[test]
fn of_yaml() {
    assert_snapshot!(table([
        "['a' | yaml, 1 | yaml, nothing | yaml, [] | yaml, {} | yaml]",
        "{'name': 'a', 'list': [1, 'two'], 'map': {'a': {'b': 0.5}, 'none': nothing}} | yaml",
        "[[1, [2]], {'a': 1, 'b': [3]}, {}] | yaml",
        "['yes', '', '- a', 'a: b', 'a #b', ' a', '12', '{a}', 'a-b', 'it is \"it\"'] | yaml",
        "{'lines': \"a\nb\n\", 'open': \"a\nb\", 'odd': \" a\nb\"} | yaml",
    ]), @r#"
    ['a' | yaml, 1 | yaml, nothing | yaml, [] | yaml, {} | yaml]  ->  ["a\n","1\n","null","[]\n","{}\n"]
    {'name': 'a', 'list': [1, 'two'], 'map': {'a': {'b': 0.5}, 'none': nothing}} | yaml  ->  "name: a\nlist:\n - 1\n - two\nmap:\n  a:\n    b: 0.5\n  none: null\n"
    [[1, [2]], {'a': 1, 'b': [3]}, {}] | yaml  ->  " -\n    - 1\n    -\n       - 2\n - a: 1\n   b:\n    - 3\n - {}\n"
    ['yes', '', '- a', 'a: b', 'a #b', ' a', '12', '{a}', 'a-b', 'it is "it"'] | yaml  ->  " - \"yes\"\n - \"\"\n - \"- a\"\n - \"a: b\"\n - \"a #b\"\n - \" a\"\n - 12\n - \"{a}\"\n - a-b\n - it is \"it\"\n"
    {'lines': "a
    b
    ", 'open': "a
    b", 'odd': " a
    b"} | yaml  ->  "lines: |\n  a\n  b\nopen: |-\n  a\n  b\nodd: \" a\\nb\"\n"
    "#);
}

#[test]
fn tell_an_integer_from_a_long() {
    assert_snapshot!(table([
        "[one | className, 1 | className, (one + 0) | className, fromJson('[1, 3000000000]')[1] | className]",
        "[fromJson('1') | className, -one | className, one | abs | className, '1' | number('INT') | className]",
        "one | date",
        "(one + 0) | date",
        "[one == 1, one < 2, one + one, list[one], range(one, 2), one is odd, one ~ '', map[one] ?? 'no', list | slice(one)]",
    ]), @r#"
    [one | className, 1 | className, (one + 0) | className, fromJson('[1, 3000000000]')[1] | className]  ->  ["java.lang.Integer","java.lang.Long","java.lang.Long","java.lang.Long"]
    [fromJson('1') | className, -one | className, one | abs | className, '1' | number('INT') | className]  ->  ["java.lang.Integer","java.lang.Integer","java.lang.Integer","java.lang.Integer"]
    one | date  ->  failed: PebbleException: A number of seconds is a java.lang.Long and this is a java.lang.Integer: write `(x + 0) | date` (…:1)
    (one + 0) | date  ->  "1970-01-01T00:00:01.000000Z"
    [one == 1, one < 2, one + one, list[one], range(one, 2), one is odd, one ~ '', map[one] ?? 'no', list | slice(one)]  ->  failed: PebbleException: type class java.lang.String not supported for key 1 (write `['1']`) (…:1)
    "#);
}
