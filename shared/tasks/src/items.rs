//! Files of rows: how one becomes many, and the two steps around the executions of a `ForEachItem`, in which a file is
//! split into batches, and what became of each of them is put together again.

mod batch;
mod bucket;
mod merge;
mod rows;
mod split;
mod writing;

pub(crate) use self::{
    batch::Batch,
    bucket::Bucket,
    merge::{MERGE, Merge},
    rows::{Part, Rows},
    split::{SPLIT, Split},
    writing::split_file,
};

use std::sync::Arc;

use ports::run::Runnable;

/// Both of them. They need nothing but the blobs.
pub fn all() -> [Arc<dyn Runnable>; 2] {
    [Arc::new(Split), Arc::new(Merge)]
}
