//! What a flow is made of, and what is refused.

mod bad;
mod expressions;
mod laws;
mod names;
mod own;
mod own_refused;
mod rules;
mod schedule;
mod sound;
mod template;
mod webhook;

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

/// What is said of a flow with these lines after its id, namespace and one task. They start on line 6.
fn refused(rest: &str) -> String {
    refused_whole(&format!("{HEAD}{rest}"))
}

fn refused_whole(source: &str) -> String {
    match parse(source, &catalogue()) {
        Ok(_) => panic!("this is taken:\n{source}"),
        Err(invalid) => invalid.to_string(),
    }
}

const HEAD: &str = "\
id: f
namespace: n
tasks:
  - id: one
    type: io.kestra.plugin.core.debug.Return
";
