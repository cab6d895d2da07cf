//! What texts in Conductor's dialect give.

mod filters;
mod laws;
mod limits;
mod outside;
mod paths;

use insta::assert_snapshot;
use serde_json::json;

use crate::{
    Limits, Supplied, Template,
    testing::{Root, told, with},
};

fn document() -> Root {
    Root(json!({
        "workflow": {
            "input": {
                "name": "Ada", "count": 3, "big": 5_000_000_000_i64, "rate": 0.5, "on": true, "none": null,
                "key": "tags", "tags": ["b", "a", "c"], "with space": 1, "it's": 2, "empty": [], "nothing": "",
                "ref": "workflow.input.name", "secret": "workflow.secrets.DB",
            },
            "workflowId": "w1", "variables": {"total": 10},
        },
        "get-user_1": {
            "output": {
                "response": {"statusCode": 200, "body": {"id": 7, "tags": ["b", "a", "c"]}},
                "items": [
                    {"x": "y", "n": 5, "price": 2.5, "tags": ["p", "q"], "deep": {"x": "in"}},
                    {"x": "z", "n": 4, "price": 10, "tags": []},
                    {"x": "y", "n": 1, "price": 1, "ok": false},
                    {"n": "4", "ok": null},
                ],
                "numbers": [4, 1, 2.5], "mixed": [1, "a", [2, 3], {"k": 4}, null],
            },
        },
        "1st": {"output": 1},
        "CPEWF_TASK_ID": "t1",
    }))
}

/// Each text with the value it renders to.
fn table<const N: usize>(texts: [&str; N]) -> String {
    let lines = texts.map(|text| {
        let template = Template::conductor(text).expect("a template");
        let value =
            with(&document(), &Supplied::new(), Limits::default(), |environment| template.value(environment));
        format!("{text}  ->  {}\n", told(value))
    });
    lines.concat()
}

/// The same, of paths alone. `it` is the output of a task.
fn paths<const N: usize>(paths: [&str; N]) -> String {
    let root = Root(json!({"it": document().0["get-user_1"]["output"]}));
    let lines = paths.map(|path| {
        let template = Template::conductor(&format!("${{{path}}}")).expect("a template");
        let value =
            with(&root, &Supplied::new(), Limits::default(), |environment| template.value(environment));
        format!("{path}  ->  {}\n", told(value))
    });
    lines.concat()
}

#[test]
fn an_expression_alone_keeps_its_type() {
    assert_snapshot!(table([
        "${workflow.input.name}",
        "${workflow.input.count}",
        "${workflow.input.big}",
        "${workflow.input.rate}",
        "${workflow.input.on}",
        "${workflow.input.none}",
        "${workflow.input.tags}",
        "${workflow.variables}",
        "${get-user_1.output.response.body.id}",
        "${1st.output}",
        "${CPEWF_TASK_ID}",
        "${ workflow.input.count }",
        "${$.workflow.input.count}",
        "${workflow}",
    ]), @"");
}

#[test]
fn an_expression_in_a_text_is_printed() {
    assert_snapshot!(table([
        "Hello ${workflow.input.name}!",
        "${workflow.input.name}${workflow.input.count}",
        " ${workflow.input.count}",
        "none: ${workflow.input.none}, missing: ${workflow.input.x.y}",
        "${workflow.input.tags} ${workflow.variables} ${workflow.input.rate} ${workflow.input.on}",
        "http://host/${workflow.workflowId}/${get-user_1.output.response.body.id}?a={b}",
    ]), @"");
}

#[test]
fn what_is_no_expression_stays() {
    assert_snapshot!(table([
        "",
        "$ { } {} $} {{ a }} $a $$ $1 ${ {",
        "${workflow.input.name",
        "${a ${workflow.input.name}",
        "$${workflow.input.name}",
        "$$${workflow.input.name}",
        "a $${x} ${workflow.input.count} $${y}",
        "$${a ${workflow.input.count}}",
        "$$",
        "${}",
        "${  }",
        "a${}b",
        "}${workflow.input.count}{",
        "${workflow.input['}']}",
        "${workflow.input['{}']}",
    ]), @"");
}

#[test]
fn expressions_in_expressions_come_first() {
    assert_snapshot!(table([
        "${workflow.input.${workflow.input.key}}",
        "${workflow.input.${workflow.input.key}[1]}",
        "${workflow.input['${workflow.input.key}'][-1]}",
        "${${workflow.input.ref}}",
        "<${${workflow.input.ref}}>",
        "${workflow.input.tags[${workflow.input.none}]}",
        "${get-user_1.output.${workflow.input.nothing}}",
        "${${workflow.input.nothing}}",
        "${workflow.input.${workflow.input.${workflow.input.missing}}}",
        "${get-user_1.output.items[?(@.n > ${workflow.input.count})].x}",
        "${workflow.input['$${x}']}",
    ]), @"");
}

#[test]
fn either_dialect_is_a_template() {
    let pebble = Template::parse("{{ workflow.input.count }}").unwrap();
    let conductor = Template::conductor("${workflow.input.count}").unwrap();
    let literal = Template::conductor("{{ workflow }}").unwrap();
    let values = [&pebble, &conductor, &literal].map(|template| {
        with(&document(), &Supplied::new(), Limits::default(), |environment| {
            let of = |value| told(value);
            [
                of(template.value(environment)),
                of(template.evaluate(environment)),
                of(template.render(environment).map(Into::into)),
            ]
            .join(" ")
        })
    });
    assert_snapshot!(values.join("\n"), @"");
    assert_eq!((conductor.literal(), literal.literal()), (None, Some("{{ workflow }}")));
    assert_eq!(conductor.to_string(), conductor.source());
    assert_ne!(conductor, Template::parse("${workflow.input.count}").unwrap());
    assert_eq!(conductor, Template::conductor("${workflow.input.count}").unwrap());
    assert_eq!(
        literal,
        Template::parse("{ { a").and_then(|_| Template::conductor("{{ workflow }}")).unwrap()
    );
}
