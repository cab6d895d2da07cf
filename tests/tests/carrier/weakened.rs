//! Adapters that give no more than the ports promise, by seed: what one seed did, it does again.
//!
//! They work on a runtime of one thread whose time is paused. What takes no time there (the store below) is waited
//! for on the thread itself, so that no clock runs on meanwhile.

mod feed;
mod ids;
mod index;
mod messages;
mod mortal;
mod rounds;
mod store;
mod weather;
mod wire;

pub(crate) use feed::Feed;
pub(crate) use ids::CountedIds;
pub(crate) use messages::Mail;
pub(crate) use mortal::{Life, Mortal};
pub(crate) use rounds::rounds;
pub(crate) use store::{Weakened, at_once};
pub(crate) use weather::{Climate, Weather};
pub(crate) use wire::Wire;
