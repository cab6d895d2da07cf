use super::{Catalogue, Flow, PropertyType, Shape, TaskType, parse};

const fn property(name: &'static str, shape: Shape) -> PropertyType {
    PropertyType { name, shape, required: false, dynamic: true }
}

const fn required(property: PropertyType) -> PropertyType {
    PropertyType { required: true, ..property }
}

const fn fixed(property: PropertyType) -> PropertyType {
    PropertyType { dynamic: false, ..property }
}

const RUNNER: &[PropertyType] = &[fixed(property("grace", Shape::Duration))];

const SHELL: &[PropertyType] = &[
    required(property("commands", Shape::Strings)),
    property("env", Shape::StringMap),
    property("interpreter", Shape::Any),
    property("failFast", Shape::Boolean),
    property("attempts", Shape::Integer),
    property("wait", Shape::Duration),
    property("target", Shape::OneOf(&["AUTO", "LINUX"])),
    property("inputFiles", Shape::StringMapOrString),
    fixed(property("script", Shape::String)),
    fixed(property("fixed", Shape::Any)),
    fixed(property(
        "taskRunner",
        Shape::Plugin { types: &["io.kestra.plugin.core.runner.Process"], properties: RUNNER },
    )),
    property("containerImage", Shape::NotBuilt),
];

fn catalogue() -> Catalogue {
    Catalogue::new(vec![TaskType {
        name: "io.kestra.plugin.scripts.shell.Commands",
        aliases: &["io.kestra.core.tasks.scripts.Bash"],
        properties: SHELL,
    }])
}

fn read(source: &str) -> Flow {
    parse(source, &catalogue()).unwrap_or_else(|invalid| panic!("{invalid}\n{source}"))
}

/// The refusal of a document, and of the lines of it that every test would repeat only the tail.
fn refused(source: &str) -> String {
    parse(source, &catalogue()).unwrap_err().to_string()
}

#[test]
fn a_simple_flow_is_read() {
    let flow = read(
        "id: hello\nnamespace: company.team\ntasks:\n  - id: hi\n    type: io.kestra.plugin.core.debug.Return\n    format: \"{{ flow.id }}\"\n",
    );
    insta::assert_snapshot!(serde_json::to_string(&flow.document).unwrap(), @"");
    insta::assert_snapshot!(refused("id: 1"), @"");
}
