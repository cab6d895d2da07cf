//! What a flow is told of the properties of every task type.

use std::fmt::Write;

use engine::flow::{self, PropertyType, Shape};

use super::{Registry, Task, tasks};

const BROKEN: &str = "'{{ a | }}'";

/// Values of a property with a broken expression in each place that may hold one.
fn values(shape: Shape) -> Vec<String> {
    match shape {
        Shape::String
        | Shape::Typed
        | Shape::Expression
        | Shape::Boolean
        | Shape::Integer
        | Shape::Duration
        | Shape::OneOf(_) => vec![BROKEN.to_owned()],
        Shape::Strings | Shape::StringsOrString => vec![BROKEN.to_owned(), format!("[a, {BROKEN}]")],
        Shape::StringMap => vec![format!("{{a: {BROKEN}}}"), format!("{{{BROKEN}: a}}")],
        Shape::StringMapOrString => {
            vec![BROKEN.to_owned(), format!("{{a: {BROKEN}}}"), format!("{{{BROKEN}: a}}")]
        }
        Shape::Any => vec![BROKEN.to_owned(), format!("{{a: [{{b: {BROKEN}}}]}}")],
        Shape::Map { properties, .. } => below("", properties),
        Shape::Plugin { types, properties } => below(&format!("type: {}, ", types[0]), properties),
        Shape::NotBuilt => Vec::new(),
    }
}

/// The same of properties in a property.
fn below(start: &str, properties: &[PropertyType]) -> Vec<String> {
    let dynamic = properties.iter().filter(|it| it.dynamic);
    let each = |it: &PropertyType| {
        let name = it.name;
        values(it.shape).into_iter().map(move |value| format!("{{{start}{name}: {value}}}"))
    };
    dynamic.flat_map(each).collect()
}

#[test]
fn a_broken_expression_is_found_in_every_property_of_every_task() {
    let catalogue = Registry::catalogue();
    let mut wrong = String::new();
    let mut checked = 0;
    for Task(task, _) in tasks() {
        for PropertyType { name, shape, dynamic, .. } in task.properties {
            if !dynamic && !matches!(shape, Shape::Expression) {
                continue;
            }
            for value in values(*shape) {
                checked += 1;
                let source = format!(
                    "id: f\nnamespace: n\ntasks:\n  - id: a\n    type: {}\n    {name}: {value}\n",
                    task.name
                );
                let found = flow::parse(&source, &catalogue).is_err_and(|invalid| {
                    invalid.problems.iter().any(|it| {
                        it.path.starts_with(&format!("tasks[0].{name}"))
                            && it.message.starts_with("Unexpected token of value \"}}\"")
                            && it.at.is_some_and(|at| at.line == 6)
                    })
                });
                if !found {
                    writeln!(wrong, "{} {name}: {value}", task.name).expect("a String takes all");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "these are taken as they are:\n{wrong}");
    assert!(checked > 50, "only {checked} were checked");
}
