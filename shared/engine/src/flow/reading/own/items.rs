//! `ForEachItem`: a subflow for each batch of the items of a file, as three tasks of the engine's own making.

use expression::Template;

use super::{
    super::{Reading, bean::Bean, catalogued},
    subflow::subflow,
};
use crate::flow::{Executable, FlowableKind, PropertyType, Rendered, RunnableTask, Shape, Task, TaskKind};

const CLASS: &str = "io.kestra.plugin.core.flow.ForEachItem";
const BATCH: &str = "io.kestra.plugin.core.flow.ForEachItem$Batch";

const fn property(name: &'static str, shape: Shape) -> PropertyType {
    PropertyType { name, shape, required: false, dynamic: true }
}

const ITEMS: &[PropertyType] = &[PropertyType { required: true, ..property("items", Shape::String) }];
const BATCH_PROPERTIES: &[PropertyType] = &[
    property("rows", Shape::Integer),
    property("partitions", Shape::Integer),
    property("bytes", Shape::String),
    property("separator", Shape::String),
];

pub(super) fn read(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<FlowableKind> {
    let mut properties = catalogued::properties(reading, bean, ITEMS);
    let batch = catalogued::map_of(reading, bean, "batch", BATCH, BATCH_PROPERTIES);
    properties.extend(batch.map(|it| ("batch".to_owned(), it)));
    let subflow = subflow(reading, bean);
    let id = bean.own_id(reading.source);
    let at = bean.get("id").map_or(bean.at, |it| it.at);
    let [split, items, merge] = ["split", "items", "merge"].map(|step| format!("{id}_{step}"));
    reading.made_ids.extend([&split, &items, &merge].map(|it| (it.clone(), at)));
    // An id that does not match its pattern is a problem already, and could end the text in the expression.
    let splits = output_of(&split, "splits")?;
    let base = output_of(&items, "subflowOutputsBaseUri ?? ''")?;
    let batches = output_of(&items, "numberOfBatches ?? 0")?;
    let tasks = vec![
        made(split, "ForEachItemSplit", |type_name| {
            TaskKind::Runnable(RunnableTask { type_name, properties })
        }),
        made(items, "ForEachItemExecutable", {
            let subflow = subflow?;
            |_| TaskKind::Executable(Executable::Items { subflow, splits })
        }),
        made(merge, "ForEachItemMergeOutputs", |type_name| {
            let properties = [("subflowOutputsBaseUri", base), ("numberOfBatches", batches)];
            let properties = properties.map(|(name, it)| (name.to_owned(), Rendered::Template(it))).into();
            TaskKind::Runnable(RunnableTask { type_name, properties })
        }),
    ];
    Some(FlowableKind::ForEachItem { tasks })
}

/// An output of a step before, for the same values of the loops around.
fn output_of(task_id: &str, name: &str) -> Option<Template> {
    Template::parse(&format!("{{{{ currentEachOutput(outputs['{task_id}']).{name} }}}}")).ok()
}

/// A task that nobody wrote.
fn made(id: String, name: &str, kind: impl FnOnce(String) -> TaskKind) -> Task {
    let type_name = format!("{CLASS}${name}");
    Task {
        id,
        type_name: type_name.clone(),
        description: None,
        disabled: false,
        run_if: None,
        allow_failure: false,
        allow_warning: false,
        timeout: None,
        retry: None,
        log_level: None,
        log_to_file: false,
        worker_group: None,
        workflow: None,
        kind: kind(type_name),
    }
}
