//! The template as the emulator can take it.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Relative to the root of the repository.
const TEMPLATE: &str = "template.yaml";
const WATCH: &str = "infra/watch.yaml";

/// Writes a copy of the template into `folder`; gives its path. It differs from the original only where [`local`] says.
pub(super) fn copy(functions: &Path, folder: &Path) -> PathBuf {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package `tests` stands in the root");
    let text = |path: &str| {
        fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("cannot read {path}: {error}"))
    };
    let copy = folder.join(TEMPLATE);
    fs::create_dir_all(folder.join(WATCH).parent().expect("it is in a folder")).expect("the folder is ours");
    fs::write(folder.join(WATCH), text(WATCH)).expect("the folder is ours");
    fs::write(&copy, local(&text(TEMPLATE), functions)).expect("the folder is ours");
    copy
}

/// What has another form here:
/// * the functions are built already: `CodeUri` replaces how `sam build` would build them,
/// * the emulator takes no number for the concurrency of workers from a parameter,
/// * nothing here speaks TLS, so that nothing can be refused for not speaking it.
fn local(template: &str, functions: &Path) -> String {
    let replaced = |text: &str, from: &str, to: &str| {
        assert!(text.contains(from), "the template has no `{from}` any more");
        text.replace(from, to)
    };
    let text = built(template, functions);
    let text = replaced(&text, "MaximumConcurrency: !Ref WorkerConcurrency", "MaximumConcurrency: 8");
    let text = replaced(&text, "MaximumConcurrency: !Ref WorkerGroupConcurrency", "MaximumConcurrency: 8");
    replaced(&text, r#""aws:SecureTransport": "false""#, r#""aws:SecureTransport": "neither""#)
}

/// With `CodeUri` in the place of how a function is built. In the template the latter is the line before the properties.
fn built(template: &str, functions: &Path) -> String {
    const METHOD: &str = "    Metadata: { BuildMethod: rust-cargolambda, BuildProperties: { Binary: ";
    let mut parts = template.split(METHOD);
    let head = parts.next().unwrap_or_default().to_owned();
    let with_code = |part: &str| {
        let (method, rest) = part.split_once(" }\n    Properties:\n").expect("properties follow the method");
        let (name, _) = method.split_once(' ').expect("the name of a binary is a word");
        format!("    Properties:\n      CodeUri: {}\n{rest}", functions.join(name).display())
    };
    let text = parts.fold(head, |text, part| text + &with_code(part));
    assert!(text != template, "the template builds no function any more");
    text
}
