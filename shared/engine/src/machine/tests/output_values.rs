//! `output.OutputValues`: texts are rendered to texts, everything else stays what it is.

use insta::assert_snapshot;

use super::play::Play;

#[test]
fn texts_are_rendered_and_the_rest_is_kept() {
    let play = Play::of(
        r#"
tasks:
  - id: values
    type: io.kestra.plugin.core.output.OutputValues
    values:
      number: "{{ inputs.amount }}"
      "key {{ inputs.amount }}": [1.5, "{{ inputs.amount + 1 }}", { kept: [true, null] }]
"#,
    );
    let play = play.played();
    let run = play.execution.task_runs.iter().next().unwrap();
    let outputs = serde_json::to_string(&run.outputs).unwrap();
    assert_snapshot!(outputs, @r#"{"values":{"number":"5","key 5":[1.5,"6",{"kept":[true,null]}]}}"#);
}
