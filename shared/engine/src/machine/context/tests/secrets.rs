//! Encrypted values are decrypted where they are read, and nowhere else.

use expression::Key;
use insta::assert_snapshot;

use super::*;
use crate::secrets::Seal;

const SECRETS: &str = "inputs:
  - { id: plain, type: STRING }
  - { id: forged, type: JSON }
  - { id: password, type: SECRET }
  - { id: deep.password, type: SECRET }
  - { id: all, type: ARRAY, itemType: SECRET }
  - { id: fallback, type: SECRET, defaults: default }
tasks: [{ id: any, type: io.kestra.plugin.core.log.Log, message: x }]";

fn key() -> Key {
    "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0ISE=".parse().unwrap()
}

fn other_key() -> Key {
    "b3RoZXIhb3RoZXIhb3RoZXIhb3RoZXIhb3RoZXIhb3Q=".parse().unwrap()
}

fn scene() -> Scene {
    let key = key();
    let seal = |text: &str| Seal { key: Some(&key), ids: &|| 1 }.text(text);
    let mut scene = Scene::of(SECRETS);
    let Json::Object(inputs) = json!({
        "plain": "shown", "forged": seal("hunted"), "password": seal("hunter2"), "deep": {"password": seal("deeper")},
        "all": [seal("one"), seal("two")],
    }) else {
        unreachable!("it is a map")
    };
    scene.execution.inputs = inputs;
    scene.run(
        None,
        "any",
        None,
        json!({
            "value": seal("found"), "shown": "x",
            "deep": {"list": [seal("first"), {"a": seal("second")}, "x"], "n": 1},
        }),
    );
    scene
}

fn table_with<const N: usize>(secrets: Secrets<'_>, expressions: [&str; N]) -> String {
    let (scene, mut table) = (scene(), String::new());
    for expression in expressions {
        let source = format!("{{{{ {expression} }}}}");
        let text = scene.rendered(None, None, &source, secrets).0.replace(&source, "…");
        writeln!(table, "{expression}  ->  {text}").unwrap();
    }
    table
}

#[test]
fn inputs_and_outputs_are_decrypted_when_they_are_read() {
    assert_snapshot!(table_with(Secrets::Open(Some(&key())), [
        "inputs.password ~ inputs.deep.password ~ inputs.all[1]",
        "[inputs.all, inputs.deep, inputs.plain, inputs.fallback]",
        "inputs.forged.type",
        "outputs.any.value",
        "outputs.any.deep.list[1].a",
        "outputs.any.deep.list | length",
        "outputs",
    ]), @r#"
    inputs.password ~ inputs.deep.password ~ inputs.all[1]  ->  hunter2deepertwo
    [inputs.all, inputs.deep, inputs.plain, inputs.fallback]  ->  [["one","two"],{"password":"deeper"},"shown","default"]
    inputs.forged.type  ->  io.kestra.datatype:aes_encrypted
    outputs.any.value  ->  found
    outputs.any.deep.list[1].a  ->  second
    outputs.any.deep.list | length  ->  3
    outputs  ->  {"any":{"value":"found","shown":"x","deep":{"list":["first",{"a":"second"},"x"],"n":1}}}
    "#);
}

#[test]
fn what_is_closed_stays_closed() {
    let kept = scene().execution.task_runs.iter().next().unwrap().outputs.clone();
    let (text, masks) = scene().rendered(None, None, "{{ outputs.any }}", Secrets::Closed);
    assert_eq!(text, Json::Object(kept).to_string());
    assert_eq!(masks, Masks::default());
    let (text, _) = scene().rendered(None, None, "{{ inputs.password }}", Secrets::Closed);
    assert_eq!(text, scene().execution.inputs["password"].to_string());
}

#[test]
fn without_the_key_there_is_nothing_to_read() {
    assert_snapshot!(table_with(Secrets::Open(Some(&other_key())), [
        "inputs.deep",
        "inputs.password",
        "outputs.any.value",
        "outputs.any",
    ]), @r#"
    inputs.deep  ->  {}
    inputs.password  ->  failed: Unable to find `password` used in the expression `…` at line 1
    outputs.any.value  ->  failed: Unable to find `value` used in the expression `…` at line 1
    outputs.any  ->  {"shown":"x","deep":{"list":[null,{},"x"],"n":1}}
    "#);
}

#[test]
fn where_nothing_was_encrypted_the_text_is_read() {
    let mut scene = Scene::plain();
    scene.run(None, "any", None, json!({ "value": Seal { key: None, ids: &|| 0 }.text("found") }));
    assert_eq!(scene.render(None, "{{ outputs.any.value }}"), "found");
}

#[test]
fn what_was_read_may_not_be_logged() {
    let masked = |source: &str| {
        let (mut text, masks) = scene().rendered(None, None, source, Secrets::Open(Some(&key())));
        masks.mask(&mut text);
        text
    };
    assert_snapshot!(masked("{{ inputs.plain }} {{ inputs.password }} {{ inputs.all }} {{ inputs.fallback }}"), @r#"shown ******* ["***","***"] *******"#);
    assert_snapshot!(masked("{{ outputs.any.value }} found, first and hunter2"), @"***** *****, first and *******");
    assert_snapshot!(masked("nothing was read, not even found"), @"nothing was read, not even found");
}
