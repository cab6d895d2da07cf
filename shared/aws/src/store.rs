//! The item store on `DynamoDB`: one table, two sparse indexes.
//!
//! # How the promises are kept
//! * What is read of items is read consistently; `list` and `due` are indexes, and lag by some milliseconds.
//! * A commit of one write is one conditional request. Only a commit of several is a transaction: it costs twice and
//!   takes three times as long.
//! * A version is an attribute that each write counts up, and that conditions name.
//! * No write is repeated whose outcome is unknown; `store/commit.rs` says who may repeat what.

mod commit;
mod counts;
pub mod feed;
mod item;
mod merge;
mod outcome;
mod range;
mod read;
mod request;
mod shard;
mod table;
mod units;

use aws_sdk_dynamodb::Client;
use engine::time::Timestamp;
use ports::{
    Answer,
    store::{self, Due, Error, Item, Key, Listed, Range, Write},
};

use counts::Counters;

pub use counts::Counts;
pub use shard::{DUE_SHARDS, LIST_SHARDS};
pub use table::create_table;
pub use units::Units;

/// The index of what is due.
const DUE: &str = "due";
/// The listing index.
const LIST: &str = "list";

/// Bytes a body may have so that its item, with its key and a short summary, costs one write unit.
pub const CHEAP_BODY_BYTES: usize = 640;

/// A table.
#[derive(Debug)]
pub struct Store {
    client: Client,
    table: String,
    counters: Counters,
    checked: bool,
}

impl Store {
    /// Over a table that is there.
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table, counters: Counters::default(), checked: false }
    }

    /// The same, and the service is asked what each request costs and what each single write replaced, so that
    /// [`Counts::units`] can be held against [`Counts::told`]. For tests: answers grow by the old item.
    pub fn checked(client: Client, table: String) -> Self {
        Self { checked: true, ..Self::new(client, table) }
    }

    /// What has been asked of the table so far.
    pub fn counts(&self) -> Counts {
        self.counters.read()
    }
}

impl store::Store for Store {
    fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Result<Option<Item>, Error>> {
        Box::pin(self.read_item(key))
    }

    fn query<'a>(&'a self, partition: &'a str, range: Range<'a>) -> Answer<'a, Result<Vec<Item>, Error>> {
        Box::pin(self.read_partition(partition, range))
    }

    fn list<'a>(&'a self, list: &'a str, range: Range<'a>) -> Answer<'a, Result<Vec<Listed>, Error>> {
        Box::pin(self.read_list(list, range))
    }

    fn due(&self, now: Timestamp, limit: usize) -> Answer<'_, Result<Vec<Due>, Error>> {
        Box::pin(self.read_due(Some(now), limit))
    }

    fn next_due(&self) -> Answer<'_, Result<Option<Timestamp>, Error>> {
        Box::pin(async { Ok(self.read_due(None, 1).await?.first().map(|due| due.wake_at)) })
    }

    fn commit(&self, writes: Vec<Write>) -> Answer<'_, Result<(), Error>> {
        Box::pin(self.write(writes))
    }
}
