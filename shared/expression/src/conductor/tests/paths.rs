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
    ]), @"");
    assert_snapshot!(table([
        "${workflow.input['with space']}",
        "${workflow.input['it\\'s']}",
        "${workflow.input[\"it's\"]}",
        "${workflow.input.with space}",
    ]), @"");
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
    ]), @"");
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
    ]), @"");
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
    ]), @"");
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
    ]), @"");
}
