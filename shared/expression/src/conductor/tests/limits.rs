//! What is too much fails, or is no path, and never takes long.

use insta::assert_snapshot;
use serde_json::{Value as Json, json};

use super::document;
use crate::{
    Error, Limits, Supplied, Template,
    conductor::{NESTING_MAX, SOURCE_BYTES_MAX},
    testing::{Root, told, with},
};

fn within(limits: Limits, root: &Root, text: &str) -> Result<Json, Error> {
    let template = Template::conductor(text).expect("a template");
    with(root, &Supplied::new(), limits, |environment| template.value(environment))
}

#[test]
fn what_is_looked_at_costs_fuel() {
    let list: Vec<Json> =
        (0..200).map(|n| json!({"n": n, "list": [n, n], "text": "x".repeat(640)})).collect();
    let root = Root(json!({"a": list}));
    let limits = Limits { fuel: 400, ..Limits::default() };
    let tried = [
        "${a[7].list[0]}",
        "${a[*].n}",
        "${a..n}",
        "${a[?(@.n > 5)].n}",
        "${a[?(@.text =~ /y/)].n}",
        "${a[0:150][*]}",
        "${a[*].list.length()}",
        "${a[*]['n','list']}",
        "${a[0][?(@.text =~ /y/)]}",
        "${a[0].text.concat($.a[*].text)}",
        "${$..*}",
    ]
    .map(|text| {
        assert!(within(Limits::default(), &root, text).is_ok(), "{text}");
        format!("{text}  ->  {}\n", told(within(limits, &root, text)))
    });
    assert_snapshot!(tried.concat(), @"
    ${a[7].list[0]}  ->  7
    ${a[*].n}  ->  failed: Took more than 400 steps
    ${a..n}  ->  failed: Took more than 400 steps
    ${a[?(@.n > 5)].n}  ->  failed: Took more than 400 steps
    ${a[?(@.text =~ /y/)].n}  ->  failed: Took more than 400 steps
    ${a[0:150][*]}  ->  failed: Took more than 400 steps
    ${a[*].list.length()}  ->  failed: Took more than 400 steps
    ${a[*]['n','list']}  ->  failed: Took more than 400 steps
    ${a[0][?(@.text =~ /y/)]}  ->  failed: Took more than 400 steps
    ${a[0].text.concat($.a[*].text)}  ->  failed: Took more than 400 steps
    ${$..*}  ->  failed: Took more than 400 steps
    ");
}

#[test]
fn results_are_bounded() {
    let root = Root(json!({"a": "x".repeat(50), "b": [[1, 2], {"c": "x".repeat(50)}]}));
    let limits = Limits { output_bytes: 60, needs: 1, ..Limits::default() };
    let tried = [
        "${a}",
        "${a}${a}",
        "${b}",
        "${b} ",
        "${concat($.a, $.a)}",
        "${workflow.secrets.A}${workflow.secrets.B}",
        "${${a}${a}}",
    ]
    .map(|text| format!("{text}  ->  {}\n", told(within(limits, &root, text))));
    assert_snapshot!(tried.concat(), @r#"
    ${a}  ->  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    ${a}${a}  ->  failed: Text longer than 60 bytes
    ${b}  ->  failed: Value bigger than 60 bytes
    ${b}   ->  failed: Text longer than 60 bytes
    ${concat($.a, $.a)}  ->  failed: Text longer than 60 bytes
    ${workflow.secrets.A}${workflow.secrets.B}  ->  needs: [Secret { key: "A", subkey: None }]
    ${${a}${a}}  ->  failed: Text longer than 60 bytes
    "#);
}

#[test]
fn nesting_is_bounded() {
    let nested = |levels: usize| format!("{}a{}", "${".repeat(levels), "}".repeat(levels));
    assert!(Template::conductor(&nested(NESTING_MAX)).is_ok());
    let error = Template::conductor(&nested(NESTING_MAX + 1)).unwrap_err();
    assert_snapshot!(error.explained("…"), @"
    Expressions nested deeper than 32 levels
      --> line 1, column 2
       | …
       |  ^
    ");
    assert_eq!(error.span, 2 * NESTING_MAX..2 * NESTING_MAX + 2);
    assert!(Template::conductor(&nested(100_000)).is_err());
    assert!(Template::conductor(&"${".repeat(100_000)).is_ok_and(|it| it.literal().is_some()));
}

#[test]
fn brackets_are_bounded() {
    let limits = Limits::default();
    let filters =
        |levels: usize| format!("${{workflow.input{}@{}}}", "[?(@.x".repeat(levels), ")]".repeat(levels));
    assert_eq!(within(limits, &document(), &filters(100_000)), Ok(Json::Null));
    for (open, close) in [("(", ")"), ("!(", ")"), ("[?(", ")]"), ("@.x[?(", ")]"), ("sum(", ")")] {
        let text = format!("${{a[?({}@.x{})]}}", open.repeat(100_000), close.repeat(100_000));
        assert_eq!(within(limits, &document(), &text), Ok(Json::Null), "{open}");
    }
    // As deep as it may be, all the way down.
    let filtered = |levels: usize| {
        format!(
            "${{workflow.variables{}@.total{}}}",
            "[?(@".repeat(levels).trim_end_matches('@'),
            ")]".repeat(levels)
        )
    };
    assert_eq!(within(limits, &document(), &filtered(NESTING_MAX)), Ok(json!([{"total": 10}])));
    assert_eq!(within(limits, &document(), &filtered(NESTING_MAX + 1)), Ok(Json::Null));
    let sums = |levels: usize| {
        format!("${{{}{}}}", "$.sum(".repeat(levels), "1)".to_owned() + &", 1)".repeat(levels - 1))
    };
    assert_eq!(within(limits, &document(), &sums(NESTING_MAX)), Ok(json!(32.0)));
    assert_eq!(within(limits, &document(), &sums(NESTING_MAX + 1)), Ok(Json::Null));
    let lists = |levels: usize| {
        format!("${{workflow.input.tags[?(@ in {}{})]}}", "[".repeat(levels), "]".repeat(levels))
    };
    assert_eq!(within(limits, &document(), &lists(NESTING_MAX - 1)), Ok(json!([])));
    assert_eq!(within(limits, &document(), &lists(NESTING_MAX)), Ok(Json::Null));
    let bangs = format!("${{workflow.input.tags[?({}@ == 'a')]}}", "!".repeat(100_001));
    assert_eq!(within(limits, &document(), &bangs), Ok(json!(["b", "c"])));
    let gathered = format!("${{workflow{}}}", "..x.sum()".repeat(100_000));
    assert_eq!(within(limits, &document(), &gathered), Ok(Json::Null));
}

#[test]
fn texts_are_bounded() {
    let long = "x".repeat(SOURCE_BYTES_MAX);
    assert!(Template::conductor(&long).is_ok());
    let error = Template::conductor(&format!("${{a}}{long}")).unwrap_err();
    assert_snapshot!(error, @"Text with expressions longer than 1048576 bytes");
}

/// Each text could take long, or deep, where a reader is careless.
#[test]
fn hostile_texts_come_back() {
    let deep = (0..100).fold(json!(1), |value, _| json!({"a": [value]}));
    let root = Root(json!({"a": deep, "s": "a".repeat(5_000)}));
    for text in [
        format!("${{a{}}}", "..*".repeat(50)),
        format!("${{a{}}}", "[*]".repeat(100_000)),
        format!("${{a[{}0]}}", "0,".repeat(100_000)),
        format!("${{a['{}']}}", "\\".repeat(100_000)),
        format!("${{$..[?({}@.a)]}}", "@..a && ".repeat(1_000)),
        "${$..[?($..[?($..[?($..a)])])]}".to_owned(),
        "${s[?(@ =~ /(a*)*b/)]}".to_owned(),
        "${$..[?($.s =~ /(a|aa)*b/)]}".to_owned(),
        format!(
            "${{$[?({})]}}",
            (0..2_000).map(|n| format!("@.s=~/{n}(a{{100}}){{100}}/")).collect::<Vec<_>>().join("||")
        ),
        "$".repeat(100_000),
        "{".repeat(100_000),
        "${}".repeat(100_000),
    ] {
        let limits = Limits { fuel: 50_000, ..Limits::default() };
        let _ = within(limits, &root, &text);
    }
}
