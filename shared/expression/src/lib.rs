//! Pebble expressions as Kestra speaks them: `{{ inputs.name | upper }}`.
//!
//! A [`Template`] is parsed once and rendered many times. Rendering is pure: it sees the [`Variables`] it is
//! given, a moment and a seed, and nothing else. An expression that needs the outside (`read(uri)`,
//! `kv('key')`, `secret('KEY')`) does not reach out: rendering returns what it [`Need`]s, the caller fetches
//! it into [`Supplied`], and rendering runs again.
//!
//! [`Template::conductor`] parses Conductor's `${workflow.input.name}` instead. What it gives is rendered in the same way,
//! with the same variables and within the same limits, and nobody who holds one has to know which it is.
//!
//! # Invariants
//! * Never reads a clock, the environment, a file or a socket; never spawns.
//! * Rendering borrows from its variables; it copies what it prints, not what it looks at.
//! * Every loop spends [`Limits::fuel`]; nesting is bounded when parsing and when evaluating.
//!
#![doc = include_str!("../README.md")]

mod cipher;
mod compare;
mod conductor;
mod date;
mod error;
mod eval;
mod excerpt;
mod filters;
mod functions;
mod hint;
mod invocation;
mod ion;
mod java;
mod jq;
mod need;
mod output;
#[cfg(test)]
mod page;
mod predicates;
mod syntax;
mod template;
#[cfg(test)]
mod testing;
mod value;
pub mod yaml;

pub use cipher::{Key, NotOpened, WrongKey};
pub use error::{Error, Failure, ParseError};
pub use ion::{IonRows, ion_rows};
pub use need::{FileQuestion, Need, Supplied};
pub use template::{Environment, Limits, Template};
pub use value::{List, Lookup, Map, Value, Variables};
