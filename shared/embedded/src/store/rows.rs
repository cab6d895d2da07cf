//! The statements of the readers, and rows as items.

use bytes::Bytes;
use engine::time::Timestamp;
use ports::store::{Change, Content, Direction, Due, Entry, Item, Key, Listed, Version};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    feed::Told,
    range::Bounds,
    statements::{from_column, to_column},
};

pub(super) fn get(connection: &Connection, key: &Key) -> rusqlite::Result<Option<Item>> {
    connection
        .prepare_cached(
            "SELECT version, wake_at, list, place, summary, body FROM items WHERE partition = ?1 AND sort = ?2",
        )?
        .query_row([&key.partition, &key.sort], |row| {
            Ok(Item {
                key: key.clone(),
                version: Version(from_column(row.get(0)?)),
                content: content(row, 1)?,
            })
        })
        .optional()
}

pub(super) fn query(
    connection: &Connection,
    partition: &str,
    bounds: &Bounds,
) -> rusqlite::Result<Vec<Item>> {
    let sql = match bounds.direction {
        Direction::Ascending => {
            "SELECT sort, version, wake_at, list, place, summary, body FROM items
             WHERE partition = ?1 AND sort >= ?2 AND sort < ?3 ORDER BY sort LIMIT ?4"
        }
        Direction::Descending => {
            "SELECT sort, version, wake_at, list, place, summary, body FROM items
             WHERE partition = ?1 AND sort >= ?2 AND sort < ?3 ORDER BY sort DESC LIMIT ?4"
        }
    };
    connection
        .prepare_cached(sql)?
        .query_map(params![partition, bounds.lower, bounds.upper, bounds.limit], |row| {
            Ok(Item {
                key: Key { partition: partition.to_owned(), sort: row.get(0)? },
                version: Version(from_column(row.get(1)?)),
                content: content(row, 2)?,
            })
        })?
        .collect()
}

pub(super) fn list(connection: &Connection, list: &str, bounds: &Bounds) -> rusqlite::Result<Vec<Listed>> {
    let sql = match bounds.direction {
        Direction::Ascending => {
            "SELECT partition, sort, place, summary FROM items
             WHERE list = ?1 AND place >= ?2 AND place < ?3 ORDER BY place LIMIT ?4"
        }
        Direction::Descending => {
            "SELECT partition, sort, place, summary FROM items
             WHERE list = ?1 AND place >= ?2 AND place < ?3 ORDER BY place DESC LIMIT ?4"
        }
    };
    connection
        .prepare_cached(sql)?
        .query_map(params![list, bounds.lower, bounds.upper, bounds.limit], |row| {
            Ok(Listed { key: key(row, 0)?, place: row.get(2)?, summary: bytes(row, 3)? })
        })?
        .collect()
}

pub(super) fn due(connection: &Connection, now: Timestamp, limit: i64) -> rusqlite::Result<Vec<Due>> {
    connection
        .prepare_cached(
            "SELECT partition, sort, wake_at FROM items WHERE wake_at <= ?1 ORDER BY wake_at, sequence LIMIT ?2",
        )?
        .query_map(params![now.as_millis(), limit], |row| {
            Ok(Due {
                key: key(row, 0)?,
                wake_at: Timestamp::from_millis(row.get(2)?),
            })
        })?
        .collect()
}

pub(super) fn next_due(connection: &Connection) -> rusqlite::Result<Option<Timestamp>> {
    connection
        .prepare_cached("SELECT min(wake_at) FROM items WHERE wake_at IS NOT NULL")?
        .query_row([], |row| row.get::<_, Option<i64>>(0))
        .map(|millis| millis.map(Timestamp::from_millis))
}

/// The items whose newest put came after this sequence, in that order.
pub(super) fn changes_after(
    connection: &Connection,
    sequence: u64,
    limit: i64,
) -> rusqlite::Result<Vec<Told>> {
    connection
        .prepare_cached(
            "SELECT sequence, partition, sort, version, wake_at, list, place, summary, body FROM items
             WHERE sequence > ?1 ORDER BY sequence LIMIT ?2",
        )?
        .query_map(params![to_column(sequence), limit], |row| {
            Ok(Told {
                sequence: from_column(row.get(0)?),
                change: Change {
                    key: key(row, 1)?,
                    version: Version(from_column(row.get(3)?)),
                    content: Some(content(row, 4)?),
                },
            })
        })?
        .collect()
}

pub(super) fn cursor(connection: &Connection, feed: &str) -> rusqlite::Result<Option<u64>> {
    connection
        .query_row("SELECT sequence FROM cursors WHERE feed = ?1", [feed], |row| row.get(0))
        .optional()
        .map(|sequence| sequence.map(from_column))
}

fn key(row: &Row<'_>, first: usize) -> rusqlite::Result<Key> {
    Ok(Key { partition: row.get(first)?, sort: row.get(first + 1)? })
}

/// From the columns `wake_at, list, place, summary, body`.
fn content(row: &Row<'_>, first: usize) -> rusqlite::Result<Content> {
    let list: Option<String> = row.get(first + 1)?;
    let entry = match list {
        None => None,
        Some(list) => Some(Entry { list, place: row.get(first + 2)?, summary: bytes(row, first + 3)? }),
    };
    Ok(Content {
        body: bytes(row, first + 4)?,
        wake_at: row.get::<_, Option<i64>>(first)?.map(Timestamp::from_millis),
        entry,
        expires_at: None,
    })
}

fn bytes(row: &Row<'_>, column: usize) -> rusqlite::Result<Bytes> {
    let value = row.get_ref(column)?;
    value.as_blob().map(Bytes::copy_from_slice).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, value.data_type(), Box::new(error))
    })
}
