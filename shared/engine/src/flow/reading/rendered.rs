//! YAML of any shape with expressions in it.

use expression::Template;
use serde_json::Value as Json;

use super::{Reading, bean::Bean, path::Path, scalar};
use crate::{
    flow::Rendered,
    yaml::{Key, Kind, Node},
};

/// Parses every expression in a value, keys included. What holds none becomes one literal.
pub(super) fn any(reading: &mut Reading<'_>, node: &Node, path: &Path<'_>) -> Option<Rendered> {
    match &node.kind {
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) => Some(Rendered::Literal(node.to_json())),
        Kind::String(_) => text(reading, node, path),
        Kind::List(items) => {
            let rendered: Vec<_> =
                items.iter().enumerate().map(|(index, item)| any(reading, item, &path.item(index))).collect();
            Some(list(rendered.into_iter().collect::<Option<_>>()?))
        }
        Kind::Map(entries) => {
            let rendered: Vec<_> = entries
                .iter()
                .map(|(key, value)| {
                    let below =
                        Path::Property { parent: path, class: "java.util.LinkedHashMap", name: &key.text };
                    (key, any(reading, value, &below))
                })
                .collect();
            map(reading, path, rendered)
        }
    }
}

/// A scalar as a text, parsed when it holds an expression.
pub(super) fn text(reading: &mut Reading<'_>, node: &Node, path: &Path<'_>) -> Option<Rendered> {
    let text = scalar::text(reading, node, path)?;
    if scalar::is_expression(&text) {
        scalar::template(reading, node, path).map(Rendered::Template)
    } else {
        Some(Rendered::Literal(Json::String(text)))
    }
}

/// A property that is a map.
pub(super) fn map_property(reading: &mut Reading<'_>, bean: &Bean<'_>, name: &str) -> Option<Rendered> {
    let node = bean.get(name)?;
    let path = bean.path(name);
    if let Kind::Map(_) = node.kind {
        return any(reading, node, &path);
    }
    scalar::wrong(reading, node, &path, "a map");
    None
}

/// A property that is a map, or a text that renders to one in JSON.
pub(super) fn map_or_text(reading: &mut Reading<'_>, bean: &Bean<'_>, name: &str) -> Option<Rendered> {
    if bean.get(name)?.as_str().is_some_and(scalar::is_expression) {
        bean.template(reading, name).map(Rendered::Template)
    } else {
        map_property(reading, bean, name)
    }
}

/// A property that is a list of texts, or a text that renders to one in JSON.
pub(super) fn texts_or_text(reading: &mut Reading<'_>, bean: &Bean<'_>, name: &str) -> Option<Rendered> {
    let node = bean.get(name)?;
    if node.as_str().is_some_and(scalar::is_expression) {
        return bean.template(reading, name).map(Rendered::Template);
    }
    let path = bean.path(name);
    let items = bean.list(reading, name);
    let texts: Vec<_> =
        items.iter().enumerate().map(|(index, item)| text(reading, item, &path.item(index))).collect();
    texts.into_iter().collect::<Option<_>>().map(list)
}

pub(super) fn list(items: Vec<Rendered>) -> Rendered {
    let literal: Option<Vec<Json>> = items.iter().map(as_literal).collect();
    literal.map_or(Rendered::List(items), |it| Rendered::Literal(Json::Array(it)))
}

/// A map; a literal when neither its keys nor its values hold an expression. A value that cannot be used is `None`: its
/// problem is told, and its key is looked at all the same.
pub(super) fn map(
    reading: &mut Reading<'_>,
    path: &Path<'_>,
    entries: Vec<(&Key, Option<Rendered>)>,
) -> Option<Rendered> {
    let literal: Option<serde_json::Map<String, Json>> = entries
        .iter()
        .map(|(key, value)| {
            let key = (!scalar::is_expression(&key.text)).then(|| key.text.clone());
            Some((key?, as_literal(value.as_ref()?)?))
        })
        .collect();
    if let Some(literal) = literal {
        return Some(Rendered::Literal(Json::Object(literal)));
    }
    let rendered: Vec<_> = entries
        .into_iter()
        .map(|(key, value)| match Template::parse_property(&key.text, || Some(path.dotted().into())) {
            Ok(template) => Some((template, value?)),
            Err(error) => {
                reading.problems.entity(path, error.message, key.at);
                None
            }
        })
        .collect();
    rendered.into_iter().collect::<Option<_>>().map(Rendered::Map)
}

fn as_literal(rendered: &Rendered) -> Option<Json> {
    match rendered {
        Rendered::Literal(json) => Some(json.clone()),
        Rendered::Template(_) | Rendered::Typed(_) | Rendered::List(_) | Rendered::Map(_) => None,
    }
}
