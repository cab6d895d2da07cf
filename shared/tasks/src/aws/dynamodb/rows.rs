//! What becomes of items that were found: outputs, or a file.

use engine::{
    execution::Metric,
    flow::{PropertyType, Shape},
};
use ports::Answer;
use serde_json::{Map, Value as Json, json};

use super::value::{Attributes, row};
use crate::{
    aws::Work,
    plain::{Done, Made},
    properties::{Properties, property},
    storage::Target,
};

/// Bytes of rows that are outputs, as JSON: what outputs may have.
const FETCHED_BYTES_MAX: usize = 1 << 20;

/// A page of items, and where the next one begins.
pub(super) type Page = Result<(Vec<Attributes>, Option<Attributes>), String>;

pub(super) const FETCH: PropertyType =
    property("fetchType", Shape::OneOf(&["STORE", "FETCH", "FETCH_ONE", "NONE"]));
pub(super) const LIMIT: PropertyType = property("limit", Shape::Integer);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fetch {
    Store,
    All,
    One,
    Nothing,
}

/// How many items are wanted, and what for.
#[derive(Debug)]
pub(super) struct Wanted {
    fetch: Fetch,
    limit: Option<u64>,
    table: String,
}

impl Wanted {
    pub(super) fn read(properties: &mut Properties<'_>) -> Self {
        let fetch = |word: &str| match word {
            "STORE" => Some(Fetch::Store),
            "FETCH" => Some(Fetch::All),
            "FETCH_ONE" => Some(Fetch::One),
            "NONE" => Some(Fetch::Nothing),
            _ => None,
        };
        let limit = properties.whole("limit");
        if limit == Some(0) {
            properties.problem("`limit` must be at least 1".to_owned());
        }
        let fetch = properties.word("fetchType", fetch).unwrap_or(Fetch::Store);
        Self { fetch, limit, table: properties.text("tableName").unwrap_or_default() }
    }

    /// Asks for one page after the other until there are as many items as are wanted, or no more. A page is asked for by
    /// where it begins and how many items it needs at most.
    ///
    /// # Errors
    /// The service's, or that there are too many for outputs.
    pub(super) async fn gather<'a>(
        &self,
        work: Work<'a>,
        ask: impl Fn(Option<Attributes>, Option<i32>) -> Answer<'a, Page>,
    ) -> Done {
        let limit = if self.fetch == Fetch::One { Some(1) } else { self.limit };
        let mut rows = Rows::open(self.fetch, work)?;
        let mut from = None;
        loop {
            let left = limit.map(|limit| limit - rows.count);
            let page_limit = self.limit.and(left).map(|it| i32::try_from(it).unwrap_or(i32::MAX));
            let (items, next) = ask(from, page_limit).await?;
            let wanted = left.map_or(usize::MAX, |it| usize::try_from(it).unwrap_or(usize::MAX));
            for item in items.into_iter().take(wanted) {
                rows.add(row(item)).await?;
            }
            from = next;
            if from.is_none() || limit.is_some_and(|limit| rows.count >= limit) {
                break;
            }
        }
        let count = rows.count;
        let made = rows.finish().await?;
        Ok(made.measured([Metric::counter("records", count).tagged("tableName", self.table.clone())]))
    }
}

struct Rows {
    fetch: Fetch,
    count: u64,
    bytes: usize,
    gathered: Vec<Json>,
    file: Option<Target>,
}

impl Rows {
    fn open(fetch: Fetch, work: Work<'_>) -> Result<Self, String> {
        let file = match fetch {
            Fetch::Store => Some(Target::open(work.attempt, work.surroundings, "rows.ion")?),
            Fetch::All | Fetch::One | Fetch::Nothing => None,
        };
        Ok(Self { fetch, count: 0, bytes: 0, gathered: Vec::new(), file })
    }

    async fn add(&mut self, row: Map<String, Json>) -> Result<(), String> {
        self.count += 1;
        let row = Json::Object(row);
        match (&mut self.file, self.fetch) {
            (Some(file), _) => file.write(format!("{row}\n").as_bytes()).await,
            (None, Fetch::Nothing) => {}
            (None, Fetch::Store | Fetch::All | Fetch::One) => {
                self.bytes += row.to_string().len();
                if self.bytes > FETCHED_BYTES_MAX {
                    return Err(format!(
                        "the rows have more than {FETCHED_BYTES_MAX} bytes, which is what outputs may have: use \
                         `fetchType: STORE`"
                    ));
                }
                self.gathered.push(row);
            }
        }
        Ok(())
    }

    async fn finish(self) -> Done {
        let mut made = Made::default();
        match self.fetch {
            Fetch::Store => {
                if let Some(file) = self.file {
                    made.put("uri", file.finish().await?);
                }
            }
            Fetch::All => made.put("rows", Json::Array(self.gathered)),
            Fetch::One => {
                if let Some(row) = self.gathered.into_iter().next() {
                    made.put("row", row);
                }
            }
            Fetch::Nothing => {}
        }
        made.put("size", json!(self.count));
        Ok(made)
    }
}
