//! What may be called, by name.

mod chance;
mod cipher;
mod context;
mod json;
mod number;
mod outside;
mod render;
mod time;

#[cfg(test)]
mod tests;

use std::fmt;

pub(crate) use chance::Chance;

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

static FUNCTIONS: [Function; 26] = [
    function("block", &["name"], context::block),
    function("currentEachOutput", &["outputs"], context::current_each_output),
    function("decrypt", &["key", "encrypted"], cipher::decrypt),
    function("encrypt", &["key", "plaintext"], cipher::encrypt),
    function("errorLogs", &[], context::error_logs),
    function("fetchContext", &[], context::print_context),
    function("fileExists", &["path", "namespace"], outside::file_exists),
    function("fileSize", &["path", "namespace"], outside::file_size),
    function("fileURI", &["path", "namespace"], outside::file_uri),
    function("fromJson", &["json"], json::from_json),
    function("id", &[], chance::id),
    function("isFileEmpty", &["path", "namespace"], outside::is_file_empty),
    function("json", &["json"], json::from_json),
    function("kv", &["key", "namespace", "errorOnMissing"], outside::kv),
    Function { name: "max", parameters: Parameters::Any, apply: number::max },
    Function { name: "min", parameters: Parameters::Any, apply: number::min },
    function("now", &["format", "timeZone", "existingFormat", "locale"], time::now),
    function("printContext", &[], context::print_context),
    function("randomInt", &["lower", "upper"], chance::random_int),
    function("range", &["start", "end", "increment"], number::range),
    function("read", &["path", "namespace"], outside::read),
    function("render", &["toRender", "recursive"], render::render),
    function("renderOnce", &["toRender"], render::render_once),
    function("secret", &["key"], outside::secret),
    function("tasksWithState", &["state"], context::tasks_with_state),
    function("uuid", &[], chance::uuid),
];

/// Functions of Kestra that are refused by name instead of being called unknown.
const NOT_BUILT: [&str; 6] = ["appLink", "fromIon", "http", "i18n", "randomPort", "yaml"];

/// What a name stands for.
pub(crate) enum Known {
    Built(&'static Function),
    /// Kestra's, with what to say about it.
    NotBuilt(String),
    /// A macro, perhaps.
    Unknown,
}

pub(crate) fn find(name: &str) -> Known {
    if let Some(function) = FUNCTIONS.iter().find(|function| function.name == name) {
        return Known::Built(function);
    }
    if NOT_BUILT.contains(&name) {
        return Known::NotBuilt(format!("Function [{name}] is known to Kestra but not built yet."));
    }
    Known::Unknown
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
