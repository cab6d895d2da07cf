//! `secret()`: what is in the environment of a server reaches tasks, and nothing that is shown.

use tests::{
    command,
    execution::{id, outline, task_run},
    http::Request,
    server::Home,
    space::Space,
};

/// `s3cr3t-word`.
const ENCODED: &str = "czNjcjN0LXdvcmQ=";
const SECRET: &str = "s3cr3t-word";

const FLOW: &str = r#"
inputs:
  - { id: chosen, type: SELECT, expression: "{{ ['a', secret('TOKEN') | length] }}", defaults: "11" }
tasks:
  - id: shell
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: { type: io.kestra.plugin.core.runner.Process }
    env: { TOKEN: "{{ secret('token') }}" }
    commands:
      - test "$TOKEN" = s3cr3t-word
      - test -z "$SECRET_TOKEN"
      - echo "it is $TOKEN"
      - 'echo "::{\"metrics\":[{\"name\":\"rows\",\"type\":\"counter\",\"value\":1,\"tags\":{\"of\":\"$TOKEN\"}}]}::"'
  - { id: length, type: io.kestra.plugin.core.debug.Return, format: "{{ secret('TOKEN') | length }}" }
  - { id: plain, type: io.kestra.plugin.core.debug.Return, format: "with {{ secret('TOKEN') }}" }
  - { id: log, type: io.kestra.plugin.core.log.Log, message: "{{ secret('TOKEN') }}" }
  - { id: bad, type: io.kestra.plugin.core.log.Log, message: "{{ secret('TOKEN') | date }}", allowFailure: true }
  - { id: missing, type: io.kestra.plugin.core.log.Log, message: "{{ secret('nothing') }}", allowFailure: true }
outputs:
  - { id: all, type: STRING, value: "a {{ secret('TOKEN') }} b" }
"#;

#[test]
fn a_secret_of_the_environment_is_read_and_not_shown() {
    let home = Home::new();
    let server = home.options().variable("SECRET_TOKEN", ENCODED).start();
    let space = Space::on(server.client(), "secrets");
    let execution = space.play("f", FLOW);
    assert_eq!(
        outline(&execution),
        "shell SUCCESS, length SUCCESS, plain SUCCESS, log SUCCESS, bad WARNING, missing WARNING"
    );
    assert_eq!(task_run(&execution, "length")["outputs"]["value"], "11");
    assert_eq!(task_run(&execution, "plain")["outputs"]["value"], "with **masked***");
    assert_eq!(execution["outputs"]["all"], "a **masked*** b");
    let messages = space.messages(id(&execution));
    assert!(messages.contains(&"it is **masked***".to_owned()), "{messages:?}");
    assert!(
        messages.iter().any(|line| line.contains("'**masked***' could not be parsed as a date")),
        "{messages:?}"
    );
    assert!(
        messages.iter().any(|line| line.contains("Cannot find secret for key 'nothing'.")),
        "{messages:?}"
    );
    let metrics = format!("/api/v1/metrics/{}?taskId=shell", id(&execution));
    let metrics = server.client().get(&metrics).expect(200).json();
    assert_eq!(metrics["results"][0]["tags"]["of"], "**masked***");
    let shown = space.execution(id(&execution)).to_string() + &messages.concat();
    assert!(!shown.contains(SECRET), "{shown}");
    let ask = Request::post(&format!("/api/v1/executions/{}/eval", id(&execution)));
    let asked = server.client().send(&ask.body("text/plain", "{{ secret('TOKEN') }}")).expect(200);
    assert_eq!(asked.json()["result"], "******");
    let unsound =
        space.call("f").query("wait", "true").form(tests::multipart::Form::new().text("chosen", "z"));
    let refused = server.client().send(&unsound).expect(422).message();
    assert!(refused.contains("[a, 11]"), "{refused}");
}

#[test]
fn a_run_knows_the_secrets_of_its_environment() {
    let home = Home::new();
    let flow = "id: f\nnamespace: secrets\ntasks:\n  - { id: log, type: io.kestra.plugin.core.log.Log, message: \
                \"{{ secret('TOKEN') == 's3cr3t-word' }}, {{ secret('TOKEN') }}\" }\n";
    std::fs::write(home.folder().join("f.yaml"), flow).unwrap();
    let mut run = std::process::Command::new(tests::binary::roundtrip());
    run.args(["run", "f.yaml"]).current_dir(home.folder()).env("SECRET_TOKEN", ENCODED);
    let done = command::Done::of(&mut run).expect_success();
    assert!(done.stdout.contains("true, **masked***"), "{}", done.stdout);
    assert!(!done.stdout.contains(SECRET));
}
