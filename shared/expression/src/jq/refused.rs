//! What jq knows and expressions do not, and why.

use super::run::Stop;
use crate::eval::Halt;

const CLOCK: &str = "a program sees no clock: put `now()` of the expression into the program or its input";
const ZONE: &str = "a program sees no zone of a server: use `gmtime` and `strftime`, or the filter `date` with its `timeZone`";
const INPUT: &str = "there is one input: make a list of what the program needs, and take it apart";
const ENVIRONMENT: &str = "a program sees no environment: use `envs` of the expression, which are variables";
const END: &str = "a program cannot end its server: use `error`, or `empty`";
const SHOWN: &str = "a program has nowhere to write to: put what you want to see among its outputs";
const MODULES: &str = "there are no modules: define what you need in the program, with `def`";

const REFUSED: [(&str, &str); 18] = [
    ("now", CLOCK),
    ("localtime", ZONE),
    ("strflocaltime", ZONE),
    ("input", INPUT),
    ("inputs", INPUT),
    ("input_line_number", INPUT),
    ("input_filename", INPUT),
    ("$ENV", ENVIRONMENT),
    ("env", ENVIRONMENT),
    ("halt", END),
    ("halt_error", END),
    ("debug", SHOWN),
    ("stderr", SHOWN),
    ("import", MODULES),
    ("include", MODULES),
    ("modulemeta", MODULES),
    ("get_search_list", MODULES),
    ("builtins", "a program cannot ask for the names of functions"),
];

/// Why a name is refused, when it is.
pub(super) fn why(name: &str) -> Option<String> {
    let (_, why) = REFUSED.iter().find(|(refused, _)| *refused == name)?;
    Some(format!("jq's `{name}` is refused: {why}"))
}

pub(super) fn unknown_variable<'e>(name: &str) -> Stop<'e> {
    let why = why(&format!("${name}")).unwrap_or_else(|| format!("jq's ${name} is not defined"));
    Stop::Halt(Halt::failed(why))
}

/// A function that nobody defined. No `try` hides it, as it would be refused before the program runs.
pub(super) fn unknown<'e>(name: &str, arity: usize) -> Stop<'e> {
    Stop::Halt(Halt::failed(why(name).unwrap_or_else(|| format!("jq's {name}/{arity} is not defined"))))
}
