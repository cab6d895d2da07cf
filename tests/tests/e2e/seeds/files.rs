//! "Execute a flow with FILE-type inputs".

use tests::execution;

use super::Desk;

#[test]
fn a_file_is_sent_and_printed() {
    let desk = Desk::new();
    desk.create(
        "id: large_json_payload
namespace: company.team

inputs:
  - id: myCustomFileInput
    type: FILE

tasks:
  - id: hello
    type: io.kestra.plugin.scripts.shell.Commands
    inputFiles:
      myfile.json: \"{{ inputs.myCustomFileInput }}\"
    taskRunner:
      type: io.kestra.plugin.core.runner.Process
    commands:
      - cat myfile.json
",
    );
    std::fs::write(desk.home.folder().join("myfile.json"), "{\"a\": 1}\n{\"b\": 2}\n").unwrap();
    let answer = desk
        .shell(
            "curl -X POST -F \"files=@./myfile.json;filename=myCustomFileInput\" \
             'http://localhost:8080/api/v1/executions/company.team/large_json_payload'",
        )
        .ok();
    let ended = desk.ended(&answer);
    execution::check(&ended);
    assert_eq!(execution::state(&ended), "SUCCESS");
    assert_eq!(execution::task_run(&ended, "hello")["outputs"]["exitCode"], 0);
    assert_eq!(desk.space().messages(execution::id(&ended)), ["{\"a\": 1}", "{\"b\": 2}"]);
}

#[test]
fn a_file_is_sent_and_read_by_an_expression() {
    let desk = Desk::new();
    desk.create(
        "id: myflow
namespace: company.team

inputs:
  - id: myfile
    type: FILE

tasks:
  - id: print_data
    type: io.kestra.plugin.core.log.Log
    message: \"file's content {{ read(inputs.myfile) }}\"
",
    );
    std::fs::write(desk.home.folder().join("example.txt"), "one\ntwo").unwrap();
    let answer = desk
        .shell(
            "curl -X POST -F \"files=@./example.txt;filename=myfile\" \
             'http://localhost:8080/api/v1/executions/company.team/myflow?wait=true'",
        )
        .ok();
    execution::check(&answer);
    assert_eq!(execution::state(&answer), "SUCCESS");
    assert_eq!(desk.space().messages(execution::id(&answer)), ["file's content one\ntwo"]);
}
