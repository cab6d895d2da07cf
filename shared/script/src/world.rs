//! An engine for one evaluation: what a script finds, and what it may use.

use std::fmt;

use rquickjs::{
    Context, Ctx, Runtime,
    context::intrinsic::{Date, Eval, Json, MapSet, Promise, RegExp, RegExpCompiler},
};

use crate::{Failed, Limits, fuel::Fuel, prelude, source::Source};

/// What of the language there is. Promises only because functions that are `async` need them.
type Intrinsics = (Date, Eval, RegExpCompiler, RegExp, Json, MapSet, Promise);

pub(crate) struct World {
    context: Context,
    fuel: Fuel,
    limits: Limits,
}

impl World {
    pub(crate) fn new(source: Source<'_>, limits: &Limits, now_ms: i64, seed: u64) -> Result<Self, Failed> {
        let no_room = |_| Failed::Memory { bytes: limits.memory_bytes };
        let runtime = Runtime::new().map_err(no_room)?;
        let context = Context::custom::<Intrinsics>(&runtime).map_err(no_room)?;
        let fuel = Fuel::new(limits);
        context.with(|ctx| prelude::furnish(&ctx, source, &fuel, now_ms, seed)).map_err(no_room)?;
        // From here on: the engine sets itself up in less than any limit allows, and does not do it gracefully.
        runtime.set_memory_limit(limits.memory_bytes);
        runtime.set_max_stack_size(limits.stack_bytes);
        let asked = fuel.clone();
        runtime.set_interrupt_handler(Some(Box::new(move || asked.is_to_end())));
        Ok(Self { context, fuel, limits: limits.clone() })
    }

    pub(crate) fn enter<T>(&self, work: impl FnOnce(&Ctx<'_>) -> T) -> T {
        self.context.with(|ctx| work(&ctx))
    }

    /// Whether a limit, and not the script itself, is why something failed.
    pub(crate) fn limit_reached(&self) -> Option<Failed> {
        self.fuel.is_spent().then_some(Failed::Fuel { steps: self.limits.fuel })
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn out_of_memory(&self) -> Failed {
        Failed::Memory { bytes: self.limits.memory_bytes }
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("fuel", &self.fuel).finish_non_exhaustive()
    }
}
