//! What holds whatever is declared and sent.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::flow::{Output, Rendered};
use crate::input::{Validator, type_output};

fn simple_kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(string()),
        Just(Kind::String { validator: Some(Validator::new("[a-c]*").unwrap()) }),
        Just(Kind::Secret { validator: None }),
        (any::<Option<i64>>(), any::<Option<i64>>()).prop_map(|(min, max)| Kind::Int { min, max }),
        (any::<Option<f64>>(), any::<Option<f64>>()).prop_map(|(min, max)| Kind::Float { min, max }),
        Just(Kind::Boolean),
        Just(Kind::Bool),
        Just(Kind::DateTime { after: None, before: Some(jiff::Timestamp::UNIX_EPOCH) }),
        Just(Kind::Date { after: Some(jiff::civil::Date::MIN), before: None }),
        Just(Kind::Time { after: None, before: Some(jiff::civil::Time::MAX) }),
        Just(Kind::Duration { min: Some(std::time::Duration::MAX), max: None }),
        Just(Kind::File { extension: ".upl".to_owned() }),
        Just(Kind::Json),
        Just(Kind::Yaml),
        Just(Kind::Uri),
        Just(Kind::Email),
        Just(Kind::Enum { values: vec!["a".to_owned()] }),
        Just(select(&["a", "1"])),
    ]
}

fn kind() -> impl Strategy<Value = Kind> {
    simple_kind().prop_flat_map(|item| {
        let array = Kind::Array { item: Box::new(item.clone()) };
        let multi = Kind::MultiSelect {
            choices: Choices::Values(vec!["a".to_owned()]),
            allow_custom_value: false,
            item: Box::new(item.clone()),
        };
        prop::sample::select(vec![item, array, multi])
    })
}

fn id() -> impl Strategy<Value = String> {
    "[ab]([.]{1,2}[ab]?){0,3}"
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        ".{0,8}".prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::btree_map("[ab]", inner, 0..3).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// Texts that are nearly right for some kind.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[-+0-9.eE:TZPpHMSDé ]{0,20}",
        "[\\[\\]{}\"',:a-c0-9&* \n-]{0,20}",
        "[a-z]{1,4}:/{1,3}[a-z.]{0,6}",
    ]
}

fn any_sent() -> impl Strategy<Value = Sent> {
    prop_oneof![
        any_text().prop_map(Sent::Text),
        any_json().prop_map(Sent::Json),
        any_text().prop_map(|uri| Sent::File { uri }),
    ]
}

fn any_input() -> impl Strategy<Value = Input> {
    (
        id(),
        kind(),
        any::<bool>(),
        prop::option::of(any_json()),
        prop::option::of(prop::collection::vec(id(), 0..3)),
    )
        .prop_map(|(id, kind, required, defaults, inputs)| Input {
            required,
            defaults,
            depends_on: inputs.map(|inputs| DependsOn { inputs, condition: None }),
            ..input(&id, kind)
        })
}

fn int_of(sent: &str) -> Option<Json> {
    resolved(&flow(vec![input("x", int())]), &submitted([("x", text(sent))])).inputs[0].value.clone()
}

proptest! {
    #[test]
    fn every_input_is_answered_whatever_is_sent(
        inputs in prop::collection::vec(any_input(), 0..6),
        sent in prop::collection::hash_map(id(), any_sent(), 0..6),
    ) {
        let flow = flow(inputs);
        let resolution = resolved(&flow, &sent);
        prop_assert_eq!(resolution.inputs.len(), flow.inputs.len());
        for (declared, one) in flow.inputs.iter().zip(&resolution.inputs) {
            prop_assert!(std::ptr::eq(declared, one.input));
            prop_assert_eq!(one.value.is_some(), one.enabled && one.problems.is_empty());
        }
        if let Err(invalid) = resolution.values() {
            prop_assert!(!invalid.problems.is_empty());
        }
    }

    /// What was read once is read again as the same: a default or an output may be a value that was typed before.
    #[test]
    fn reading_is_idempotent(kind in kind(), value in any_json(), sent in any_text()) {
        let output = Output {
            id: "o".to_owned(),
            kind,
            value: Rendered::Literal(Json::Null),
            description: None,
            display_name: None,
        };
        for value in [value, Json::from(sent)] {
            // A text within JSON is JSON text the next time.
            if let Ok(once) = type_output(&output, &value, NO_SEAL)
                && !matches!(output.kind, Kind::Json | Kind::Yaml)
            {
                prop_assert_eq!(type_output(&output, &once, NO_SEAL), Ok(once));
            }
        }
    }

    #[test]
    fn an_int_is_any_text_of_32_bits_and_no_other(number in any::<i64>(), small in any::<i32>()) {
        prop_assert_eq!(int_of(&small.to_string()), Some(json!(small)));
        prop_assert_eq!(int_of(&number.to_string()), i32::try_from(number).ok().map(Json::from));
    }

    #[test]
    fn a_float_keeps_its_shortest_text(number in any::<f32>().prop_filter("finite", |it| it.is_finite())) {
        let kind = Kind::Float { min: None, max: None };
        let flow = flow(vec![input("x", kind)]);
        let resolution = resolved(&flow, &submitted([("x", text(&number.to_string()))]));
        let value = resolution.inputs[0].value.clone().unwrap();
        prop_assert_eq!(value.to_string().parse::<f32>(), Ok(number));
        prop_assert_eq!(value.as_f64().unwrap().to_string(), number.to_string());
    }

    #[test]
    fn an_instant_stays_the_same_instant(seconds in -62_000_000_000_i64..62_000_000_000, nanos in 0..1_000_000_000) {
        let moment = jiff::Timestamp::new(seconds, nanos).unwrap();
        let kind = Kind::DateTime { after: Some(moment), before: Some(moment) };
        let flow = flow(vec![input("x", kind)]);
        let resolution = resolved(&flow, &submitted([("x", text(&moment.to_string()))]));
        let value = resolution.inputs[0].value.clone().unwrap();
        prop_assert_eq!(value.as_str().unwrap().parse::<jiff::Timestamp>().unwrap(), moment);
    }
}
