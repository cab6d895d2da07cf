//! Paths: keys, indexes, slices, wildcards and functions.

use insta::assert_snapshot;

use super::{paths, table};

#[test]
fn keys() {
    assert_snapshot!(paths([
        "it.response.body.id",
        "it['response']['statusCode']",
        r#"it["response"].statusCode"#,
        "it.['response'].statusCode",
        "it[ 'response' ].statusCode",
        "['it'].numbers",
        "it.response['statusCode','x']",
        "it.response.body['id','tags']",
        "it['numbers','mixed'][0]",
        "it.items[0]['x','n']",
        "@.it.numbers",
        "it['num\\u0062ers']",
    ]), @r#"
    it.response.body.id  ->  7
    it['response']['statusCode']  ->  200
    it["response"].statusCode  ->  200
    it.['response'].statusCode  ->  200
    it[ 'response' ].statusCode  ->  200
    ['it'].numbers  ->  [4,1,2.5]
    it.response['statusCode','x']  ->  {"statusCode":200}
    it.response.body['id','tags']  ->  {"id":7,"tags":["b","a","c"]}
    it['numbers','mixed'][0]  ->  [4,1]
    it.items[0]['x','n']  ->  {"x":"y","n":5}
    @.it.numbers  ->  [4,1,2.5]
    it['num\u0062ers']  ->  [4,1,2.5]
    "#);
    assert_snapshot!(table([
        "${workflow.input['with space']}",
        "${workflow.input['it\\'s']}",
        "${workflow.input[\"it's\"]}",
        "${workflow.input.with space}",
    ]), @r#"
    ${workflow.input['with space']}  ->  1
    ${workflow.input['it\'s']}  ->  2
    ${workflow.input["it's"]}  ->  2
    ${workflow.input.with space}  ->  null
    "#);
}

#[test]
fn indexes_and_slices() {
    assert_snapshot!(paths([
        "it.numbers[0]",
        "it.numbers[-1]",
        "it.numbers[-3]",
        "it.numbers[-4]",
        "it.numbers[3]",
        "it.numbers[0,2]",
        "it.numbers[ 2 , -3, 9 ]",
        "it.numbers[0:2]",
        "it.numbers[:2]",
        "it.numbers[1:]",
        "it.numbers[:]",
        "it.numbers[-2:]",
        "it.numbers[:-1]",
        "it.numbers[::2]",
        "it.numbers[0:3:2]",
        "it.numbers[2:1]",
        "it.numbers[-9:9]",
        "it.mixed[2][1]",
        "it.items[1:3].n",
        "it.items[0].tags[0]",
    ]), @r#"
    it.numbers[0]  ->  4
    it.numbers[-1]  ->  2.5
    it.numbers[-3]  ->  4
    it.numbers[-4]  ->  null
    it.numbers[3]  ->  null
    it.numbers[0,2]  ->  [4,2.5]
    it.numbers[ 2 , -3, 9 ]  ->  [2.5,4]
    it.numbers[0:2]  ->  [4,1]
    it.numbers[:2]  ->  [4,1]
    it.numbers[1:]  ->  [1,2.5]
    it.numbers[:]  ->  [4,1,2.5]
    it.numbers[-2:]  ->  [1,2.5]
    it.numbers[:-1]  ->  [4,1]
    it.numbers[::2]  ->  [4,2.5]
    it.numbers[0:3:2]  ->  [4,2.5]
    it.numbers[2:1]  ->  []
    it.numbers[-9:9]  ->  [4,1,2.5]
    it.mixed[2][1]  ->  3
    it.items[1:3].n  ->  [4,1]
    it.items[0].tags[0]  ->  "p"
    "#);
}

#[test]
fn wildcards_and_what_is_below() {
    assert_snapshot!(paths([
        "it.items[*].x",
        "it.items.*.n",
        "it.response.*",
        "it.mixed[*]",
        "it.mixed[*][*]",
        "it.items[*].tags[*]",
        "it.items[*].tags[0]",
        "it..x",
        "it.items..x",
        "$..id",
        "it..tags[0]",
        "it.items[0]..*",
        "it..['x','n']",
        "it.items[0]..[?(@.x)]",
        "it.response..body.id",
    ]), @r#"
    it.items[*].x  ->  ["y","z","y"]
    it.items.*.n  ->  [5,4,1,"4"]
    it.response.*  ->  [200,{"id":7,"tags":["b","a","c"]}]
    it.mixed[*]  ->  [1,"a",[2,3],{"k":4},null]
    it.mixed[*][*]  ->  [2,3,4]
    it.items[*].tags[*]  ->  ["p","q"]
    it.items[*].tags[0]  ->  ["p"]
    it..x  ->  ["y","in","z","y"]
    it.items..x  ->  ["y","in","z","y"]
    $..id  ->  [7]
    it..tags[0]  ->  ["b","p"]
    it.items[0]..*  ->  ["y",5,2.5,["p","q"],{"x":"in"},"p","q","in"]
    it..['x','n']  ->  [{"x":"y","n":5},{"x":"z","n":4},{"x":"y","n":1}]
    it.items[0]..[?(@.x)]  ->  [{"x":"y","n":5,"price":2.5,"tags":["p","q"],"deep":{"x":"in"}},{"x":"in"}]
    it.response..body.id  ->  [7]
    "#);
}

#[test]
fn functions() {
    assert_snapshot!(paths([
        "it.numbers.length()",
        "it.numbers.size()",
        "it.response.length()",
        "it.response.statusCode.length()",
        "it.numbers.sum()",
        "it.numbers.min()",
        "it.numbers.max()",
        "it.numbers.avg()",
        "it.mixed.sum()",
        "it.items[0].tags.sum()",
        "it.items[0].tags.concat()",
        "it.items[0].tags.concat('-', 1, $.it.response.statusCode)",
        "it.items[0].keys()",
        "it.numbers.keys()",
        "it.numbers.first()",
        "it.numbers.last()",
        "it.items.last().n",
        "it.items[1].tags.first()",
        "it.items[*].tags.length()",
        "it.items[*].price.sum()",
        "it..price.sum()",
        "it..tags.length()",
        "sum($..price)",
        "$.length($.it.numbers)",
        "$.max($.it.numbers, 9)",
        "it.numbers.index(0)",
    ]), @r#"
    it.numbers.length()  ->  3
    it.numbers.size()  ->  3
    it.response.length()  ->  2
    it.response.statusCode.length()  ->  null
    it.numbers.sum()  ->  7.5
    it.numbers.min()  ->  1.0
    it.numbers.max()  ->  4.0
    it.numbers.avg()  ->  2.5
    it.mixed.sum()  ->  1.0
    it.items[0].tags.sum()  ->  null
    it.items[0].tags.concat()  ->  "pq"
    it.items[0].tags.concat('-', 1, $.it.response.statusCode)  ->  "pq-1200"
    it.items[0].keys()  ->  ["x","n","price","tags","deep"]
    it.numbers.keys()  ->  null
    it.numbers.first()  ->  4
    it.numbers.last()  ->  2.5
    it.items.last().n  ->  "4"
    it.items[1].tags.first()  ->  null
    it.items[*].tags.length()  ->  [2,0]
    it.items[*].price.sum()  ->  null
    it..price.sum()  ->  13.5
    it..tags.length()  ->  5
    sum($..price)  ->  13.5
    $.length($.it.numbers)  ->  3
    $.max($.it.numbers, 9)  ->  9.0
    it.numbers.index(0)  ->  null
    "#);
}

#[test]
fn whatever_is_wrong_is_null() {
    assert_snapshot!(paths([
        "missing",
        "missing.a[0]",
        "it.response.body.id.x",
        "it.response[0]",
        "it.numbers.x",
        "it.numbers['0']",
        "it.missing[*]",
        "it.missing[*].x",
        "it.missing..x",
        "it.missing..x.sum()",
        "it.missing[0].x",
        "it.items[*].missing",
        "it.response.body.id[*].x",
        "it.",
        "it..",
        ".it",
        "..it",
        "it...x",
        "it[",
        "it[]",
        "it['a",
        "it['a'",
        "it['a' 'b']",
        "it['a',]",
        "it[0",
        "it[0,]",
        "it[0-]",
        "it[1:2:0]",
        "it[::-1]",
        "it[99999999999999999999]",
        "it[?]",
        "it[?()]",
        "it[?(@.x]",
        "it[?(@.x ==)]",
        "it[?(1)]",
        "it[?(@.x = 1)]",
        "it[?(@.x == 1) x]",
        "it]",
        "it['numbers']length()",
        "it.numbers.unknown()",
        "it.numbers.length(",
        "it.numbers.length(1",
        "it.numbers.concat(1,)",
        "it numbers",
        "$",
        "$it",
        "+",
        "'it'",
    ]), @r#"
    missing  ->  null
    missing.a[0]  ->  null
    it.response.body.id.x  ->  null
    it.response[0]  ->  null
    it.numbers.x  ->  null
    it.numbers['0']  ->  null
    it.missing[*]  ->  []
    it.missing[*].x  ->  []
    it.missing..x  ->  []
    it.missing..x.sum()  ->  null
    it.missing[0].x  ->  null
    it.items[*].missing  ->  []
    it.response.body.id[*].x  ->  []
    it.  ->  null
    it..  ->  null
    .it  ->  null
    ..it  ->  null
    it...x  ->  null
    it[  ->  null
    it[]  ->  null
    it['a  ->  null
    it['a'  ->  null
    it['a' 'b']  ->  null
    it['a',]  ->  null
    it[0  ->  null
    it[0,]  ->  null
    it[0-]  ->  null
    it[1:2:0]  ->  null
    it[::-1]  ->  null
    it[99999999999999999999]  ->  null
    it[?]  ->  null
    it[?()]  ->  null
    it[?(@.x]  ->  null
    it[?(@.x ==)]  ->  null
    it[?(1)]  ->  null
    it[?(@.x = 1)]  ->  null
    it[?(@.x == 1) x]  ->  null
    it]  ->  null
    it['numbers']length()  ->  null
    it.numbers.unknown()  ->  null
    it.numbers.length(  ->  null
    it.numbers.length(1  ->  null
    it.numbers.concat(1,)  ->  null
    it numbers  ->  null
    $  ->  {"it":{"response":{"statusCode":200,"body":{"id":7,"tags":["b","a","c"]}},"items":[{"x":"y","n":5,"price":2.5,"tags":["p","q"],"deep":{"x":"in"}},{"x":"z","n":4,"price":10,"tags":[]},{"x":"y","n":1,"price":1,"ok":false},{"n":"4","ok":null}],"numbers":[4,1,2.5],"mixed":[1,"a",[2,3],{"k":4},null]}}
    $it  ->  null
    +  ->  null
    'it'  ->  null
    "#);
}
