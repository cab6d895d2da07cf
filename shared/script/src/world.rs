//! An engine for one evaluation: what a script finds, and what it may use.

use std::{cell::Cell, fmt};

use rquickjs::{
    Context, Ctx, Exception, Function, Runtime,
    context::{
        EvalOptions,
        intrinsic::{Date, Eval, Json, MapSet, Promise, RegExp, RegExpCompiler},
    },
};

use crate::{Failed, Limits, fuel::Fuel};

/// What of the language there is. Promises only because functions that are `async` need them.
type Intrinsics = (Date, Eval, RegExpCompiler, RegExp, Json, MapSet, Promise);

/// Takes away what has no bound, puts a price on what has a loose one, and sets clock, chance and time zone.
const PRELUDE: &str = include_str!("prelude.js");

/// Dropped in this order: the context before its runtime.
pub(crate) struct World {
    context: Context,
    runtime: Runtime,
    fuel: Fuel,
    limits: Limits,
}

impl World {
    pub(crate) fn new(limits: &Limits, now_ms: i64, seed: u64) -> Result<Self, Failed> {
        let no_room = |_| Failed::Memory { bytes: limits.memory_bytes };
        let runtime = Runtime::new().map_err(no_room)?;
        let context = Context::custom::<Intrinsics>(&runtime).map_err(no_room)?;
        let fuel = Fuel::new(limits);
        context.with(|ctx| furnish(&ctx, &fuel, now_ms, seed)).map_err(no_room)?;
        // From here on: the engine sets itself up in less than any limit allows, and does not do it gracefully.
        runtime.set_memory_limit(limits.memory_bytes);
        runtime.set_max_stack_size(limits.stack_bytes);
        let asked = fuel.clone();
        runtime.set_interrupt_handler(Some(Box::new(move || asked.is_to_end())));
        Ok(Self { context, runtime, fuel, limits: limits.clone() })
    }

    pub(crate) fn enter<T>(&self, work: impl FnOnce(&Ctx<'_>) -> T) -> T {
        self.context.with(|ctx| work(&ctx))
    }

    /// Whether a limit, and not the script itself, is why something failed.
    pub(crate) fn limit_reached(&self) -> Option<Failed> {
        self.fuel.is_spent().then_some(Failed::Fuel { steps: self.limits.fuel })
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.limits.memory_bytes
    }

    pub(crate) fn out_of_memory(&self) -> Failed {
        Failed::Memory { bytes: self.limits.memory_bytes }
    }

    /// Whether so much is in use that there may have been no room even for an error.
    pub(crate) fn is_crowded(&self) -> bool {
        let used = self.runtime.memory_usage().malloc_size;
        usize::try_from(used).is_ok_and(|used| used > self.limits.memory_bytes / 2)
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("fuel", &self.fuel).finish_non_exhaustive()
    }
}

fn furnish(ctx: &Ctx<'_>, fuel: &Fuel, now_ms: i64, seed: u64) -> rquickjs::Result<()> {
    let fuel = fuel.clone();
    let charge = Function::new(ctx.clone(), move |ctx: Ctx<'_>, steps: f64| {
        if fuel.charge(whole(steps)) { Ok(()) } else { Err(Exception::throw_range(&ctx, "out of fuel")) }
    })?;
    let chance = Cell::new(seed);
    let random = Function::new(ctx.clone(), move || fraction(&chance))?;
    #[expect(clippy::cast_precision_loss, reason = "a moment that a date can hold has less than 54 bits")]
    let now = now_ms as f64;
    let mut options = EvalOptions::default();
    options.filename = Some(String::from("prelude"));
    ctx.eval_with_options::<Function<'_>, _>(PRELUDE, options)?.call((charge, random, now))
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
