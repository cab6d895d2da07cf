//! Conductor's expressions: `${workflow.input.name}` in any text, the second dialect of a [`Template`](crate::Template).
//!
//! Between the braces stands a path in Jayway's dialect of `JSONPath`, which looks into the variables: `workflow`, and what
//! else has a name at the root. Whatever is wrong with a path — its syntax, a key that is missing, a value of another
//! type — it gives null and no error: that is what flows written for Conductor count on. A rendering fails over its
//! limits alone, and over a secret that there is not.
//!
//! | Text | What it gives |
//! |---|---|
//! | `${a.b}`, nothing around it | the value, with its type |
//! | `x ${a.b} y` | text: null as `null`, lists and maps as JSON |
//! | `${a.${b.c}.d}` | the inner one first, as text |
//! | `${}` | an empty text |
//! | `$${a}` | `${a}` itself |
//! | `${a`, `$a`, `{a}` | themselves |
//! | `${workflow.secrets.NAME}`, `${workflow.secrets.NAME.field}` | what `secret('NAME')` gives, and its sub-key: texts |
//! | `${workflow.env.NAME}` | null: an expression sees no environment |
//!
//! Paths that may find several values (`*`, `..`, `[0,1]`, `[1:2]`, `[?(…)]`) give a list, and an empty one when they find
//! none. A function stands for each value that they find; after `..`, for all of them together.
//!
//! Differs from Conductor, on purpose: lists and maps inside of a text are JSON, and not what Java's `toString` makes of
//! them; a slice may have a step; `&&` binds tighter than `||`; a pattern is one of linear time, without look-around.
//!
//! # Why not a crate
//! `serde_json_path` reads nothing but `serde_json::Value`: the variables, which are computed when they are looked at,
//! would be built whole for each expression. `jsonpath-rust` takes any tree that hands out references to its parts, which
//! those have not either. Both speak RFC 9535, which has no `=~`, `in`, `.length()` or `$`-less root, and neither can be
//! told to stop.
//!
//! # Invariants
//! * What is looked at is borrowed. What is found, item by item, costs fuel, as in Pebble.
//! * Texts and paths nest [`NESTING_MAX`] levels deep at most; nothing else in a path or a value recurses.

mod compare;
mod condition;
mod function;
mod path;
mod patterns;
mod read;
mod reference;
mod render;
mod step;
mod text;
mod walk;

#[cfg(test)]
mod tests;

pub(crate) use render::{evaluate, render};
pub(crate) use text::{Text, parse};

/// Bytes of a text with expressions in it.
pub(crate) const SOURCE_BYTES_MAX: usize = crate::syntax::SOURCE_BYTES_MAX;

/// Expressions inside expressions; and, in a path, filters, parentheses, lists and calls inside each other.
pub(crate) const NESTING_MAX: usize = 32;
