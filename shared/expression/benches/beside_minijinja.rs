//! What both languages can say, rendered by both in one run: `cargo bench -p expression`. An argument picks the
//! constructs whose names contain it.
//!
//! Each construct is rendered by turns, a batch here and a batch there, and the fastest batch of each counts: what
//! disturbs a machine only ever adds. Both have their templates parsed and their variables at hand beforehand. The
//! process fails when a construct prints two different texts; it judges no times.
#![allow(clippy::disallowed_methods, reason = "the crate must not look at a clock; a bench has to")]
#![allow(clippy::print_stdout, reason = "the table is what it is for")]

#[path = "beside_minijinja/constructs.rs"]
mod constructs;

use std::{
    borrow::Cow,
    hint::black_box,
    process::ExitCode,
    time::{Duration, Instant},
};

use expression::{Environment, Limits, Supplied, Template, Value, Variables};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value as Json;

use constructs::{CONSTRUCTS, Construct};

/// How long one batch takes at least. Well below what a busy system gives a process at a stretch, so that some batches
/// are not interrupted.
const BATCH: Duration = Duration::from_millis(1);

/// Batches of each.
const ROUNDS: usize = 200;

struct Root(Json);

impl Variables for Root {
    fn get(&self, name: &str) -> Option<Value<'_>> {
        self.0.get(name).map(Value::from)
    }

    fn names(&self) -> Vec<Cow<'_, str>> {
        self.0.as_object().into_iter().flat_map(|map| map.keys()).map(|name| name.as_str().into()).collect()
    }
}

fn main() -> ExitCode {
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let root = Root(constructs::variables());
    let theirs = minijinja::Value::from(minijinja::value::Serde(&root.0));
    println!("{:<24} {:>12} {:>12} {:>8}", "construct", "ours, ns", "minijinja", "ratio");
    let mut ratios = Vec::new();
    for construct in CONSTRUCTS.iter().filter(|construct| construct.name.contains(&wanted)) {
        match measure(construct, &root, &theirs) {
            Ok((ours, theirs)) => {
                let ratio = ours / theirs;
                println!("{:<24} {ours:>12.0} {theirs:>12.0} {ratio:>8.2}", construct.name);
                ratios.push(ratio);
            }
            Err(difference) => {
                println!("{}: {difference}", construct.name);
                return ExitCode::FAILURE;
            }
        }
    }
    let count = f64::from(u32::try_from(ratios.len()).expect("a handful"));
    let mean = (ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / count).exp();
    println!("geometric mean of the ratios (below 1 we are faster): {mean:.2}");
    ExitCode::SUCCESS
}

/// Nanoseconds of one rendering by us and by them.
fn measure(construct: &Construct, root: &Root, context: &minijinja::Value) -> Result<(f64, f64), String> {
    let template = Template::parse(construct.ours).map_err(|error| error.to_string())?;
    let supplied = Supplied::new();
    let environment = Environment {
        variables: root,
        supplied: &supplied,
        now: Timestamp::UNIX_EPOCH,
        zone: &TimeZone::UTC,
        seed: 1,
        limits: Limits::default(),
    };
    let engine = minijinja::Environment::new();
    let jinja = engine.template_from_str(construct.theirs).map_err(|error| error.to_string())?;
    let ours = || template.render(black_box(&environment)).map_err(|error| error.to_string());
    let theirs = || jinja.render(black_box(context)).map_err(|error| error.to_string());
    let (left, right) = (ours()?, theirs()?);
    if left != right {
        return Err(format!("`{left}` here, `{right}` there"));
    }
    let (our_count, their_count) = (renderings(&ours), renderings(&theirs));
    let (mut our_best, mut their_best) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..ROUNDS {
        our_best = our_best.min(batch(&ours, our_count));
        their_best = their_best.min(batch(&theirs, their_count));
    }
    Ok((our_best, their_best))
}

/// How many renderings make a batch.
fn renderings(render: &impl Fn() -> Result<String, String>) -> u32 {
    let mut count = 1;
    while f64::from(count) * batch(render, count) < BATCH.as_secs_f64() * 1e9 {
        count *= 2;
    }
    count
}

/// Nanoseconds of one rendering among so many.
fn batch(render: &impl Fn() -> Result<String, String>, count: u32) -> f64 {
    let start = Instant::now();
    for _ in 0..count {
        let _rendered = black_box(render());
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(count)
}
