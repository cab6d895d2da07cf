//! How the shards of an index become one.

use std::collections::VecDeque;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use futures_util::future::try_join_all;
use ports::store::Error;

use super::{Store, counts::Counts, item::Attributes};

/// Entries that are asked of a shard beyond its share of what is wanted: hashes spread them not quite evenly, and a
/// second round costs more than a few entries.
const SHARE_SLACK: usize = 8;

/// What the shards have in common.
pub(super) struct Merge<'a, T> {
    pub(super) store: &'a Store,
    /// How their pages are counted.
    pub(super) kind: fn(&mut Counts) -> &mut u64,
    /// `None` for an entry that is not wanted.
    pub(super) read: &'a (dyn Fn(Attributes) -> Result<Option<T>, Error> + Sync),
    pub(super) comes_first: &'a (dyn Fn(&T, &T) -> bool + Sync),
}

/// A shard, as far as it is read.
struct Shard<T> {
    query: QueryFluentBuilder,
    read: VecDeque<T>,
    next: Option<Attributes>,
    ended: bool,
}

impl<T> Merge<'_, T> {
    /// The first `limit` of all shards, each of which gives its own in order. `ends`: of one shard may not be wanted.
    pub(super) async fn first(
        &self,
        limit: usize,
        ends: usize,
        shards: impl Iterator<Item = QueryFluentBuilder>,
    ) -> Result<Vec<T>, Error> {
        let mut shards: Vec<_> =
            shards.map(|query| Shard { query, read: VecDeque::new(), next: None, ended: false }).collect();
        let share = limit / shards.len() + SHARE_SLACK;
        let mut found = Vec::new();
        while found.len() < limit {
            // Nothing can be said to come first while something may come before it.
            let dry: Vec<_> =
                shards.iter_mut().filter(|shard| shard.read.is_empty() && !shard.ended).collect();
            if !dry.is_empty() {
                let wanted = share.min(limit - found.len()) + ends;
                try_join_all(dry.into_iter().map(|shard| self.go_on(shard, wanted))).await?;
                continue;
            }
            match self.take_first(&mut shards) {
                Some(entry) => found.push(entry),
                None => break,
            }
        }
        Ok(found)
    }

    async fn go_on(&self, shard: &mut Shard<T>, wanted: usize) -> Result<(), Error> {
        let page = self.store.page(shard.query.clone(), wanted, shard.next.take(), self.kind).await?;
        for attributes in page.found {
            shard.read.extend((self.read)(attributes)?);
        }
        shard.ended = page.next.is_none();
        shard.next = page.next;
        Ok(())
    }

    fn take_first(&self, shards: &mut [Shard<T>]) -> Option<T> {
        let heads = shards.iter().enumerate().filter_map(|(index, shard)| Some((index, shard.read.front()?)));
        let first =
            heads.reduce(|first, next| if (self.comes_first)(next.1, first.1) { next } else { first });
        let (index, _) = first?;
        shards[index].read.pop_front()
    }
}
