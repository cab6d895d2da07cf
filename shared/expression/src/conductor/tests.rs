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
    ]), @r#"
    ${workflow.input.name}  ->  "Ada"
    ${workflow.input.count}  ->  3
    ${workflow.input.big}  ->  5000000000
    ${workflow.input.rate}  ->  0.5
    ${workflow.input.on}  ->  true
    ${workflow.input.none}  ->  null
    ${workflow.input.tags}  ->  ["b","a","c"]
    ${workflow.variables}  ->  {"total":10}
    ${get-user_1.output.response.body.id}  ->  7
    ${1st.output}  ->  1
    ${CPEWF_TASK_ID}  ->  "t1"
    ${ workflow.input.count }  ->  3
    ${$.workflow.input.count}  ->  3
    ${workflow}  ->  {"input":{"name":"Ada","count":3,"big":5000000000,"rate":0.5,"on":true,"none":null,"key":"tags","tags":["b","a","c"],"with space":1,"it's":2,"empty":[],"nothing":"","ref":"workflow.input.name","secret":"workflow.secrets.DB"},"workflowId":"w1","variables":{"total":10}}
    "#);
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
    ]), @r#"
    Hello ${workflow.input.name}!  ->  "Hello Ada!"
    ${workflow.input.name}${workflow.input.count}  ->  "Ada3"
     ${workflow.input.count}  ->  " 3"
    none: ${workflow.input.none}, missing: ${workflow.input.x.y}  ->  "none: null, missing: null"
    ${workflow.input.tags} ${workflow.variables} ${workflow.input.rate} ${workflow.input.on}  ->  "[\"b\",\"a\",\"c\"] {\"total\":10} 0.5 true"
    http://host/${workflow.workflowId}/${get-user_1.output.response.body.id}?a={b}  ->  "http://host/w1/7?a={b}"
    "#);
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
    ]), @r#"
      ->  ""
    $ { } {} $} {{ a }} $a $$ $1 ${ {  ->  "$ { } {} $} {{ a }} $a $$ $1 ${ {"
    ${workflow.input.name  ->  "${workflow.input.name"
    ${a ${workflow.input.name}  ->  "${a Ada"
    $${workflow.input.name}  ->  "${workflow.input.name}"
    $$${workflow.input.name}  ->  "$${workflow.input.name}"
    a $${x} ${workflow.input.count} $${y}  ->  "a ${x} 3 ${y}"
    $${a ${workflow.input.count}}  ->  "${a 3}"
    $$  ->  "$$"
    ${}  ->  ""
    ${  }  ->  ""
    a${}b  ->  "ab"
    }${workflow.input.count}{  ->  "}3{"
    ${workflow.input['}']}  ->  "null']}"
    ${workflow.input['{}']}  ->  null
    "#);
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
    ]), @r#"
    ${workflow.input.${workflow.input.key}}  ->  ["b","a","c"]
    ${workflow.input.${workflow.input.key}[1]}  ->  "a"
    ${workflow.input['${workflow.input.key}'][-1]}  ->  "c"
    ${${workflow.input.ref}}  ->  "Ada"
    <${${workflow.input.ref}}>  ->  "<Ada>"
    ${workflow.input.tags[${workflow.input.none}]}  ->  null
    ${get-user_1.output.${workflow.input.nothing}}  ->  null
    ${${workflow.input.nothing}}  ->  ""
    ${workflow.input.${workflow.input.${workflow.input.missing}}}  ->  null
    ${get-user_1.output.items[?(@.n > ${workflow.input.count})].x}  ->  ["y","z"]
    ${workflow.input['$${x}']}  ->  null
    "#);
}

#[test]
fn either_dialect_is_a_template() {
    let pebble = Template::parse("{{ workflow.input.count }}").unwrap();
    let conductor = Template::conductor("${workflow.input.count}").unwrap();
    let literal = Template::conductor("{{ workflow }}").unwrap();
    let values = [&pebble, &conductor, &literal].map(|template| {
        with(&document(), &Supplied::new(), Limits::default(), |environment| {
            let text = template.render(environment).map(Into::into);
            [template.value(environment), template.evaluate(environment), text].map(told).join(" ")
        })
    });
    assert_snapshot!(values.join("\n"), @r#"
    "3" 3 "3"
    3 3 "3"
    "{{ workflow }}" "{{ workflow }}" "{{ workflow }}"
    "#);
    assert_eq!((conductor.literal(), literal.literal()), (None, Some("{{ workflow }}")));
    assert_eq!(conductor.to_string(), conductor.source());
    assert_ne!(conductor, Template::parse("${workflow.input.count}").unwrap());
    assert_eq!(conductor, Template::conductor("${workflow.input.count}").unwrap());
    assert_ne!(conductor, Template::conductor("${ workflow.input.count }").unwrap());
}
