use insta::assert_snapshot;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn what_is_printed_is_logged() {
    let ran = World::new().script("echo one; echo; printf 'no newline'").await;
    assert_snapshot!(ran.story(), @r#"
    SUCCESS
    {"vars":{},"exitCode":0,"outputFiles":{}}
    INFO one
    INFO 
    INFO no newline
    "#);
}

#[tokio::test]
async fn errors_printed_make_a_warning() {
    let world = World::new();
    let ran = world.script("echo oops >&2").await;
    assert_snapshot!(ran.story(), @r#"
    WARNING
    {"vars":{},"exitCode":0,"outputFiles":{}}
    ERROR oops
    "#);
    let ran = world.run(json!({"commands": ["echo oops >&2"], "warningOnStdErr": false})).await;
    assert_snapshot!(ran.story(), @r#"
    SUCCESS
    {"vars":{},"exitCode":0,"outputFiles":{}}
    ERROR oops
    "#);
}

#[tokio::test]
async fn an_exit_code_fails_and_keeps_the_outputs() {
    let ran = World::new().run(json!({"commands": [r#"echo '::{"outputs":{"a":1}}::'"#, "exit 3"]})).await;
    assert_snapshot!(ran.story(), @r#"
    FAILED Command failed with exit code 3
    {"vars":{"a":1},"exitCode":3,"outputFiles":{}}
    "#);
}

#[tokio::test]
async fn a_failing_command_ends_the_script_unless_told_otherwise() {
    let world = World::new();
    assert_snapshot!(world.script("false\necho after").await.story(), @r#"
    FAILED Command failed with exit code 1
    {"vars":{},"exitCode":1,"outputFiles":{}}
    "#);
    let ran = world.run(json!({"commands": ["false", "echo after"], "failFast": false})).await;
    assert_snapshot!(ran.story(), @r#"
    SUCCESS
    {"vars":{},"exitCode":0,"outputFiles":{}}
    INFO after
    "#);
}

#[tokio::test]
async fn a_signal_is_an_exit_code() {
    assert_eq!(World::new().script("kill -SEGV $$").await.failure(), "Command failed with exit code 139");
}

#[tokio::test]
async fn protocol_lines_report_outputs_metrics_and_logs() {
    let ran = World::new()
        .script(
            r#"
            echo '::{"outputs":{"a":1,"b":{"c":[null,"x"]}}}::'
            echo '::{"outputs":{"a":"later"}}::'
            echo '::{"metrics":[{"name":"rows","type":"counter","value":2,"tags":{"t":"1"}},{"name":"time","type":"timer","value":0.5}]}::'
            echo '::{"logs":[{"level":"DEBUG","message":"quiet"},{"level":"warning","message":"loud"}]}::'
            echo '::{"assets":[1]}::'
            echo ' ::{"outputs":{"not":"one"}}::'
            "#,
        )
        .await;
    assert_snapshot!(ran.story(), @r#"
    SUCCESS
    {"vars":{"a":"later","b":{"c":[null,"x"]}},"exitCode":0,"outputFiles":{}}
    DEBUG quiet
    WARN loud
    INFO  ::{"outputs":{"not":"one"}}::
    "#);
}

#[tokio::test]
async fn metrics_are_kept_with_timers_in_milliseconds() {
    let ran = World::new()
        .script(
            r#"
            echo '::{"metrics":[{"name":"rows","type":"counter","value":2,"tags":{"t":1,"u":true,"no":null}}]}::'
            echo '::{"metrics":[{"name":"text","type":"counter","value":"2.5"},{"name":"heat","type":"gauge","value":-1.5}]}::'
            for value in 1.001 0 -0.5 3 '"PT1M0.5S"' '"2"'; do
              echo '::{"metrics":[{"name":"time","type":"timer","value":'$value'}]}::'
            done
            exit 3
            "#,
        )
        .await;
    let metrics: Vec<String> =
        ran.outcome.metrics.iter().map(|it| serde_json::to_string(it).unwrap()).collect();
    assert_snapshot!(metrics.join("\n"), @r#"
    ["rows",2,"c",{"t":"1","u":"true"}]
    ["text",2.5]
    ["heat",-1.5,"g"]
    ["time",1001.0,"t"]
    ["time",0.0,"t"]
    ["time",-500.0,"t"]
    ["time",3000.0,"t"]
    ["time",60500,"t"]
    ["time",2000,"t"]
    "#);
    assert_eq!(ran.failure(), "Command failed with exit code 3", "and kept all the same");
}

#[tokio::test]
async fn a_bad_protocol_line_is_swallowed_with_a_warning() {
    let ran = World::new()
        .script(
            r#"
            echo '::{"outputs":}::'
            echo '::{"outputs":[1]}::'
            echo '::{"metrics":[{"name":"x","type":"abacus","value":2}]}::'
            echo '::{"metrics":[{"name":"x","type":"counter","value":2},{"name":"x","type":"gauge","value":"two"}]}::'
            echo '::{"metrics":[{"name":"x","type":"timer","value":"P1Y"}]}::'
            echo '::{"metrics":[{"name":"x","type":"counter","value":2,"tags":{"a":[]}}]}::'
            echo '::{"logs":[{"level":"LOUD","message":"x"}]}::'
            "#,
        )
        .await;
    assert!(ran.outcome.metrics.is_empty(), "{:?}", ran.outcome.metrics);
    assert_snapshot!(ran.story(), @r#"
    SUCCESS
    {"vars":{},"exitCode":0,"outputFiles":{}}
    WARN Invalid outputs: expected value at line 1 column 12
    WARN Invalid outputs: invalid type: sequence, expected a map at line 1 column 11
    WARN Invalid outputs: unknown variant `abacus`, expected one of `counter`, `timer`, `gauge` at line 1 column 39
    WARN Invalid outputs: the value of the metric `x` is "two", a number is expected at line 1 column 94
    WARN Invalid outputs: the value of the metric `x` is "P1Y", a number of seconds or an ISO-8601 duration is expected at line 1 column 54
    WARN Invalid outputs: the tag `a` of the metric `x` is [], a text is expected at line 1 column 68
    WARN Invalid outputs: unknown level `LOUD`, expected one of TRACE, DEBUG, INFO, WARN, ERROR at line 1 column 24
    "#);
}

#[tokio::test]
async fn protocol_lines_on_the_error_output_count_as_errors_printed() {
    let ran = World::new().script(r#"echo '::{"outputs":{"a":1}}::' >&2"#).await;
    assert_snapshot!(ran.story(), @r#"
    WARNING
    {"vars":{"a":1},"exitCode":0,"outputFiles":{}}
    "#);
}

#[tokio::test]
async fn bytes_that_are_no_text_are_replaced() {
    let ran = World::new().script(r"printf 'a\377b\0c\303\n'; head -c 100000 /dev/urandom").await;
    assert_eq!(ran.messages()[0], "a\u{fffd}b\0c\u{fffd}");
    assert!(ran.messages().iter().skip(1).any(|it| it.contains('\u{fffd}')));
    assert!(ran.story().starts_with("SUCCESS"));
}

#[tokio::test]
async fn a_script_starts_with_its_before_commands_in_the_same_shell() {
    let ran = World::new()
        .run(json!({"beforeCommands": ["greeting=hello"], "commands": ["echo $greeting", "pwd | grep -c /"]}))
        .await;
    assert_eq!(ran.messages(), ["hello", "1"]);
}

#[tokio::test]
async fn another_interpreter_gets_the_script_as_one_argument() {
    let ran = World::new()
        .run(json!({"interpreter": ["printf", "<%s>"], "commands": ["a b", "c"], "failFast": "false"}))
        .await;
    assert_eq!(ran.messages(), ["<a b", "c>"]);
}

#[tokio::test]
async fn an_unknown_interpreter_fails() {
    let ran = World::new().run(json!({"interpreter": ["/no/such", "-c"], "commands": ["x"]})).await;
    assert_snapshot!(ran.story(), @"
    FAILED `/no/such` cannot be started: No such file or directory (os error 2)
    {}
    ");
}

#[tokio::test]
async fn the_input_is_empty() {
    assert_eq!(World::new().script("cat; echo over").await.messages(), ["over"]);
}
