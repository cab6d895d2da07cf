//! The part of a script's world that is written in JavaScript.

use std::cell::Cell;

use rquickjs::{Ctx, Exception, Function, Object, context::EvalOptions};

use crate::{fuel::Fuel, source::Source};

const CORE: &str = include_str!("prelude/core.js");

/// What a script gets if it names any of it, and otherwise cannot find, under whatever name.
struct Section {
    kind: &'static str,
    /// Names of what is taken away where the section is absent.
    names: &'static [&'static str],
    /// Other texts that tell that the section is needed.
    signs: &'static [&'static str],
    text: &'static str,
}

const SECTIONS: [Section; 6] = [
    Section {
        kind: "arrays",
        names: &[
            "concat",
            "copyWithin",
            "fill",
            "flat",
            "flatMap",
            "from",
            "fromEntries",
            "reverse",
            "shift",
            "slice",
            "sort",
            "splice",
            "toLocaleString",
            "toReversed",
            "toSorted",
            "toSpliced",
            "unshift",
            "with",
        ],
        signs: &[],
        text: include_str!("prelude/arrays.js"),
    },
    Section {
        kind: "texts",
        names: &[
            "includes",
            "indexOf",
            "lastIndexOf",
            "localeCompare",
            "normalize",
            "padEnd",
            "padStart",
            "raw",
            "repeat",
            "replace",
            "replaceAll",
            "split",
        ],
        signs: &[],
        text: include_str!("prelude/texts.js"),
    },
    Section {
        kind: "patterns",
        names: &["RegExp", "match", "matchAll", "search"],
        signs: &["/"],
        text: include_str!("prelude/patterns.js"),
    },
    Section {
        kind: "collections",
        names: &["Map", "Set", "WeakMap", "WeakSet"],
        signs: &[],
        text: include_str!("prelude/collections.js"),
    },
    Section { kind: "json", names: &["JSON"], signs: &[], text: include_str!("prelude/json.js") },
    Section { kind: "dates", names: &["Date"], signs: &[], text: include_str!("prelude/dates.js") },
];

/// Furnishes a new engine for `source`.
pub(crate) fn furnish(
    ctx: &Ctx<'_>,
    source: Source<'_>,
    fuel: &Fuel,
    now_ms: i64,
    seed: u64,
) -> rquickjs::Result<()> {
    let fuel = fuel.clone();
    let charge = Function::new(ctx.clone(), move |ctx: Ctx<'_>, steps: f64| {
        if fuel.charge(whole(steps)) { Ok(()) } else { Err(Exception::throw_range(&ctx, "out of fuel")) }
    })?;
    let chance = Cell::new(seed);
    let random = Function::new(ctx.clone(), move || fraction(&chance))?;
    #[expect(clippy::cast_precision_loss, reason = "a moment that a date can hold has less than 54 bits")]
    let now = now_ms as f64;
    let (present, absent): (Vec<&Section>, Vec<&Section>) =
        SECTIONS.iter().partition(|section| section.is_named_in(source.text()));
    let absent: Vec<Vec<&str>> =
        absent.iter().map(|section| [&[section.kind], section.names].concat()).collect();
    let tools: Object<'_> = function(ctx, CORE)?.call((charge, random, now, absent))?;
    for section in present {
        function(ctx, section.text)?.call::<_, ()>((tools.clone(),))?;
    }
    Ok(())
}

impl Section {
    fn is_named_in(&self, source: &str) -> bool {
        self.names.iter().chain(self.signs).any(|name| source.contains(name))
    }
}

fn function<'js>(ctx: &Ctx<'js>, text: &str) -> rquickjs::Result<Function<'js>> {
    let mut options = EvalOptions::default();
    // No frame of it is to look like one of the script.
    options.filename = Some(String::from("prelude"));
    ctx.eval_with_options(text, options)
}

/// Steps as the prelude reckons them; what is no number is more than anybody has.
fn whole(steps: f64) -> u64 {
    if steps.is_nan() {
        return u64::MAX;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` stops at the ends of the range"
    )]
    let whole = steps as u64;
    whole
}

/// The next number of a `SplitMix64` sequence, from 0 to 1.
fn fraction(state: &Cell<u64>) -> f64 {
    state.set(state.get().wrapping_add(0x9E37_79B9_7F4A_7C15));
    let mut z = state.get();
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^= z >> 31;
    #[expect(clippy::cast_precision_loss, reason = "53 bits are what a double holds")]
    let fraction = (z >> 11) as f64 / (1_u64 << 53) as f64;
    fraction
}
