//! Flows that are none.

use tests::http::Request;

use super::{NAMESPACE, Row, row};

const RETURN: &str = "tasks:\n  - { id: a, type: io.kestra.plugin.core.debug.Return }\n";

/// A request that creates a flow of this text.
fn post(source: impl Into<Vec<u8>>) -> Request {
    Request::post("/api/v1/flows").body("application/x-yaml", source)
}

/// A flow with this after its `id` and `namespace`.
fn flow(rest: &str) -> Request {
    post(format!("id: bad\nnamespace: {NAMESPACE}\n{rest}"))
}

/// A flow with one task.
fn task(task: &str) -> Request {
    flow(&format!("tasks:\n  - {task}\n"))
}

/// A flow with one input.
fn input(input: &str) -> Request {
    flow(&format!("inputs:\n  - {input}\n{RETURN}"))
}

pub(super) fn rows() -> Vec<Row> {
    [documents(), parts(), tasks(), others()].into_iter().flatten().collect()
}

fn documents() -> Vec<Row> {
    let anchors = (1..12).fold("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned(), |text, level| {
        let nine = format!("*a{}, ", level - 1).repeat(9);
        format!("{text}a{level}: &a{level} [{nine}x]\n")
    });
    let deep = format!("variables: {}{}\n{RETURN}", "[".repeat(50_000), "]".repeat(50_000));
    let nested: Vec<String> = (0..500).map(|level| format!("{}a:", " ".repeat(level))).collect();
    let large = format!("description: {}\n{RETURN}", "x".repeat(300 * 1024));
    vec![
        row("flow: nothing", post("")),
        row("flow: blanks", post("  \n\n")),
        row("flow: a comment", post("# nothing here\n")),
        row("flow: a text", post("just a text")),
        row("flow: a number", post("42")),
        row("flow: null", post("null")),
        row("flow: a list", post("- id: bad\n")),
        row("flow: an open bracket", flow("tasks: [")),
        row("flow: an open quote", flow("description: \"open\n")),
        row("flow: a tab", post("id: bad\n\tnamespace: e2e.bad\n")),
        row("flow: bad indentation", post("id: bad\n  namespace: e2e.bad\n")),
        row("flow: a key twice", flow(&format!("{RETURN}{RETURN}"))),
        row("flow: a nested key twice", task("{ id: a, id: b, type: io.kestra.plugin.core.debug.Return }")),
        row("flow: an unknown anchor", flow(&format!("variables: *nowhere\n{RETURN}"))),
        row("flow: an anchor of itself", flow(&format!("variables: &a [*a]\n{RETURN}"))),
        row("flow: a bomb of anchors", flow(&format!("variables:\n{}{RETURN}", indented(&anchors)))),
        row("flow: too deep", flow(&deep)),
        row("flow: too deep by indentation", post(nested.join("\n"))),
        row("flow: too large", flow(&large)),
        row(
            "flow: two documents",
            post(format!("id: a\nnamespace: a\n{RETURN}---\nid: b\nnamespace: b\n{RETURN}")),
        ),
        row("flow: no UTF-8", post([&b"id: b\xff\xfe\n"[..], RETURN.as_bytes()].concat())),
        row("flow: UTF-16", post("id: bad".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>())),
        row("flow: a NUL", post(format!("id: b\0d\nnamespace: {NAMESPACE}\n{RETURN}"))),
        row("flow: a NUL escaped", post(format!("id: \"b\\0d\"\nnamespace: {NAMESPACE}\n{RETURN}"))),
    ]
}

fn parts() -> Vec<Row> {
    vec![
        row("flow: no id", post(format!("namespace: a\n{RETURN}"))),
        row("flow: no namespace", post(format!("id: a\n{RETURN}"))),
        row("flow: no tasks", flow("")),
        row("flow: empty tasks", flow("tasks: []\n")),
        row("flow: tasks as a map", flow("tasks: { id: a }\n")),
        row("flow: tasks as a text", flow("tasks: none\n")),
        row("flow: a bad id", post(format!("id: no blanks\nnamespace: a\n{RETURN}"))),
        row("flow: a path for an id", post(format!("id: ../../etc\nnamespace: a\n{RETURN}"))),
        row("flow: a long id", post(format!("id: {}\nnamespace: a\n{RETURN}", "a".repeat(101)))),
        row("flow: a bad namespace", post(format!("id: a\nnamespace: Upper.Case\n{RETURN}"))),
        row("flow: a map for an id", post(format!("id: {{ a: b }}\nnamespace: a\n{RETURN}"))),
        row("flow: an unknown property", flow(&format!("retries: 3\n{RETURN}"))),
        row("flow: disabled by a text", flow(&format!("disabled: maybe\n{RETURN}"))),
        row("flow: a system label", flow(&format!("labels: {{ system.from: me }}\n{RETURN}"))),
        row("flow: labels as a text", flow(&format!("labels: team\n{RETURN}"))),
        row("flow: it exists", post(super::TAKES)),
    ]
}

fn tasks() -> Vec<Row> {
    vec![
        row("task: none", flow("tasks: [null]\n")),
        row("task: no id", task("{ type: io.kestra.plugin.core.debug.Return }")),
        row("task: no type", task("{ id: a }")),
        row("task: an unknown type", task("{ id: a, type: io.kestra.plugin.core.debug.Retrun }")),
        row(
            "task: a type that is not built",
            task("{ id: a, type: io.kestra.plugin.core.namespace.PurgeFiles }"),
        ),
        row("task: a text for a type", task("{ id: a, type: [x] }")),
        row(
            "task: an id twice",
            flow(&format!("{RETURN}  - {{ id: a, type: io.kestra.plugin.core.debug.Return }}\n")),
        ),
        row(
            "task: an unknown property",
            task("{ id: a, type: io.kestra.plugin.core.debug.Return, fromat: x }"),
        ),
        row("task: no message", task("{ id: a, type: io.kestra.plugin.core.log.Log }")),
        row(
            "task: a bad level",
            task("{ id: a, type: io.kestra.plugin.core.log.Log, message: x, level: LOUD }"),
        ),
        row(
            "task: a bad timeout",
            task("{ id: a, type: io.kestra.plugin.core.debug.Return, timeout: soon }"),
        ),
        row(
            "task: a bad expression",
            task("{ id: a, type: io.kestra.plugin.core.debug.Return, format: '{{ inputs.x' }"),
        ),
        row(
            "task: an unknown filter",
            task("{ id: a, type: io.kestra.plugin.core.debug.Return, format: '{{ 1 | upcase }}' }"),
        ),
        row(
            "task: an if without branches",
            task("{ id: a, type: io.kestra.plugin.core.flow.If, condition: 'true' }"),
        ),
        row("task: no commands", task("{ id: a, type: io.kestra.plugin.scripts.shell.Commands }")),
        row(
            "task: a bad retry",
            task("{ id: a, type: io.kestra.plugin.core.debug.Return, retry: { type: constant } }"),
        ),
    ]
}

fn others() -> Vec<Row> {
    vec![
        row("input: no type", input("{ id: a }")),
        row("input: an unknown type", input("{ id: a, type: TEXT }")),
        row(
            "input: an id twice",
            flow(&format!("inputs: [{{ id: a, type: INT }}, {{ id: a, type: INT }}]\n{RETURN}")),
        ),
        row("input: a bad default", input("{ id: a, type: INT, defaults: many }")),
        row("input: a bad validator", input("{ id: a, type: STRING, validator: '(' }")),
        row("input: no values", input("{ id: a, type: ENUM }")),
        row("input: a dependency on nothing", input("{ id: a, type: STRING, dependsOn: { inputs: [b] } }")),
        row("output: no value", flow(&format!("outputs: [{{ id: a, type: STRING }}]\n{RETURN}"))),
        row(
            "trigger: no key",
            flow(&format!("triggers: [{{ id: a, type: io.kestra.plugin.core.trigger.Webhook }}]\n{RETURN}")),
        ),
        row(
            "trigger: an unknown type",
            flow(&format!("triggers: [{{ id: a, type: io.kestra.plugin.core.trigger.Alarm }}]\n{RETURN}")),
        ),
        row(
            "update: another id",
            Request::put(&format!("/api/v1/flows/{NAMESPACE}/takes"))
                .yaml(&format!("id: gives\nnamespace: {NAMESPACE}\n{RETURN}")),
        ),
        row(
            "update: no such flow",
            Request::put(&format!("/api/v1/flows/{NAMESPACE}/nowhere"))
                .yaml(&format!("id: nowhere\nnamespace: {NAMESPACE}\n{RETURN}")),
        ),
        row("delete: no such flow", Request::delete(&format!("/api/v1/flows/{NAMESPACE}/nowhere"))),
        row(
            "flow: as a form",
            Request::post("/api/v1/flows").body("application/x-www-form-urlencoded", "id=a"),
        ),
        row("flow: as JSON that is none", Request::post("/api/v1/flows").body("application/json", "{")),
    ]
}

fn indented(text: &str) -> String {
    text.lines().flat_map(|line| ["  ", line, "\n"]).collect()
}
