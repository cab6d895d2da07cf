//! JavaScript of flows: small programs that compute a value, bounded and the same every time.
//!
//! A [`Script`] is a pure function of its source, its variables (`$`), a moment and a seed. It has no way out: no
//! modules, timers, files, network or environment, and no more memory, stack or work than [`Limits`] gives it. Each
//! evaluation has an engine of its own, so nothing that one leaves behind is seen by another.
//!
//! ```text
//! $.value == 'x' ? 'a' : 'b'                              an expression: its value
//! (function () { return $.a + $.b; })();                  the same
//! if ($.n > 1) { 'many' } else { 'one' }                  statements: the value of the last one
//! if ($.n > 1) { return 'many' } else { return 'one' }    the body of a function: what it returns
//! ```
//!
//! The language is ES2023, sloppy unless the script says `'use strict'`, in the time zone UTC. What it lacks, because
//! a script could hang or escape its limits with it, or because nothing would ever run it: `eval` and `Function(text)`,
//! `Proxy`, typed arrays, `BigInt`, weak references, methods of iterators and of promises, and the newer set methods.
//! Functions that need a guard are found only by scripts whose text has their names: `list['sli' + 'ce']` is undefined.
//!
//! Work is counted, not timed, so what a step costs bounds how long a run takes: about a second for what people write. An
//! author who compares texts of megabytes in a loop makes it minutes; who runs scripts of strangers sets `Limits::stop`.

mod failed;
mod fuel;
mod json;
mod limits;
mod prelude;
mod program;
mod source;
mod world;

use serde_json::{Map, Value};

pub use crate::{
    failed::{Failed, SyntaxError},
    limits::Limits,
};
use crate::{source::Source, world::World};

/// One evaluation, whole.
#[derive(Clone, Copy, Debug)]
pub struct Script<'a> {
    /// An expression, statements, or the body of a function: see the crate's documentation.
    pub source: &'a str,
    /// What the script sees as `$`. Numbers become doubles: integers beyond 2⁵³ lose their last digits.
    pub variables: &'a Map<String, Value>,
    /// What `Date.now()` and `new Date()` tell, in milliseconds since the epoch.
    pub now_ms: i64,
    /// Where the numbers of `Math.random()` come from.
    pub seed: u64,
}

/// Whether `source` could be run at all; nothing of it is.
pub fn check(source: &str) -> Result<(), SyntaxError> {
    let source = Source::new(source)?;
    // An engine that cannot even be set up within the limits says nothing about the source.
    let world = World::new(source, &Limits::default(), 0, 0)
        .map_err(|failed| SyntaxError::new(failed.to_string()))?;
    world.enter(|ctx| program::check(ctx, source))
}

/// What the script computes, as `JSON.stringify` would write it: `undefined`, functions and `NaN` are null, dates are
/// strings, and integers stay integers.
pub fn run(script: &Script<'_>, limits: &Limits) -> Result<Value, Failed> {
    let source = Source::new(script.source)?;
    let world = World::new(source, limits, script.now_ms, script.seed)?;
    world.enter(|ctx| {
        json::show(&world, ctx, source, script.variables)?;
        let value = program::evaluate(&world, ctx, source)?;
        json::read(&world, ctx, source, value)
    })
}
