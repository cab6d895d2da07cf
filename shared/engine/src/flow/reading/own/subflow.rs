//! `Subflow`, and what a `ForEachItem` has of it.

use expression::Template;

use super::super::{Reading, bean::Bean, label, rendered};
use crate::{
    flow::{Executable, Subflow},
    yaml::Node,
};

pub(super) fn read(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<Executable> {
    let subflow = subflow(reading, bean);
    let outputs = rendered::map_property(reading, bean, "outputs");
    Some(Executable::Subflow(Subflow { outputs, ..subflow? }))
}

/// All but `outputs`, which only a `Subflow` has.
pub(super) fn subflow(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<Subflow> {
    refuse_recursion(reading, bean);
    let namespace = name(reading, bean, "namespace");
    let flow_id = name(reading, bean, "flowId");
    let revision = bean.count(reading, "revision", "must be greater than or equal to 1");
    let inputs = rendered::map_property(reading, bean, "inputs");
    let labels = label::rendered(reading, bean, false);
    label::refuse_system(reading, bean);
    let wait = bean.boolean(reading, "wait").unwrap_or(true);
    let transmit_failed = bean.boolean(reading, "transmitFailed").unwrap_or(true);
    let inherit_labels = bean.flag(reading, "inheritLabels");
    let schedule_date = bean.template(reading, "scheduleDate");
    bean.not_built(reading, "restartBehavior");
    Some(Subflow {
        namespace: namespace?,
        flow_id: flow_id?,
        revision,
        inputs,
        labels,
        wait,
        transmit_failed,
        inherit_labels,
        schedule_date,
        outputs: None,
        request: None,
    })
}

fn name(reading: &mut Reading<'_>, bean: &Bean<'_>, name: &str) -> Option<Template> {
    let node = bean.required(reading, name)?;
    if node.as_str().is_some_and(str::is_empty) {
        reading.problems.entity(&bean.path(name), "must not be empty", node.at);
    }
    bean.template(reading, name)
}

/// A task that starts a flow may not name its own, or one call would start endlessly many.
fn refuse_recursion(reading: &mut Reading<'_>, bean: &Bean<'_>) {
    let names = |key| bean.get(key).and_then(Node::as_str).unwrap_or_default();
    if !reading.id.is_empty() && names("namespace") == reading.namespace && names("flowId") == reading.id {
        let message = format!("Recursive call to flow [{}.{}]", reading.namespace, reading.id);
        reading.problems.flow(message, bean.key_at("flowId").unwrap_or(bean.at));
    }
}
