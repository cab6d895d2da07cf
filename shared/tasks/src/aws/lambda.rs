//! Functions.

mod invoke;

pub(crate) use self::invoke::{INVOKE, invoke};
