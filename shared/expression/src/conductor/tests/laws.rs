//! What holds for any text.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::document;
use crate::{
    Error, Limits, Supplied, Template,
    testing::{Root, with},
};

const LIMITS: Limits = Limits { fuel: 20_000, depth: 50, output_bytes: 5_000, needs: 3 };

/// Texts of the parts that paths are made of.
fn pieces() -> impl Strategy<Value = String> {
    let words = vec![
        "${",
        "}",
        "$${",
        "$",
        "{",
        "@",
        ".",
        "..",
        "[",
        "]",
        "(",
        ")",
        "?(",
        "*",
        ",",
        ":",
        "'",
        "\"",
        "\\",
        " ",
        "-1",
        "0",
        "2",
        "==",
        "!=",
        "=~",
        "<",
        "&&",
        "||",
        "!",
        "/a/i",
        " in ",
        "workflow",
        "input",
        "tags",
        "items",
        "output",
        "get-user_1",
        "secrets",
        "env",
        "length()",
        "sum()",
        "concat(",
        "keys()",
        "'y'",
        "x",
        "é",
    ];
    prop::collection::vec(prop::sample::select(words), 0..24).prop_map(|words| words.concat())
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        (-1e9..1e9).prop_map(|number: f64| json!(number)),
        ".{0,8}".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            prop::collection::vec((".{0,5}", inner), 0..5)
                .prop_map(|entries| Json::Object(entries.into_iter().collect())),
        ]
    })
}

fn rendered(text: &str, root: &Root) -> Result<(String, Json), Error> {
    let template = Template::conductor(text).expect("short texts parse");
    with(root, &Supplied::new(), LIMITS, |environment| {
        Ok((template.render(environment)?, template.value(environment)?))
    })
}

fn stays_within_limits(text: &str) -> Result<(), TestCaseError> {
    match rendered(text, &document()) {
        Ok((printed, value)) => {
            prop_assert!(printed.len() <= LIMITS.output_bytes);
            if let Json::String(value) = value {
                prop_assert_eq!(value, printed);
            }
        }
        Err(Error::Needs(needs)) => prop_assert!(!needs.is_empty() && needs.len() <= LIMITS.needs),
        Err(Error::Failed(failure)) => {
            prop_assert!(
                failure.message.contains("more than") || failure.message.contains("longer than"),
                "{}",
                failure
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_renders(text in ".{0,60}") {
        stays_within_limits(&text)?;
    }

    #[test]
    fn any_path_renders(path in pieces()) {
        stays_within_limits(&path)?;
        stays_within_limits(&format!("${{get-user_1.output.items[?({path})]}}"))?;
        stays_within_limits(&format!("${{get-user_1.output{path}}}"))?;
    }

    #[test]
    fn a_text_without_an_expression_renders_to_itself(text in "[^$]{0,20}(\\$[^{$]{1,5})*") {
        prop_assume!(!text.contains("${"));
        let (printed, value) = rendered(&text, &document()).expect("it renders");
        prop_assert_eq!(&printed, &text);
        prop_assert_eq!(value, Json::from(text));
    }

    #[test]
    fn an_expression_alone_keeps_its_value(json in any_json(), key in "[a-zA-Z_][a-zA-Z0-9_-]{0,8}") {
        let root = Root(json!({"task": {"output": {&key: &json}, "list": [&json]}}));
        for path in [
            format!("task.output.{key}"),
            format!("$.task['output'][\"{key}\"]"),
            "task.list[-1]".to_owned(),
            "task.list.first()".to_owned(),
        ] {
            let (_, value) = rendered(&format!("${{{path}}}"), &root).expect("it renders");
            prop_assert_eq!(&value, &json);
        }
        let (_, list) = rendered("${task.list[*]}", &root).expect("it renders");
        prop_assert_eq!(list, json!([json]));
    }

    #[test]
    fn what_is_escaped_is_literal(text in "[^${}]{0,20}") {
        let (printed, _) = rendered(&format!("a$${{{text}}}"), &document()).expect("it renders");
        prop_assert_eq!(printed, format!("a${{{text}}}"));
    }
}
