//! `outputs` and `tasks`.

use insta::assert_snapshot;
use serde_json::json;

use super::Scene;
use crate::execution::{State, looks};

#[test]
fn of_runs_without_values_are_found_by_the_task() {
    let mut scene = Scene::plain();
    scene.run(None, "first", None, json!({"value": "one", "deep": {"list": [1, {"k": "v"}]}}));
    scene.run(None, "with-dash", None, json!({"value": "two"}));
    let sequence = scene.run(None, "sequence", None, json!({}));
    scene.run(Some(sequence), "below", None, json!({"value": "three"}));
    assert_snapshot!(scene.table(None, [
        "outputs.first.value",
        "outputs.first.deep.list[1].k",
        "outputs['with-dash'].value",
        "outputs.below.value",
        "outputs.sequence",
        "outputs.frist.value",
        "outputs.first.missing",
        "outputs.first['missing'] ?? 'default'",
        "outputs.missing is defined",
        "outputs.missing.value | default('d')",
        "outputs",
    ]), @r#"
    outputs.first.value  ->  one
    outputs.first.deep.list[1].k  ->  v
    outputs['with-dash'].value  ->  two
    outputs.below.value  ->  three
    outputs.sequence  ->  {}
    outputs.frist.value  ->  failed: Unable to find `frist` used in the expression `…` at line 1 (did you mean `outputs.first`?)
    outputs.first.missing  ->  failed: Unable to find `missing` used in the expression `…` at line 1
    outputs.first['missing'] ?? 'default'  ->  default
    outputs.missing is defined  ->  false
    outputs.missing.value | default('d')  ->  d
    outputs  ->  {"first":{"value":"one","deep":{"list":[1,{"k":"v"}]}},"with-dash":{"value":"two"},"sequence":{},"below":{"value":"three"}}
    "#);
}

/// Three levels of `ForEach`, with a task and its reader in the innermost one and a sequence below.
#[test]
fn of_runs_with_values_are_found_by_all_of_them() {
    let mut scene = Scene::plain();
    let outer = scene.run(None, "1_each", None, json!({}));
    let (mut reader, mut below) = (None, None);
    for v1 in ["v11", "v12"] {
        let middle = scene.run(Some(outer), "1-1_each", Some(v1), json!({}));
        for v2 in ["v21", "v22"] {
            let inner = scene.run(Some(middle), "1-1-1_each", Some(v2), json!({}));
            for v3 in ["v31", "v32"] {
                let value = format!("{v1}-{v2}-{v3}");
                scene.run(Some(inner), "1-1-1_output", Some(v3), json!({ "value": value }));
                reader = Some(scene.run(Some(inner), "1-1-1_return", Some(v3), json!({})));
                let sequence = scene.run(Some(inner), "sequence", Some(v3), json!({}));
                below = Some(scene.run(Some(sequence), "deep", None, json!({ "value": value })));
            }
        }
    }
    assert_snapshot!(scene.table(reader, [
        "parents[1].taskrun.value ~ '-' ~ parents[0].taskrun.value ~ '-' ~ taskrun.value",
        "outputs['1-1-1_output'][parents[1].taskrun.value][parents[0].taskrun.value][taskrun.value].value",
        "outputs['1-1-1_output'].v11['v22'].v31.value",
        "currentEachOutput(outputs['1-1-1_output']).value",
        "outputs['1-1-1_output'].v11 | keys",
        "outputs['1-1-1_output'].v12",
        "outputs['1-1-1_output'].v11.v31.value",
        "outputs['1-1-1_output'].value",
        "outputs.deep.v11.v21.v31.value",
    ]), @r#"
    parents[1].taskrun.value ~ '-' ~ parents[0].taskrun.value ~ '-' ~ taskrun.value  ->  v12-v22-v32
    outputs['1-1-1_output'][parents[1].taskrun.value][parents[0].taskrun.value][taskrun.value].value  ->  v12-v22-v32
    outputs['1-1-1_output'].v11['v22'].v31.value  ->  v11-v22-v31
    currentEachOutput(outputs['1-1-1_output']).value  ->  v12-v22-v32
    outputs['1-1-1_output'].v11 | keys  ->  ["v21","v22"]
    outputs['1-1-1_output'].v12  ->  {"v21":{"v31":{"value":"v12-v21-v31"},"v32":{"value":"v12-v21-v32"}},"v22":{"v31":{"value":"v12-v22-v31"},"v32":{"value":"v12-v22-v32"}}}
    outputs['1-1-1_output'].v11.v31.value  ->  failed: Unable to find `v31` used in the expression `…` at line 1 (did you mean `outputs['1-1-1_output'].v11.v21`?)
    outputs['1-1-1_output'].value  ->  failed: Unable to find `value` used in the expression `…` at line 1
    outputs.deep.v11.v21.v31.value  ->  v11-v21-v31
    "#);
    assert_snapshot!(scene.table(below, [
        "parents",
        "parent.taskrun.value",
        "taskrun.value",
        "currentEachOutput(outputs['1-1-1_output']).value",
        "currentEachOutput(outputs.deep).value",
    ]), @r#"
    parents  ->  [{"taskrun":{"value":"v32"}},{"taskrun":{"value":"v22"}},{"taskrun":{"value":"v12"}}]
    parent.taskrun.value  ->  v32
    taskrun.value  ->  failed: Unable to find `value` used in the expression `…` at line 1
    currentEachOutput(outputs['1-1-1_output']).value  ->  v12-v22-v32
    currentEachOutput(outputs.deep).value  ->  v12-v22-v32
    "#);
}

#[test]
fn values_are_exact_texts() {
    let mut scene = Scene::plain();
    let each = scene.run(None, "1_each", None, json!({}));
    scene.run(Some(each), "made", Some("a a"), json!({"value": "spaced"}));
    scene.run(Some(each), "made", Some("1"), json!({"value": "number"}));
    let object = r#"{"key":"my-key","value":{"sub":1}}"#;
    scene.run(Some(each), "made", Some(object), json!({"value": "object"}));
    let reader = scene.run(Some(each), "reader", Some(object), json!({}));
    assert_snapshot!(scene.table(Some(reader), [
        "outputs.made['a a'].value",
        "outputs.made['1'].value",
        "outputs.made[1].value",
        "outputs.made[taskrun.value].value",
        r#"outputs.made['{"key":"my-key","value":{"sub":1}}'].value"#,
        "currentEachOutput(outputs.made).value",
        "taskrun.value is json",
        "fromJson(taskrun.value).value.sub",
        "outputs.made['a'].value",
    ]), @r#"
    outputs.made['a a'].value  ->  spaced
    outputs.made['1'].value  ->  number
    outputs.made[1].value  ->  failed: PebbleException: type class java.lang.String not supported for key 1 (write `['1']`) (…:1)
    outputs.made[taskrun.value].value  ->  object
    outputs.made['{"key":"my-key","value":{"sub":1}}'].value  ->  object
    currentEachOutput(outputs.made).value  ->  object
    taskrun.value is json  ->  true
    fromJson(taskrun.value).value.sub  ->  1
    outputs.made['a'].value  ->  failed: Unable to find `a` used in the expression `…` at line 1
    "#);
}

#[test]
fn of_later_runs_hide_earlier_ones_once_they_have_some() {
    let mut scene = Scene::plain();
    let each = scene.run(None, "each", None, json!({}));
    scene.run(None, "again", None, json!({"value": "old", "only": "old"}));
    scene.run(None, "again", None, json!({"value": "new"}));
    scene.run(None, "again", None, json!({}));
    scene.run(Some(each), "valued", Some("v"), json!({"value": "old"}));
    scene.run(Some(each), "valued", Some("v"), json!({"value": "new"}));
    scene.run(None, "mixed", None, json!({"value": "its own", "v": "hidden"}));
    scene.run(Some(each), "mixed", Some("v"), json!({"value": "below"}));
    assert_snapshot!(scene.table(None, [
        "outputs.again",
        "outputs.valued.v.value",
        "outputs.mixed",
    ]), @r#"
    outputs.again  ->  {"value":"new"}
    outputs.valued.v.value  ->  new
    outputs.mixed  ->  {"v":{"value":"below"},"value":"its own"}
    "#);
}

#[test]
fn states_are_found_by_the_task_and_the_runs_own_value() {
    let mut scene = Scene::plain();
    let each = scene.run(None, "each", None, json!({}));
    let inner = scene.run(Some(each), "inner", Some("outer"), json!({}));
    let failed = scene.run(Some(inner), "work", Some("a"), json!({}));
    scene.run(Some(inner), "work", Some("b"), json!({}));
    let now = scene.execution.state.first().date;
    for id in [each, failed] {
        scene.execution.task_runs.get_mut(id).unwrap().state.enter(State::Failed, now);
    }
    assert_snapshot!(scene.table(None, [
        "tasks.each.state",
        "tasks.work['a'].state",
        "tasks.work.b",
        "tasks",
        "tasksWithState('failed')",
        "tasks.missing.state",
        "tasks.work.c.state",
    ]), @r#"
    tasks.each.state  ->  FAILED
    tasks.work['a'].state  ->  FAILED
    tasks.work.b  ->  {"state":"CREATED"}
    tasks  ->  {"each":{"state":"FAILED"},"inner":{"outer":{"state":"CREATED"}},"work":{"a":{"state":"FAILED"},"b":{"state":"CREATED"}}}
    tasksWithState('failed')  ->  [{"taskId":"each","state":"FAILED"},{"taskId":"work","state":"FAILED","value":"a"}]
    tasks.missing.state  ->  failed: Unable to find `missing` used in the expression `…` at line 1
    tasks.work.c.state  ->  failed: Unable to find `c` used in the expression `…` at line 1
    "#);
}

#[test]
fn a_lookup_looks_at_few_of_many_runs() {
    const RUNS: usize = 10_000;
    const FEW: usize = 12;
    let mut scene = Scene::plain();
    let each = scene.run(None, "each", None, json!({}));
    let mut last = each;
    for number in 0..RUNS {
        last = scene.run(Some(each), "x", Some(&format!("v{number}")), json!({ "value": number }));
    }
    let cost = |source: &str, text: &str| {
        looks::taken();
        assert_eq!(scene.render(Some(last), source), text);
        looks::taken()
    };
    assert!(cost("{{ outputs.x['v5000'].value }}", "5000") <= FEW);
    assert!(cost("{{ outputs.x[taskrun.value].value }}", "9999") <= FEW);
    assert!(cost("{{ currentEachOutput(outputs.x).value }}", "9999") <= FEW);
    assert!(cost("{{ outputs.x['none'].value ?? 'default' }}", "default") <= FEW);
    assert!(cost("{{ tasks.x['v1'].state }}", "CREATED") <= FEW);
    assert!(cost("{{ taskrun.value }}", "v9999") == 0);
    // And the counter counts.
    assert!(cost("{{ outputs.x | values | length }}", "10000") >= RUNS);
}
