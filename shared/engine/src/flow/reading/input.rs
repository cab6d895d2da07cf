//! Inputs and outputs of a flow.

use super::{
    Reading,
    bean::{Bean, Pattern},
    check, input_kind,
    path::Path,
    rendered, scalar,
    task::missing_type,
};
use crate::{
    flow::Output,
    input::{DependsOn, ID_SEGMENTS_MAX, Input},
    problem::Position,
    yaml::Node,
};

const CLASS: &str = "io.kestra.core.models.flows.Input";
const OUTPUT_CLASS: &str = "io.kestra.core.models.flows.Output";
/// Properties of every input. `name` is what `id` was called before.
const COMMON: [&str; 8] =
    ["id", "name", "type", "description", "displayName", "required", "defaults", "dependsOn"];
/// Characters of a display name.
const DISPLAY_NAME_MAX: usize = 64;

/// The inputs under a name, of a flow or of whoever resumes it, their dependencies checked.
pub(super) fn inputs(reading: &mut Reading<'_>, owner: &Bean<'_>, name: &str) -> Vec<Input> {
    let path = owner.path(name);
    let mut declared = Vec::new();
    let items = owner.list(reading, name);
    let inputs = items
        .iter()
        .enumerate()
        .filter_map(|(index, item)| input(reading, item, &path.item(index), &mut declared))
        .collect();
    check::dependencies(reading, &declared);
    inputs
}

/// Of an input, what other inputs have to know, whether or not the input itself is sound.
pub(super) struct Declared {
    pub(super) id: String,
    pub(super) at: Position,
    pub(super) depends_on: Vec<(String, Position)>,
}

fn input(
    reading: &mut Reading<'_>,
    node: &Node,
    path: &Path<'_>,
    declared: &mut Vec<Declared>,
) -> Option<Input> {
    let opened = Bean::open_any(reading, node, path, CLASS)?;
    let id_key = if opened.get("id").is_none() && opened.get("name").is_some() { "name" } else { "id" };
    let Some(given) = opened.get("type") else {
        missing_type(reading, path, "Input", opened.at);
        return None;
    };
    let type_name = scalar::text(reading, given, &opened.path("type"))?;
    let id = opened.id(reading, id_key, &Pattern::INPUT);
    if let (Some(id), Some(node)) = (&id, opened.get(id_key)) {
        if id.split('.').count() > ID_SEGMENTS_MAX {
            let message = format!("an id may have at most {ID_SEGMENTS_MAX} segments");
            reading.problems.entity(&opened.path(id_key), message, node.at);
        }
        declared.push(Declared { id: id.clone(), at: node.at, depends_on: dependency_names(&opened) });
    }
    let Some(shape) = input_kind::find(&type_name) else {
        let why = input_kind::unknown(reading, &type_name);
        reading.problems.unknown_type(&opened.path("type"), &type_name, why, given.at);
        return None;
    };
    let class = format!("io.kestra.core.models.flows.input.{}", shape.class);
    let bean = Bean::open(reading, node, path, &class, &[&COMMON, shape.properties])?;
    let kind = input_kind::read(reading, &bean, shape, id.as_deref().unwrap_or_default());
    let defaults = match (&kind, bean.get("defaults")) {
        (Some(kind), Some(node)) => {
            let id = id.as_deref().unwrap_or_default();
            input_kind::defaults(reading, node, &bean.path("defaults"), kind, id)
        }
        _ => None,
    };
    let depends_on = depends_on(reading, &bean);
    let description = bean.text(reading, "description");
    let display_name = bean.short_text(reading, "displayName", DISPLAY_NAME_MAX);
    let required = bean.boolean(reading, "required").unwrap_or(true);
    Some(Input { id: id?, kind: kind?, description, display_name, required, defaults, depends_on })
}

fn dependency_names(bean: &Bean<'_>) -> Vec<(String, Position)> {
    let listed = bean.get("dependsOn").and_then(|it| it.get("inputs"));
    match listed.map(|it| &it.kind) {
        Some(crate::yaml::Kind::List(items)) => {
            items.iter().filter_map(|it| Some((it.as_str()?.to_owned(), it.at))).collect()
        }
        _ => Vec::new(),
    }
}

fn depends_on(reading: &mut Reading<'_>, input: &Bean<'_>) -> Option<DependsOn> {
    let path = input.path("dependsOn");
    let node = input.get("dependsOn")?;
    let class = "io.kestra.core.models.flows.DependsOn";
    let bean = Bean::open(reading, node, &path, class, &[&["inputs", "condition"]])?;
    Some(DependsOn {
        inputs: bean.texts(reading, "inputs").unwrap_or_default(),
        condition: bean.template(reading, "condition"),
    })
}

/// The outputs of a flow.
pub(super) fn outputs(reading: &mut Reading<'_>, flow: &Bean<'_>) -> Vec<Output> {
    let path = flow.path("outputs");
    let mut ids = Vec::new();
    let items = flow.list(reading, "outputs");
    let outputs = items
        .iter()
        .enumerate()
        .filter_map(|(index, item)| output(reading, item, &path.item(index), &mut ids))
        .collect();
    check::unique(reading, "Duplicate output with name", &ids);
    outputs
}

fn output(
    reading: &mut Reading<'_>,
    node: &Node,
    path: &Path<'_>,
    ids: &mut Vec<(String, Position)>,
) -> Option<Output> {
    let known = ["id", "type", "value", "description", "displayName", "required"];
    let bean = Bean::open(reading, node, path, OUTPUT_CLASS, &[&known])?;
    let id = bean.id(reading, "id", &Pattern::INPUT);
    if let (Some(id), Some(node)) = (&id, bean.get("id")) {
        ids.push((id.clone(), node.at));
    }
    bean.required(reading, "type");
    let kind = bean.text(reading, "type").and_then(|type_name| {
        let found = input_kind::find(&type_name);
        if found.is_none() {
            let at = bean.get("type").map_or(bean.at, |it| it.at);
            let why = input_kind::unknown(reading, &type_name);
            reading.problems.wrong_kind(&bean.path("type"), why, at);
        }
        found.map(input_kind::plain)
    });
    let value = bean.required(reading, "value");
    let value = value.and_then(|it| rendered::any(reading, it, &bean.path("value")));
    let description = bean.text(reading, "description");
    let display_name = bean.short_text(reading, "displayName", DISPLAY_NAME_MAX);
    bean.boolean(reading, "required");
    Some(Output { id: id?, kind: kind?, value: value?, description, display_name })
}
