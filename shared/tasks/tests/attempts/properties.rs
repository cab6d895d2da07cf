use engine::flow::Shape;
use insta::assert_snapshot;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn bad_properties_are_told_all_at_once() {
    let world = World::new();
    let ran = world
        .run(json!({
            "commands": [{}],
            "beforeCommands": "echo",
            "failFast": "maybe",
            "env": {"A=B": "x", "": "y", "N": null},
            "inputFiles": [],
            "outputFiles": ["[", "*"],
        }))
        .await;
    assert_snapshot!(ran.failure().replace("; ", "\n"), @"
    `commands` must be a list of strings
    `failFast` must be true or false
    `beforeCommands` must be a list of strings
    `outputFiles`: pattern `[`: a `[` has no `]`
    `env.N` must be a string
    `inputFiles` must be a map of strings, or such a map in JSON
    `env`: `A=B` is not the name of a variable
    `env`: `` is not the name of a variable
    ");
    assert_eq!(world.run(json!({})).await.failure(), "`commands` must have at least one command");
}

#[tokio::test]
async fn text_that_renders_to_a_value_is_taken_as_one() {
    let ran = World::new()
        .run(json!({
            "commands": r#"["echo $A", "cat f"]"#,
            "failFast": "true",
            "env": r#"{"A": 1}"#,
            "inputFiles": r#"{"f": {"deep": [true]}}"#,
            "outputFiles": null,
        }))
        .await;
    assert_eq!(ran.messages(), ["1", r#"{"deep":[true]}"#]);
}

#[tokio::test]
async fn a_container_image_is_passed_over_with_a_warning() {
    let ran = World::new()
        .run(json!({
            "commands": ["echo x"],
            "containerImage": "ubuntu",
            "taskRunner": {"type": "io.kestra.plugin.core.runner.Process"},
            "runner": "PROCESS",
        }))
        .await;
    assert_snapshot!(ran.story(), @r#"
    SUCCESS
    {"vars":{},"exitCode":0,"outputFiles":{}}
    WARN `containerImage` is passed over: the script runs as a local process, not in a container
    INFO x
    "#);
}

#[tokio::test]
async fn nul_never_reaches_the_system() {
    let world = World::new();
    for properties in [
        json!({"commands": ["echo \0"]}),
        json!({"commands": ["echo"], "interpreter": ["sh\0"]}),
        json!({"commands": ["echo"], "env": {"A": "\0"}}),
        json!({"commands": ["echo"], "inputFiles": {"a\0b": "x"}}),
    ] {
        world.run(properties).await.failure();
    }
}

#[test]
fn the_catalogue_knows_the_types() {
    let world = World::new();
    let catalogue = tasks::Registry::catalogue();
    let found = catalogue.find("io.kestra.plugin.scripts.shell.Commands").unwrap();
    let described: Vec<String> = found
        .properties
        .iter()
        .map(|it| {
            let shape = match it.shape {
                Shape::Plugin { types, .. } => format!("{types:?}"),
                Shape::Map { class, .. } => class.to_owned(),
                other => format!("{other:?}"),
            };
            let marks = [(it.required, " required"), (it.dynamic, " dynamic")];
            let marks: String = marks.iter().filter(|it| it.0).map(|it| it.1).collect();
            format!("{}: {shape}{marks}", it.name)
        })
        .collect();
    assert_snapshot!(described.join("\n"), @r#"
    commands: Strings required dynamic
    taskRunner: ["io.kestra.plugin.core.runner.Process"]
    runner: OneOf(["PROCESS"])
    containerImage: String dynamic
    beforeCommands: Strings dynamic
    interpreter: Strings dynamic
    failFast: Boolean dynamic
    env: StringMapOrString dynamic
    inputFiles: StringMapOrString dynamic
    outputFiles: Strings dynamic
    warningOnStdErr: Boolean dynamic
    targetOS: OneOf(["AUTO", "LINUX"])
    docker: NotBuilt
    namespaceFiles: io.kestra.core.models.tasks.NamespaceFiles dynamic
    outputDirectory: Boolean dynamic
    "#);
    let of = |name: &str| {
        let name = format!("io.kestra.plugin.scripts.{name}");
        assert!(world.registry.find(&name).is_some(), "{name}");
        let names = catalogue.find(&name).unwrap().properties.iter().map(|it| it.name);
        names.collect::<Vec<_>>()
    };
    let commands = of("shell.Commands");
    let script = of("shell.Script");
    assert_eq!((script[0], &script[1..]), ("script", &commands[1..]));
    for language in ["python", "node"] {
        assert_eq!(of(&format!("{language}.Commands")), commands);
        assert_eq!(of(&format!("{language}.Script")), script);
    }
}
