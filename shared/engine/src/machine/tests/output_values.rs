//! `output.OutputValues`: texts are rendered to texts, everything else stays what it is.

use expression::Template;
use insta::assert_snapshot;
use serde_json::json;

use super::play::Play;
use crate::flow::{PureTask, Rendered, TaskKind};

#[test]
fn texts_are_rendered_and_the_rest_is_kept() {
    let template = |source: &str| Template::parse(source).unwrap();
    let mut play = Play::of("tasks: [{ id: values, type: io.kestra.plugin.core.log.Log, message: x }]");
    let list = Rendered::List(vec![
        Rendered::Literal(json!(1.5)),
        Rendered::Template(template("{{ inputs.amount + 1 }}")),
        Rendered::Literal(json!({"kept": [true, null]})),
    ]);
    let values = Rendered::Map(vec![
        (template("number"), Rendered::Template(template("{{ inputs.amount }}"))),
        (template("key {{ inputs.amount }}"), list),
    ]);
    play.flow.tasks[0].kind = TaskKind::Pure(PureTask::OutputValues { values });
    let play = play.played();
    let run = play.execution.task_runs.iter().next().unwrap();
    let outputs = serde_json::to_string(&run.outputs).unwrap();
    assert_snapshot!(outputs, @r#"{"values":{"number":"5","key 5":[1.5,"6",{"kept":[true,null]}]}}"#);
}
