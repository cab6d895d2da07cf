//! The items of a file, one a line, and what an expression says of each.

use ports::{
    engine::Rendering,
    run::{Attempt, Surroundings},
};
use serde_json::{Map, Value as Json};

use super::file::Source;
use crate::{
    items::{Part, Rows},
    plain::said,
};

/// Bytes of one item.
const ITEM_BYTES_MAX: usize = 1 << 20;
/// Items whose expression is rendered at once.
const BATCH_ITEMS_MAX: usize = 1_000;
/// Bytes after which a batch takes no further item.
const BATCH_BYTES_MAX: usize = 1 << 20;

/// Reads an item that is ION and not JSON, in the words of the engine.
const FROM_ION: &str = "{{ fromIon(item) | toJson }}";

/// A line of the file.
#[derive(Debug)]
pub(crate) struct Item {
    /// The number of the line, from 1.
    line: u64,
    /// Without its end.
    pub(super) bytes: Vec<u8>,
}

/// The items of a file, in their order. Blank lines are none.
pub(crate) struct Items {
    rows: Rows,
    uri: String,
    line: u64,
}

impl Items {
    /// # Errors
    /// When there is no such file, or it cannot be read now.
    pub(crate) async fn open(source: &Source, surroundings: &Surroundings) -> Result<Self, String> {
        let reading = source.open(&*surroundings.blobs, None).await?;
        Ok(Self { rows: Rows::new(reading.stream), uri: source.uri.clone(), line: 0 })
    }

    /// # Errors
    /// When the file cannot be read on, or the item is larger than [`ITEM_BYTES_MAX`].
    pub(super) async fn next(&mut self) -> Result<Option<Item>, String> {
        let mut bytes = Vec::new();
        loop {
            let part = self.rows.next().await;
            match part.map_err(|error| format!("{} cannot be read: {error}", self.uri))? {
                None => return Ok(None),
                Some(Part::Bytes(range)) => {
                    let part = self.rows.bytes(range);
                    if bytes.len() + part.len() > ITEM_BYTES_MAX {
                        return Err(format!(
                            "line {} of {} has more than {ITEM_BYTES_MAX} bytes; that is the limit of an item",
                            self.line + 1,
                            self.uri
                        ));
                    }
                    bytes.extend_from_slice(part);
                }
                Some(Part::End) => {
                    self.line += 1;
                    if !bytes.trim_ascii().is_empty() {
                        return Ok(Some(Item { line: self.line, bytes }));
                    }
                    bytes.clear();
                }
            }
        }
    }

    /// The next items, none at the end of the file.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub(crate) async fn batch(&mut self) -> Result<Vec<Item>, String> {
        let mut batch = Vec::new();
        let mut size = 0;
        while batch.len() < BATCH_ITEMS_MAX && size < BATCH_BYTES_MAX {
            let Some(item) = self.next().await? else { break };
            size += item.bytes.len();
            batch.push(item);
        }
        Ok(batch)
    }
}

/// Renders an expression for each item of a batch, with its fields as variables. The inner `Err` says what is wrong
/// with an item, or why the expression failed.
///
/// # Errors
/// The engine's.
pub(super) async fn rendered(
    expression: &str,
    batch: &[Item],
    attempt: &Attempt,
    surroundings: &Surroundings,
) -> Result<Vec<Result<String, String>>, String> {
    let mut sound = Vec::with_capacity(batch.len());
    let mut problems = Vec::with_capacity(batch.len());
    for fields in fields(batch, attempt, surroundings).await? {
        problems.push(fields.map(|fields| sound.push(fields)).err());
    }
    let mut texts = ask(expression, sound, attempt, surroundings).await?.into_iter();
    let each = problems.into_iter().zip(batch).map(|(problem, item)| match problem {
        Some(problem) => Err(problem),
        None => texts
            .next()
            .unwrap_or_else(|| Err("it was not rendered".to_owned()))
            .map_err(|why| format!("line {}: {why}", item.line)),
    });
    Ok(each.collect())
}

/// The items of a batch as maps. The inner `Err` says what is wrong with one, and in which line.
///
/// # Errors
/// The engine's.
pub(crate) async fn fields(
    batch: &[Item],
    attempt: &Attempt,
    surroundings: &Surroundings,
) -> Result<Vec<Result<Map<String, Json>, String>>, String> {
    let mut json = Vec::with_capacity(batch.len());
    for item in batch {
        json.push(serde_json::from_slice::<Map<String, Json>>(&item.bytes).ok());
    }
    let not_json = json.iter().zip(batch).filter(|(fields, _)| fields.is_none());
    let as_text = |(_, item): (_, &Item)| {
        let text = String::from_utf8_lossy(&item.bytes).into_owned();
        Map::from_iter([("item".to_owned(), Json::String(text))])
    };
    let ion = ask(FROM_ION, not_json.map(as_text).collect(), attempt, surroundings).await?;
    let mut ion = ion.into_iter();
    let each = json.into_iter().zip(batch).map(|(fields, item)| {
        let fields = fields.map_or_else(|| of_ion(ion.next()), Ok);
        fields.map_err(|why| format!("line {}: {why}", item.line))
    });
    Ok(each.collect())
}

async fn ask(
    expression: &str,
    variables: Vec<Map<String, Json>>,
    attempt: &Attempt,
    surroundings: &Surroundings,
) -> Result<Vec<Result<String, String>>, String> {
    if variables.is_empty() {
        return Ok(Vec::new());
    }
    let rendering = Rendering { expression: expression.to_owned(), variables };
    let engine = &surroundings.engine;
    engine.render(&attempt.tenant, attempt.execution, attempt.task_run, &rendering).await.map_err(said)
}

fn of_ion(rendered: Option<Result<String, String>>) -> Result<Map<String, Json>, String> {
    let json = rendered.and_then(Result::ok);
    let fields = json.and_then(|json| serde_json::from_str(&json).ok());
    fields.ok_or_else(|| "it is not an item: a map in JSON or ION, on one line".to_owned())
}
