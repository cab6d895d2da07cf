//! Items beside an execution that hold what does not fit into its own: which of them count.
//!
//! They are written before the execution's item names them. A holder that lost its lease may have written some that
//! nobody names; so each is named by its number and by who wrote it.

use engine::id::ExecutionId;
use ports::store::{Condition, Content, Direction, Key, PAGE_ITEMS_MAX, Range, Write};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Error, Service, keys, record};

/// The chunks of one kind that count, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Chunks {
    written: Vec<Written>,
}

/// Consecutive ones of one writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Written {
    #[serde(rename = "b")]
    by: u128,
    #[serde(rename = "f")]
    from: u32,
    /// Not one of them any more.
    #[serde(rename = "t")]
    to: u32,
}

impl Chunks {
    pub(crate) fn is_empty(&self) -> bool {
        self.written.is_empty()
    }

    /// The number of the next one.
    fn next(&self) -> u32 {
        self.written.last().map_or(0, |it| it.to)
    }

    fn add(&mut self, by: u128) {
        let next = self.next();
        match self.written.last_mut() {
            Some(last) if last.by == by => last.to += 1,
            _ => self.written.push(Written { by, from: next, to: next + 1 }),
        }
    }

    pub(crate) fn keys(&self, tenant: &str, id: ExecutionId, kind: &str) -> Vec<Key> {
        let numbers = self.written.iter().flat_map(|it| (it.from..it.to).map(|number| (number, it.by)));
        numbers.map(|(number, by)| keys::chunk(tenant, id, kind, number, by)).collect()
    }
}

impl Service {
    /// Writes the next chunk of a kind. It counts once the execution's item is written with `chunks`.
    pub(crate) async fn write_chunk<T: Serialize>(
        &self,
        (tenant, id): (&str, ExecutionId),
        kind: &str,
        (chunks, by): (&mut Chunks, u128),
        chunk: &T,
    ) -> Result<(), Error> {
        let key = keys::chunk(tenant, id, kind, chunks.next(), by);
        let content = Content { body: record::encode(chunk)?, ..Content::default() };
        let body = content.body.clone();
        let put = Write::Put { key: key.clone(), condition: Condition::None, content };
        self.write(&key, &body, vec![put]).await?;
        chunks.add(by);
        Ok(())
    }

    /// The chunks of a kind that count, in order.
    pub(crate) async fn read_chunks<T: DeserializeOwned>(
        &self,
        tenant: &str,
        id: ExecutionId,
        kind: &str,
        chunks: &Chunks,
    ) -> Result<Vec<T>, Error> {
        if chunks.is_empty() {
            return Ok(Vec::new());
        }
        let wanted = chunks.keys(tenant, id, kind);
        let partition = keys::execution_partition(tenant, id);
        let mut found = Vec::with_capacity(wanted.len());
        let mut wanted = wanted.into_iter().peekable();
        let mut after: Option<String> = None;
        loop {
            let range = Range {
                prefix: kind,
                after: after.as_deref(),
                direction: Direction::Ascending,
                limit: PAGE_ITEMS_MAX,
            };
            let page = self.store().query(&partition, range).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.key.sort.clone());
            for item in page {
                if wanted.next_if(|key| *key == item.key).is_some() {
                    found.push(record::decode(&item.content.body)?);
                }
            }
            if wanted.peek().is_none() {
                return Ok(found);
            }
        }
        Err(Error::Locked(format!("parts of execution {id} are missing")))
    }
}
