//! The two steps around the executions of a `ForEachItem`: a file is split into batches, and what became of each of
//! them is put together again.

mod batch;
mod bucket;
mod merge;
mod split;

pub(crate) use self::{merge::Merge, split::Split};

use std::sync::Arc;

use ports::run::Runnable;

/// Both of them. They need nothing but the blobs.
pub fn all() -> [Arc<dyn Runnable>; 2] {
    [Arc::new(Split), Arc::new(Merge)]
}
