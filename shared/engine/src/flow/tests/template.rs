//! Templates: how they are read, named, and put into flows.

use super::{catalogue, refused, refused_whole};
use crate::flow::{
    Branch, Flow, TaskTemplate, TemplateName, parse, parse_template,
    reading::{NESTING_MAX, TASKS_MAX},
};

fn template(id: &str, body: &str) -> TaskTemplate {
    let source = format!("id: {id}\nnamespace: n\n{body}");
    parse_template(&source, &catalogue()).unwrap_or_else(|invalid| panic!("{invalid}\n{source}"))
}

fn flow(body: &str) -> Flow {
    let source = format!("id: f\nnamespace: n\n{body}");
    parse(&source, &catalogue()).unwrap_or_else(|invalid| panic!("{invalid}\n{source}"))
}

fn composed(flow: &Flow, templates: &[TaskTemplate]) -> Flow {
    flow.composed(&|name| templates.iter().find(|it| it.name == *name).ok_or_else(|| name.missing()))
}

/// Why the task of that id stays without its template.
fn why(flow: &Flow, id: &str) -> String {
    let crate::flow::TaskKind::Flowable(flowable) = &flow.task(id).unwrap().kind else { panic!("{id}") };
    flowable.template().unwrap().tasks.as_ref().unwrap_err().clone()
}

/// A task that names a template `n.<template>`.
fn naming(id: &str, template: &str) -> String {
    format!("{{id: {id}, type: io.kestra.plugin.core.flow.Template, namespace: n, templateId: {template}}}")
}

fn leaf(id: &str) -> String {
    format!("{{id: {id}, type: io.kestra.plugin.core.debug.Return}}")
}

fn name(id: &str) -> TemplateName {
    TemplateName { namespace: "n".to_owned(), id: id.to_owned() }
}

#[test]
fn a_template_stands_where_a_task_names_it() {
    let (one, two) = (naming("one", "a"), naming("two", "b"));
    let written = flow(&format!("tasks: [{one}, {}]\nerrors: [{two}]", leaf("last")));
    assert_eq!(written.templates, [name("a"), name("b")]);
    let a =
        template("a", &format!("tasks: [{}]\nerrors: [{}]\nfinally: [{}]", leaf("x"), leaf("y"), leaf("z")));
    let b = template("b", &format!("tasks: [{}]", naming("inner", "c")));
    assert_eq!(b.templates, [name("c")]);
    let c = template("c", &format!("tasks: [{}]", leaf("deep")));
    let flow = composed(&written, &[a, b, c]);
    assert_eq!(flow.templates, [], "none is left to be put in");
    let branches =
        [("x", Branch::Tasks), ("y", Branch::Errors), ("z", Branch::Finally), ("deep", Branch::Tasks)];
    for (id, branch) in branches {
        assert_eq!((flow.task(id).unwrap().id.as_str(), flow.branch_of(id)), (id, Some(branch)));
    }
    assert_eq!(flow.list_of("deep"), Some(crate::flow::TopList::Errors));
    assert_eq!(flow.document, written.document);
    assert!(written.task("x").is_none());
}

#[test]
fn a_flow_that_names_none_is_left_as_it_is() {
    let written = flow(&format!("tasks: [{}]", leaf("one")));
    assert_eq!(written.templates, []);
    let same = written.composed(&|_| panic!("nothing is looked for"));
    assert_eq!(format!("{same:?}"), format!("{written:?}"));
}

#[test]
fn one_that_is_not_there_leaves_its_task_alone() {
    let flow = composed(&flow(&format!("tasks: [{}]", naming("one", "gone"))), &[]);
    assert_eq!(why(&flow, "one"), "Can't find flow template 'n.gone'");
}

#[test]
fn an_id_is_there_once() {
    let a = template("a", &format!("tasks: [{}, {}, {}]", leaf("x"), leaf("y"), leaf("z")));
    let written = flow(&format!("tasks: [{}, {}, {}]", leaf("y"), naming("t", "a"), leaf("x")));
    let clash = composed(&written, std::slice::from_ref(&a));
    assert_eq!(why(&clash, "t"), "Duplicate task id with name [x, y] in the flow template 'n.a'");
    let twice = flow(&format!("tasks: [{}, {}]", naming("t", "a"), naming("u", "a")));
    let twice = composed(&twice, &[a]);
    assert!(twice.task("x").is_some());
    assert_eq!(why(&twice, "u"), "Duplicate task id with name [x, y, z] in the flow template 'n.a'");
}

#[test]
fn a_template_within_itself_ends() {
    let a = template("a", &format!("tasks: [{}, {}]", leaf("x"), naming("to_b", "b")));
    let b = template("b", &format!("tasks: [{}]", naming("to_a", "a")));
    let flow = composed(&flow(&format!("tasks: [{}]", naming("t", "a"))), &[a, b]);
    assert!(flow.task("x").is_some());
    assert_eq!(why(&flow, "to_a"), "the flow template 'n.a' contains itself");
}

#[test]
fn a_template_does_not_start_its_flow() {
    let call = "tasks: [{id: call, type: io.kestra.plugin.core.flow.Subflow, namespace: n, flowId: f}]";
    let flow = composed(&flow(&format!("tasks: [{}]", naming("t", "a"))), &[template("a", call)]);
    assert_eq!(why(&flow, "t"), "Recursive call to flow [n.f] in the flow template 'n.a'");
}

#[test]
fn a_flow_with_templates_has_the_limits_of_one_without() {
    let nested = |prefix: &str, levels: usize| {
        let sequential = "io.kestra.plugin.core.flow.Sequential";
        (1..levels).rev().fold(leaf(&format!("{prefix}0")), |inner, level| {
            format!("{{id: {prefix}{level}, type: {sequential}, tasks: [{inner}]}}")
        })
    };
    let written = flow(&format!("tasks: [{}]", naming("t", "a")));
    let deep = |levels| template("a", &format!("tasks: [{}]", nested("x", levels)));
    assert!(composed(&written, &[deep(NESTING_MAX - 1)]).task("x0").is_some());
    let too_deep = composed(&written, &[deep(NESTING_MAX)]);
    insta::assert_snapshot!(why(&too_deep, "t"), @"with the flow template 'n.a' the flow has more than 10000 tasks, or more than 32 within each other");
    let many = |prefix: &str, count: usize| {
        (0..count).map(|number| leaf(&format!("{prefix}{number}"))).collect::<Vec<_>>().join(", ")
    };
    let wide = template("a", &format!("tasks: [{}]", many("x", TASKS_MAX / 2)));
    let half = flow(&format!("tasks: [{}, {}]", naming("t", "a"), many("y", TASKS_MAX / 2 - 1)));
    assert!(composed(&half, std::slice::from_ref(&wide)).task("x0").is_some());
    let full = flow(&format!("tasks: [{}, {}]", naming("t", "a"), many("y", TASKS_MAX / 2)));
    assert!(why(&composed(&full, &[wide]), "t").contains("more than 10000 tasks"));
}

#[test]
fn plugin_defaults_are_of_the_flow_alone() {
    let defaults = "pluginDefaults: [{type: io.kestra.plugin.core.debug.Return, values: {format: given}}]";
    let flow = flow(&format!("tasks: [{}, {}]\n{defaults}", leaf("own"), naming("t", "a")));
    let flow = composed(&flow, &[template("a", &format!("tasks: [{}]", leaf("x")))]);
    let format = |id| format!("{:?}", flow.task(id).unwrap().kind);
    assert!(format("own").contains("given"));
    assert!(!format("x").contains("given"));
}

#[test]
fn what_is_wrong_with_a_task_that_names_one() {
    let task = |properties: &str| {
        refused(&format!("  - {{id: it, type: io.kestra.core.tasks.flows.Template, {properties}}}\n"))
    };
    insta::assert_snapshot!(task("args: [1]"), @r"
    Illegal flow yaml: tasks[1].namespace: must not be null (line 6, column 5)
    tasks[1].templateId: must not be null (line 6, column 5)
    tasks[1].args: a map of texts is expected, but this is a list (line 6, column 63)
    ");
    insta::assert_snapshot!(task("namespace: '{{ x }}', templateId: '', tasks: []"), @r#"
    Invalid entity: tasks[1].namespace: must not be an expression (line 6, column 68)
    tasks[1].templateId: must not be empty (line 6, column 91)
    io.kestra.core.models.flows.Flow["tasks"]->java.util.ArrayList[1]->io.kestra.plugin.core.flow.Template["tasks"]: Unrecognized field "tasks" (class io.kestra.plugin.core.flow.Template), not marked as ignorable (15 known properties: "namespace", "templateId", "args", "id", "type", "description", "retry", "timeout", "disabled", "runIf", "allowFailure", "allowWarning", "logLevel", "logToFile", "workerGroup") (line 6, column 95)
    "#);
    insta::assert_snapshot!(task("namespace: n, templateId: t, args: {a: [1]}"), @"Illegal flow yaml: tasks[1].args.a: a text is expected, but this is a list (line 6, column 96)");
}

#[test]
fn what_is_wrong_with_a_template() {
    let wrong = |source: &str| parse_template(source, &catalogue()).unwrap_err().to_string();
    insta::assert_snapshot!(wrong(""), @"Illegal flow yaml: a template is expected, but there is nothing (line 1, column 1)");
    insta::assert_snapshot!(wrong("id: a\nnamespace: n\ntasks: []\ninputs: []"), @r#"
    Invalid entity: tasks: must not be empty (line 3, column 1)
    io.kestra.core.models.templates.Template["inputs"]: Unrecognized field "inputs" (class io.kestra.core.models.templates.Template), not marked as ignorable (7 known properties: "id", "namespace", "description", "tasks", "errors", "finally", "deleted") (line 4, column 1)
    "#);
    insta::assert_snapshot!(wrong(&format!("id: a b\ntasks: [{}, {}]", leaf("x"), leaf("x"))), @r#"
    Invalid entity: namespace: must not be null (line 1, column 1)
    id: must match "^[a-zA-Z0-9][a-zA-Z0-9._-]*" (line 1, column 5)
    Invalid Flow: Duplicate task id with name [x] (line 2, column 65)
    "#);
    let no_flow = refused_whole(&format!("id: a\nnamespace: n\ntemplateId: x\ntasks: [{}]", leaf("x")));
    assert!(no_flow.contains("Unrecognized field \"templateId\""));
}
