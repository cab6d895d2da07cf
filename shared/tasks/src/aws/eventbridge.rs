//! Event buses.

mod put_events;

pub(crate) use self::put_events::{PUT_EVENTS, put_events};
