//! Reads: an item, a partition, and indexes whose shards are merged.
//!
//! Reads have no effect, so the SDK repeats them as it is configured to.

use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::AttributeValue};
use engine::time::Timestamp;
use ports::store::{Direction, Due, Error, Item, KEY_BYTES_MAX, Key, Listed, PAGE_ITEMS_MAX, Range};

use super::{
    DUE, LIST, Store,
    counts::{self, Counts},
    item::{self, Attributes},
    merge::Merge,
    outcome::Failure,
    range::Bounds,
    shard::{self, DUE_SHARDS, LIST_SHARDS},
    units,
};

impl Store {
    pub(super) async fn read_item(&self, key: &Key) -> Result<Option<Item>, Error> {
        if !may_stand(&key.partition) || !may_stand(&key.sort) {
            return Ok(None);
        }
        let sent = self.client.get_item().table_name(&self.table).set_key(Some(item::key_attributes(key)));
        let sent = sent.consistent_read(true).set_return_consumed_capacity(self.capacity()).send().await;
        let answer = sent.map_err(|error| Failure::of(&error).of_read())?;
        self.counters.add(|counts| {
            counts.gets += 1;
            counts.units += units::read(&answer.item, false);
            counts.told += answer.consumed_capacity.as_ref().map(counts::told_of_read).unwrap_or_default();
        });
        answer.item.map(item::item).transpose()
    }

    pub(super) async fn read_partition(&self, partition: &str, range: Range<'_>) -> Result<Vec<Item>, Error> {
        let bounds = Bounds::new(range)?;
        if !may_stand(partition) {
            return Ok(Vec::new());
        }
        let query = between(self.client.query(), item::SORT, &bounds).consistent_read(true);
        let query = in_partition(query, item::PARTITION, partition.to_owned());
        let mut items: Vec<Item> = Vec::new();
        let mut start = None;
        while items.len() < bounds.limit {
            let missing = bounds.limit - items.len() + bounds.ends();
            let page = self.page(query.clone(), missing, start, |counts| &mut counts.queries).await?;
            for attributes in page.found {
                let item = item::item(attributes)?;
                if bounds.holds(&item.key.sort) {
                    items.push(item);
                }
            }
            start = page.next;
            if start.is_none() {
                break;
            }
        }
        items.truncate(bounds.limit);
        Ok(items)
    }

    pub(super) async fn read_list(&self, list: &str, range: Range<'_>) -> Result<Vec<Listed>, Error> {
        let bounds = Bounds::new(range)?;
        if !may_stand(list) {
            return Ok(Vec::new());
        }
        let query = between(self.client.query(), item::PLACE, &bounds).index_name(LIST);
        let shards = (0..LIST_SHARDS)
            .map(|shard| in_partition(query.clone(), item::LIST, shard::list_shard(shard, list)));
        let merge = Merge {
            store: self,
            kind: |counts| &mut counts.lists,
            read: &|attributes| {
                item::listed(attributes).map(|listed| bounds.holds(&listed.place).then_some(listed))
            },
            comes_first: &|one: &Listed, other: &Listed| match range.direction {
                Direction::Ascending => one.place < other.place,
                Direction::Descending => one.place > other.place,
            },
        };
        merge.first(bounds.limit, bounds.ends(), shards).await
    }

    /// What is due at `now`, or ever.
    pub(super) async fn read_due(&self, now: Option<Timestamp>, limit: usize) -> Result<Vec<Due>, Error> {
        let query = self.client.query().index_name(DUE);
        let query = match now {
            Some(now) => query
                .key_condition_expression("#hash = :hash AND #sort <= :now")
                .expression_attribute_names("#sort", item::WAKE_AT)
                .expression_attribute_values(":now", item::number(now.as_millis())),
            None => query.key_condition_expression("#hash = :hash"),
        };
        let shards = (0..DUE_SHARDS)
            .map(|shard| in_partition(query.clone(), item::WAKE_SHARD, shard::due_shard(shard)));
        let merge = Merge {
            store: self,
            kind: |counts| &mut counts.dues,
            read: &|attributes| item::due(attributes).map(Some),
            comes_first: &|one: &Due, other: &Due| one.wake_at < other.wake_at,
        };
        merge.first(limit.min(PAGE_ITEMS_MAX), 0, shards).await
    }

    /// One request: at most 1 MB, at most `limit` items.
    pub(super) async fn page(
        &self,
        query: QueryFluentBuilder,
        limit: usize,
        start: Option<Attributes>,
        kind: fn(&mut Counts) -> &mut u64,
    ) -> Result<Page, Error> {
        let limit = i32::try_from(limit).expect("a page is small");
        let from_index = query.get_index_name().is_some();
        let sent = query.table_name(&self.table).limit(limit).set_exclusive_start_key(start);
        let sent = sent.set_return_consumed_capacity(self.capacity());
        let answer = Box::pin(sent.send()).await.map_err(|error| Failure::of(&error).of_read())?;
        let found = answer.items.unwrap_or_default();
        self.counters.add(|counts| {
            *kind(counts) += 1;
            counts.units += units::read(&found, from_index);
            counts.told += answer.consumed_capacity.as_ref().map(counts::told_of_read).unwrap_or_default();
        });
        Ok(Page { found, next: answer.last_evaluated_key.filter(|key| !key.is_empty()) })
    }
}

pub(super) struct Page {
    pub(super) found: Vec<Attributes>,
    /// Where the next one starts; `None` when nothing follows.
    pub(super) next: Option<Attributes>,
}

/// Adds what the range asks of the sort key.
fn between(query: QueryFluentBuilder, sort: &str, bounds: &Bounds<'_>) -> QueryFluentBuilder {
    let query = query.scan_index_forward(bounds.ascending());
    let Some(comparison) = bounds.comparison() else {
        return query.key_condition_expression("#hash = :hash");
    };
    let query = query.key_condition_expression(format!("#hash = :hash AND {}", comparison.expression));
    let query = query.expression_attribute_names("#sort", sort);
    let query = query.expression_attribute_values(":from", AttributeValue::S(comparison.from));
    match comparison.to {
        Some(to) => query.expression_attribute_values(":to", AttributeValue::S(to)),
        None => query,
    }
}

fn in_partition(query: QueryFluentBuilder, name: &str, partition: String) -> QueryFluentBuilder {
    let query = query.expression_attribute_names("#hash", name);
    query.expression_attribute_values(":hash", AttributeValue::S(partition))
}

/// What is no part of a key stands nowhere, and the service refuses to look for it.
fn may_stand(part: &str) -> bool {
    (1..=KEY_BYTES_MAX).contains(&part.len())
}
