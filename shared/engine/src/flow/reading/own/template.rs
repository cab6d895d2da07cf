//! `Template`: the tasks of a template, which come later.

use super::super::{Reading, bean::Bean, catalogued};
use crate::flow::{FlowableKind, FromTemplate, PropertyType, Shape, TemplateName};

const ARGS: &[PropertyType] =
    &[PropertyType { name: "args", shape: Shape::StringMap, required: false, dynamic: true }];

pub(super) fn read(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<FlowableKind> {
    let namespace = name(reading, bean, "namespace");
    let id = name(reading, bean, "templateId");
    let args = catalogued::properties(reading, bean, ARGS).pop().map(|(_, args)| args);
    let name = TemplateName { namespace: namespace?, id: id? };
    let tasks = Err(name.missing());
    Some(FlowableKind::Template(FromTemplate { name, args, tasks }))
}

/// A name as it stands there: what is to be read before a flow runs cannot depend on how it runs.
fn name(reading: &mut Reading<'_>, bean: &Bean<'_>, name: &str) -> Option<String> {
    let node = bean.required(reading, name)?;
    let text = bean.text(reading, name)?;
    let message = if text.is_empty() {
        "must not be empty"
    } else if super::super::scalar::is_expression(&text) {
        "must not be an expression"
    } else {
        return Some(text);
    };
    reading.problems.entity(&bean.path(name), message, node.at);
    None
}
