//! What may be called, by name.

mod chance;
mod cipher;
mod context;
mod number;
mod outside;
mod parse;
mod render;
mod time;

#[cfg(test)]
mod tests;

use std::fmt;

pub(crate) use chance::Chance;
pub(crate) use outside::ask;

use crate::{
    eval::Outcome,
    filters, hint,
    invocation::{Invocation, Parameters},
};

pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) parameters: Parameters,
    pub(crate) apply: Apply,
}

type Apply = for<'e> fn(&mut Invocation<'_, 'e>) -> Outcome<'e>;

const fn function(name: &'static str, parameters: &'static [&'static str], apply: Apply) -> Function {
    Function { name, parameters: Parameters::Named(parameters), apply }
}

static FUNCTIONS: [Function; 29] = [
    function("block", &["name"], context::block),
    function("currentEachOutput", &["outputs"], context::current_each_output),
    function("decrypt", &["key", "encrypted"], cipher::decrypt),
    function("encrypt", &["key", "plaintext"], cipher::encrypt),
    function("errorLogs", &[], context::error_logs),
    function("fetchContext", &[], context::print_context),
    function("fileExists", &["path", "namespace"], outside::file_exists),
    function("fileSize", &["path", "namespace"], outside::file_size),
    function("fileURI", &["path", "namespace"], outside::file_uri),
    function("fromIon", &["ion"], parse::from_ion),
    function("fromJson", &["json"], parse::from_json),
    function("id", &[], chance::id),
    function("isFileEmpty", &["path", "namespace"], outside::is_file_empty),
    function("json", &["json"], parse::from_json),
    function("kv", &["key", "namespace", "errorOnMissing"], outside::kv),
    Function { name: "max", parameters: Parameters::Any, apply: number::max },
    Function { name: "min", parameters: Parameters::Any, apply: number::min },
    function("now", &["format", "timeZone", "existingFormat", "locale"], time::now),
    function("printContext", &[], context::print_context),
    function("randomInt", &["lower", "upper"], chance::random_int),
    function("randomPort", &[], chance::random_port),
    function("range", &["start", "end", "increment"], number::range),
    function("read", &["path", "namespace"], outside::read),
    function("render", &["toRender", "recursive"], render::render),
    function("renderOnce", &["toRender"], render::render_once),
    function("secret", &["key", "namespace", "subkey"], outside::secret),
    function("tasksWithState", &["state"], context::tasks_with_state),
    function("uuid", &[], chance::uuid),
    function("yaml", &["yaml"], parse::from_yaml),
];

/// Functions of Kestra that are refused, and why.
const REFUSED: [(&str, &str); 3] = [
    ("appLink", "there are no apps here to link to: write the address"),
    (
        "http",
        "an expression may be rendered several times, and each time it would call: let a task of type \
         io.kestra.plugin.core.http.Request do it, and take its `outputs`",
    ),
    (
        "i18n",
        "there are no bundles of translations here: keep the texts in a variable, as in \
         `vars.texts[inputs.language].greeting`",
    ),
];

/// What a name stands for.
pub(crate) enum Known {
    Built(&'static Function),
    /// Kestra's, with what to say about it.
    Refused(String),
    /// A macro, perhaps.
    Unknown,
}

pub(crate) fn find(name: &str) -> Known {
    if let Some(function) = FUNCTIONS.iter().find(|function| function.name == name) {
        return Known::Built(function);
    }
    match REFUSED.iter().find(|(refused, _)| *refused == name) {
        Some((_, why)) => Known::Refused(format!("Function [{name}] is refused: {why}.")),
        None => Known::Unknown,
    }
}

pub(crate) fn is_known(name: &str) -> bool {
    FUNCTIONS.iter().any(|function| function.name == name)
}

/// Pebble's complaint about a name that is neither a function nor one of these macros.
pub(crate) fn unknown<'m>(name: &str, macros: impl IntoIterator<Item = &'m str>) -> String {
    let known = FUNCTIONS.iter().map(|function| function.name).chain(macros);
    let hint = match hint::did_you_mean(name, known) {
        none if none.is_empty() && filters::find(name).is_ok() => {
            format!(" (it is a filter: write `x | {name}`)")
        }
        hint => hint,
    };
    format!("Function or Macro [{name}] does not exist.{hint}")
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// All of them, for the page that lists them.
#[cfg(test)]
pub(crate) fn all() -> &'static [Function] {
    &FUNCTIONS
}
