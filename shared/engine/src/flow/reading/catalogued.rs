//! Properties of task types that the catalogue describes: each held against its shape.

use serde_json::Value as Json;

use super::{Reading, bean::Bean, path::Path, rendered, scalar, types};
use crate::{
    duration,
    flow::{PropertyType, Rendered, Shape},
    yaml::{Key, Kind, Node},
};

/// The properties that are given, in the order in which the type declares them.
pub(super) fn properties(
    reading: &mut Reading<'_>,
    bean: &Bean<'_>,
    declared: &'static [PropertyType],
) -> Vec<(String, Rendered)> {
    let mut all = Vec::new();
    for property in declared {
        let node =
            if property.required { bean.required(reading, property.name) } else { bean.get(property.name) };
        let Some(node) = node else { continue };
        let path = bean.path(property.name);
        if let Some(value) = value(reading, node, &path, property.shape, property.dynamic) {
            if property.required && is_empty(&value) {
                reading.problems.entity(&path, "must not be empty", node.at);
            }
            all.push((property.name.to_owned(), value));
        }
    }
    all
}

fn is_empty(value: &Rendered) -> bool {
    match value {
        Rendered::Literal(Json::String(it)) => it.is_empty(),
        Rendered::Literal(Json::Array(it)) => it.is_empty(),
        Rendered::Literal(Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_))
        | Rendered::Template(_)
        | Rendered::Typed(_)
        | Rendered::List(_)
        | Rendered::Map(_) => false,
    }
}

fn value(
    reading: &mut Reading<'_>,
    node: &Node,
    path: &Path<'_>,
    shape: Shape,
    dynamic: bool,
) -> Option<Rendered> {
    let is_expression = dynamic && node.as_str().is_some_and(scalar::is_expression);
    match shape {
        Shape::Any => {
            if dynamic {
                rendered::any(reading, node, path)
            } else {
                Some(Rendered::Literal(node.to_json()))
            }
        }
        Shape::Plugin { types, properties } => plugin(reading, node, path, types, properties),
        Shape::Map { class, properties } => map(reading, node, path, class, properties),
        Shape::NotBuilt => {
            let message = format!("`{}` is not built in this version", path.property());
            reading.problems.entity(path, message, node.at);
            None
        }
        Shape::Expression => scalar::template(reading, node, path).map(|it| literal(it.source())),
        Shape::Typed if is_expression => scalar::template(reading, node, path).map(Rendered::Typed),
        Shape::String
        | Shape::Boolean
        | Shape::Integer
        | Shape::Duration
        | Shape::OneOf(_)
        | Shape::Strings
        | Shape::StringsOrString
        | Shape::StringMapOrString
            if is_expression =>
        {
            scalar::template(reading, node, path).map(Rendered::Template)
        }
        Shape::String | Shape::Typed => scalar::text(reading, node, path).map(literal),
        Shape::Boolean => scalar::boolean(reading, node, path).map(literal),
        Shape::Integer => scalar::integer(reading, node, path).map(literal),
        Shape::Duration => {
            scalar::duration(reading, node, path).map(|duration| literal(duration::format(duration)))
        }
        Shape::OneOf(words) => {
            let words: Vec<(&str, &str)> = words.iter().map(|it| (*it, *it)).collect();
            scalar::one_of(reading, node, path, &words).map(literal)
        }
        Shape::StringsOrString | Shape::StringMapOrString if node.as_str().is_some() => {
            scalar::text(reading, node, path).map(literal)
        }
        Shape::Strings | Shape::StringsOrString => strings(reading, node, path, dynamic),
        Shape::StringMap | Shape::StringMapOrString => string_map(reading, node, path, dynamic),
    }
}

fn literal(json: impl Into<Json>) -> Rendered {
    Rendered::Literal(json.into())
}

fn one_text(reading: &mut Reading<'_>, node: &Node, path: &Path<'_>, dynamic: bool) -> Option<Rendered> {
    if dynamic { rendered::text(reading, node, path) } else { scalar::text(reading, node, path).map(literal) }
}

fn strings(reading: &mut Reading<'_>, node: &Node, path: &Path<'_>, dynamic: bool) -> Option<Rendered> {
    let Kind::List(items) = &node.kind else {
        scalar::wrong(reading, node, path, "a list of texts");
        return None;
    };
    let texts: Vec<_> = items
        .iter()
        .enumerate()
        .map(|(index, item)| one_text(reading, item, &path.item(index), dynamic))
        .collect();
    texts.into_iter().collect::<Option<_>>().map(rendered::list)
}

fn string_map(reading: &mut Reading<'_>, node: &Node, path: &Path<'_>, dynamic: bool) -> Option<Rendered> {
    let Kind::Map(entries) = &node.kind else {
        scalar::wrong(reading, node, path, "a map of texts");
        return None;
    };
    let texts: Vec<(&Key, Option<Rendered>)> = entries
        .iter()
        .map(|(key, value)| {
            let below = Path::Property { parent: path, class: "java.util.LinkedHashMap", name: &key.text };
            (key, one_text(reading, value, &below, dynamic))
        })
        .collect();
    if dynamic {
        return rendered::map(reading, path, texts);
    }
    let texts = texts.into_iter().map(|(key, value)| match value? {
        Rendered::Literal(json) => Some((key.text.clone(), json)),
        Rendered::Template(_) | Rendered::Typed(_) | Rendered::List(_) | Rendered::Map(_) => None,
    });
    texts.collect::<Option<_>>().map(|it| Rendered::Literal(Json::Object(it)))
}

/// A map that says with its `type` what it is.
fn plugin(
    reading: &mut Reading<'_>,
    node: &Node,
    path: &Path<'_>,
    allowed: &'static [&'static str],
    declared: &'static [PropertyType],
) -> Option<Rendered> {
    let Some(given) = node.get("type").filter(|it| !it.is_null()) else {
        let opened = Bean::open_any(reading, node, path, "")?;
        super::task::missing_type(reading, path, "Plugin", opened.at);
        return None;
    };
    let name = scalar::text(reading, given, path)?;
    if !allowed.contains(&name.as_str()) {
        let known = allowed.join(", ");
        let is_of_kestra = types::core(&name).is_some() || name.starts_with("io.kestra.plugin.");
        let why = if is_of_kestra {
            format!("`{name}` is not built in this version; what is: {known}")
        } else {
            format!("No plugin registered for the defined type: '{name}'; what is built: {known}")
        };
        let bean = Bean::open_any(reading, node, path, &name)?;
        reading.problems.unknown_type(&bean.path("type"), &name, why, given.at);
        return None;
    }
    let names: Vec<&str> = declared.iter().map(|it| it.name).collect();
    let bean = Bean::open(reading, node, path, &name, &[&["type"], &names])?;
    let type_key = bean.entries.iter().map(|(key, _)| key).find(|it| it.text == "type")?;
    whole(reading, &bean, declared, vec![(type_key, Some(literal(name.clone())))])
}

fn map(
    reading: &mut Reading<'_>,
    node: &Node,
    path: &Path<'_>,
    class: &str,
    declared: &'static [PropertyType],
) -> Option<Rendered> {
    let names: Vec<&str> = declared.iter().map(|it| it.name).collect();
    let bean = Bean::open(reading, node, path, class, &[&names])?;
    whole(reading, &bean, declared, Vec::new())
}

/// A property that is a map of these properties. `None` when it is not there, too.
pub(super) fn map_of(
    reading: &mut Reading<'_>,
    owner: &Bean<'_>,
    name: &str,
    class: &str,
    declared: &'static [PropertyType],
) -> Option<Rendered> {
    let node = owner.get(name)?;
    map(reading, node, &owner.path(name), class, declared)
}

fn whole<'b>(
    reading: &mut Reading<'_>,
    bean: &Bean<'b>,
    declared: &'static [PropertyType],
    mut entries: Vec<(&'b Key, Option<Rendered>)>,
) -> Option<Rendered> {
    for (name, value) in properties(reading, bean, declared) {
        let key = bean.entries.iter().map(|(key, _)| key).find(|it| it.text == name)?;
        entries.push((key, Some(value)));
    }
    rendered::map(reading, bean.path, entries)
}
