//! The flows, and how each ends.

use engine::execution::State;

/// Its name, its body, and its end when nobody kills it.
pub(super) const FLOWS: [(&str, &str, State); 10] = [
    (
        "pure",
        r#"
tasks:
  - { id: a, type: io.kestra.plugin.core.debug.Return, format: "{{ flow.id }}" }
  - { id: b, type: io.kestra.plugin.core.log.Log, message: "{{ outputs.a.value }}" }
outputs:
  - { id: text, type: STRING, value: "{{ outputs.a.value }}" }
"#,
        State::Success,
    ),
    ("fails", "tasks: [{ id: a, type: io.kestra.plugin.core.execution.Fail }]\n", State::Failed),
    (
        "works",
        "tasks:\n  - { id: a, type: test.Labour, seconds: 1 }\n  - { id: b, type: test.Labour, seconds: 0 }\n  \
         - { id: c, type: test.Labour, seconds: 2 }\n",
        State::Success,
    ),
    ("works-long", "tasks: [{ id: a, type: test.Labour, seconds: 14 }]\n", State::Success),
    (
        "breaks",
        "tasks:\n  - { id: a, type: test.Labour, seconds: 1 }\n  \
         - { id: b, type: test.Labour, seconds: 1, breaks: true }\n  - { id: c, type: test.Labour }\n",
        State::Failed,
    ),
    (
        "warns",
        "tasks:\n  - { id: a, type: test.Labour, breaks: true, allowFailure: true }\n  \
         - { id: b, type: test.Labour, seconds: 1 }\n",
        State::Warning,
    ),
    (
        "cleans-up",
        "tasks: [{ id: a, type: test.Labour, breaks: true }]\nerrors: [{ id: e, type: test.Labour, seconds: 1 }]\n\
         finally: [{ id: f, type: test.Labour }]\n",
        State::Failed,
    ),
    (
        "calls-pure",
        "tasks: [{ id: c, type: io.kestra.plugin.core.flow.Subflow, namespace: test, flowId: pure }]\n",
        State::Success,
    ),
    (
        "calls",
        "tasks:\n  - { id: c, type: io.kestra.plugin.core.flow.Subflow, namespace: test, flowId: works }\n  \
         - { id: d, type: test.Labour }\n",
        State::Success,
    ),
    (
        "forgives",
        "tasks: [{ id: c, type: io.kestra.plugin.core.flow.Subflow, namespace: test, flowId: breaks, allowFailure: true }]\n",
        State::Warning,
    ),
];

/// How executions of the flow end when nobody kills them.
pub(super) fn end_of(flow: &str) -> State {
    FLOWS.iter().find(|(id, ..)| *id == flow).expect("one of ours").2
}
