//! The flows of a folder and of the folders in it, each checked.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use engine::flow;
use tasks::Registry;

use crate::report;

/// A flow that a server is to have.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) file: PathBuf,
    pub(super) source: String,
}

/// By namespace and id.
pub(super) type Flows = BTreeMap<(String, String), Wanted>;

/// Reads them all; `None` when one is wrong, which was told. With a namespace, only those in it and below it.
pub(super) fn read(folder: &Path, namespace: Option<&str>) -> Result<Option<Flows>, report::Error> {
    let catalogue = Registry::catalogue();
    let mut flows = Flows::new();
    let (mut checked, mut wrong) = (0, 0);
    for file in files(folder)? {
        let text = std::fs::read_to_string(&file)
            .map_err(|error| report::Error::new(format!("cannot read {}", file.display()), error))?;
        let documents = engine::yaml::documents(&text);
        // Of one flow the whole file is its source, as when it is sent by hand.
        let sources = if documents.len() == 1 { vec![text.as_str()] } else { documents };
        for source in sources {
            checked += 1;
            let flow = match flow::parse(source, &catalogue) {
                Ok(flow) => flow,
                Err(invalid) => {
                    wrong += 1;
                    report::show(&file, source, &invalid);
                    continue;
                }
            };
            if !namespace.is_none_or(|it| is_within(&flow.namespace, it)) {
                continue;
            }
            let name = (flow.namespace, flow.id);
            if let Some(other) = flows.get(&name) {
                wrong += 1;
                report::say(&format!(
                    "error: {}/{} is in {} and in {}\n",
                    name.0,
                    name.1,
                    other.file.display(),
                    file.display()
                ));
                continue;
            }
            flows.insert(name, Wanted { file: file.clone(), source: source.to_owned() });
        }
    }
    if wrong == 0 {
        return Ok(Some(flows));
    }
    report::say(&format!("{wrong} of {checked} flow(s) are wrong; nothing was changed"));
    Ok(None)
}

fn is_within(namespace: &str, prefix: &str) -> bool {
    namespace.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The YAML files below a folder, by name. Links to folders are not followed, so that there is an end.
fn files(folder: &Path) -> Result<Vec<PathBuf>, report::Error> {
    let mut files = report::flow_files(folder)?;
    if !folder.is_dir() {
        return Ok(files);
    }
    files.retain(|file| !file.is_dir());
    let unreadable = |error| report::Error::new(format!("cannot read {}", folder.display()), error);
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        if !is_hidden && entry.file_type().map_err(unreadable)?.is_dir() {
            files.extend(self::files(&entry.path())?);
        }
    }
    files.sort();
    Ok(files)
}
