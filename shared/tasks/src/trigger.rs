//! Tasks about triggers.

mod toggle;

pub(crate) use self::toggle::{TOGGLE, Toggle};
