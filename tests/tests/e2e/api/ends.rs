//! How tasks without a process end: `Return`, `Log`, `Fail`, and expressions that cannot be rendered.

use tests::{
    execution::{check, id, outline, state, task_run},
    space::Space,
};

#[test]
fn fail_fails_on_a_condition() {
    let space = Space::shared("ends");
    let rest = |condition: &str| {
        format!(
            "tasks:\n  - id: fail\n    type: io.kestra.plugin.core.execution.Fail\n    condition: \"{condition}\"\n    \
             errorMessage: \"{{{{ flow.id }}}} is over\""
        )
    };
    let fails = space.play("fails", &rest("{{ 2 > 1 }}"));
    assert_eq!(outline(&fails), "fail FAILED");
    assert_eq!(space.messages(id(&fails)), ["fails is over", "Fail on a condition"]);
    let passes = space.play("passes", &rest("{{ 1 > 2 }}"));
    assert_eq!(outline(&passes), "fail SUCCESS");
    assert_eq!(state(&passes), "SUCCESS");
}

#[test]
fn an_expression_that_cannot_be_rendered_fails_its_task() {
    let space = Space::shared("ends");
    let execution = space.play(
        "unrendered",
        "tasks:\n  - { id: lost, type: io.kestra.plugin.core.debug.Return, format: '{{ inputs.nowhere }}' }",
    );
    assert_eq!(outline(&execution), "lost FAILED");
    assert_eq!(state(&execution), "FAILED");
    let messages = space.messages(id(&execution));
    assert!(
        messages.iter().any(|message| message.contains("nowhere") || message.contains("inputs")),
        "{messages:?}"
    );
    check(&execution);
}

#[test]
fn a_message_may_be_a_list() {
    let space = Space::shared("ends");
    let execution = space.play(
        "list",
        "tasks:\n  - { id: log, type: io.kestra.plugin.core.log.Log, level: WARN, message: [one, '{{ flow.id }}'] }",
    );
    assert_eq!(space.messages(id(&execution)), ["one", "list"]);
    assert_eq!(state(&execution), "SUCCESS");
}

#[test]
fn a_return_without_a_format_returns_nothing() {
    let space = Space::shared("ends");
    let execution =
        space.play("nothing", "tasks:\n  - { id: nothing, type: io.kestra.plugin.core.debug.Return }");
    assert_eq!(task_run(&execution, "nothing")["outputs"], serde_json::json!({}));
}

#[test]
fn old_names_of_tasks_are_known() {
    let space = Space::shared("ends");
    let execution = space.play(
        "old",
        "tasks:\n  - { id: a, type: io.kestra.core.tasks.debugs.Return, format: x }\n  - { id: b, type: \
         io.kestra.core.tasks.log.Log, message: y }",
    );
    assert_eq!(outline(&execution), "a SUCCESS, b SUCCESS");
}

#[test]
fn a_disabled_flow_is_not_executed() {
    let space = Space::shared("ends");
    let flow = space
        .create("off", "disabled: true\ntasks:\n  - { id: a, type: io.kestra.plugin.core.debug.Return }");
    assert_eq!(flow["disabled"], true);
    let refused = space.client().send(&space.call("off")).expect(409);
    assert_eq!(refused.message(), "Illegal state: Requested Flow is disabled.");
}
