//! A template that is kept for itself.

use super::{
    Reading,
    bean::{Bean, Pattern},
    check, document,
    path::Path,
    task,
};
use crate::{
    flow::{TaskTemplate, TemplateName, template::named},
    yaml::Node,
};

const CLASS: &str = "io.kestra.core.models.templates.Template";
const KNOWN: [&str; 7] = ["id", "namespace", "description", "tasks", "errors", "finally", "deleted"];

pub(super) fn template(reading: &mut Reading<'_>, written: &Node) -> Option<TaskTemplate> {
    let path = Path::Root;
    if written.is_null() {
        reading.problems.wrong_kind(&path, "a template is expected, but there is nothing", written.at);
        return None;
    }
    let bean = Bean::open(reading, written, &path, CLASS, &[&KNOWN])?;
    let id = bean.id(reading, "id", &Pattern::FLOW);
    let namespace = bean.id(reading, "namespace", &Pattern::NAMESPACE);
    let description = bean.text(reading, "description");
    // The store's to say; here it is only checked.
    bean.boolean(reading, "deleted");
    let tasks = task::some(reading, &bean, "tasks");
    let errors = task::list(reading, &bean, "errors");
    let finally = task::list(reading, &bean, "finally");
    check::task_ids(reading);
    Some(TaskTemplate {
        name: TemplateName { namespace: namespace?, id: id? },
        description,
        templates: named([tasks.as_slice(), &errors, &finally]),
        tasks,
        errors,
        finally,
        document: document::of_template(written, reading.source),
    })
}
