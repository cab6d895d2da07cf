//! Programs in expressions that would not end by themselves: all of them come back, in time, on a thread with the
//! stack that a server's threads have.

use std::{
    borrow::Cow,
    time::{Duration, Instant},
};

use expression::{Environment, Error, Limits, Supplied, Template, Value, Variables};
use jiff::{Timestamp, tz::TimeZone};

/// For one program, in a debug build on a busy machine: a whole budget takes about a second there.
const DEADLINE: Duration = Duration::from_secs(20);

/// What tokio gives a worker.
const STACK_BYTES: usize = 2 << 20;

struct Nothing;

impl Variables for Nothing {
    fn get(&self, _: &str) -> Option<Value<'_>> {
        None
    }

    fn names(&self) -> Vec<Cow<'_, str>> {
        Vec::new()
    }
}

fn render(program: &str) -> Result<String, Error> {
    let template = Template::parse(&format!("{{{{ [1, 2] | jq('{program}') }}}}")).expect("a template");
    template.render(&Environment {
        variables: &Nothing,
        supplied: &Supplied::new(),
        now: Timestamp::UNIX_EPOCH,
        zone: &TimeZone::UTC,
        seed: 1,
        limits: Limits::default(),
    })
}

#[test]
fn endless_programs_end_in_time() {
    let programs = [
        "def f: 1 + f; f",
        "def f: f; f",
        "def f: f, f; f",
        "[repeat(1)]",
        "[range(1e18)]",
        "last(range(1e12))",
        "until(false; .)",
        "def a(f): f | f; a(a(a(a(a(a(a(a(a(a(a(a(a(a(a(a(a(a(a(a(a(a(a(a(1))))))))))))))))))))))))",
        "reduce range(100000) as $i (null; [.])",
        "reduce range(64) as $i (\"ab\"; . + .)",
        "path(def f: f // f; f)",
    ];
    let all = move || {
        for program in programs {
            let started = Instant::now();
            assert!(render(program).is_err(), "{program} gave a result");
            assert!(started.elapsed() < DEADLINE, "{program} took {:?}", started.elapsed());
        }
    };
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(all).expect("a thread");
    thread.join().expect("no program may break it");
}
