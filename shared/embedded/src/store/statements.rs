//! The statements of the writer: one write each, with its condition in the statement where that is possible.

use engine::time::Timestamp;
use ports::store::{Condition, Content, Key, Version, Write};
use rusqlite::{Connection, OptionalExtension, Statement, params};

/// Numbers reserved at a time: one more row is written per so many changes, and a crash skips at most so many.
const NUMBERS_RESERVED: u64 = 1 << 16;

/// What a write did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Applied {
    Put {
        sequence: u64,
        version: Version,
    },
    Removed {
        sequence: u64,
        version: Version,
    },
    /// There was nothing to remove.
    Nothing,
}

pub(super) struct Statements<'c> {
    begin: Statement<'c>,
    commit: Statement<'c>,
    version: Statement<'c>,
    insert: Statement<'c>,
    replace: Statement<'c>,
    replace_any: Statement<'c>,
    delete: Statement<'c>,
    delete_any: Statement<'c>,
    reserve: Statement<'c>,
    cursor: Statement<'c>,
    numbers: Numbers,
}

/// The numbers of changes. Those of removed rows must not come again, or a feed that continues from its cursor would
/// miss a change: so the database knows up to where numbers may have been given.
struct Numbers {
    last: u64,
    reserved: u64,
}

impl<'c> Statements<'c> {
    pub(super) fn prepare(connection: &'c Connection) -> rusqlite::Result<Self> {
        let last = last_sequence(connection)?;
        Ok(Self {
            begin: connection.prepare("BEGIN IMMEDIATE")?,
            commit: connection.prepare("COMMIT")?,
            version: connection.prepare("SELECT version FROM items WHERE partition = ?1 AND sort = ?2")?,
            insert: connection.prepare(
                "INSERT INTO items (sequence, partition, sort, version, wake_at, list, place, summary, body)
                 VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (partition, sort) DO NOTHING",
            )?,
            // A new row number: the old row goes and a new one is added at the end.
            replace: connection.prepare(
                "UPDATE items SET sequence = ?1, version = ?9 + 1, wake_at = ?4, list = ?5, place = ?6, summary = ?7,
                 body = ?8 WHERE partition = ?2 AND sort = ?3 AND version = ?9",
            )?,
            replace_any: connection.prepare(
                "UPDATE items SET sequence = ?1, version = version + 1, wake_at = ?4, list = ?5, place = ?6,
                 summary = ?7, body = ?8 WHERE partition = ?2 AND sort = ?3 RETURNING version",
            )?,
            delete: connection.prepare("DELETE FROM items WHERE partition = ?1 AND sort = ?2 AND version = ?3")?,
            delete_any: connection
                .prepare("DELETE FROM items WHERE partition = ?1 AND sort = ?2 RETURNING version")?,
            reserve: connection.prepare("UPDATE numbers SET sequence = ?1")?,
            cursor: connection.prepare(
                "INSERT INTO cursors (feed, sequence) VALUES (?1, ?2)
                 ON CONFLICT (feed) DO UPDATE SET sequence = excluded.sequence",
            )?,
            numbers: Numbers { last, reserved: last },
        })
    }

    pub(super) fn begin(&mut self) -> rusqlite::Result<()> {
        self.begin.execute([]).map(drop)
    }

    pub(super) fn commit(&mut self) -> rusqlite::Result<()> {
        self.commit.execute([]).map(drop)
    }

    /// The number of the newest change.
    pub(super) fn last_sequence(&self) -> u64 {
        self.numbers.last
    }

    /// A transaction failed, and the reservation may have gone with it.
    pub(super) fn forget_reserved(&mut self) {
        self.numbers.reserved = self.numbers.last;
    }

    pub(super) fn save_cursor(&mut self, feed: &str, sequence: u64) -> rusqlite::Result<()> {
        self.cursor.execute(params![feed, to_column(sequence)]).map(drop)
    }

    /// Whether the condition of a write holds now.
    pub(super) fn holds(&mut self, write: &Write) -> rusqlite::Result<bool> {
        let (key, condition) = match write {
            Write::Put { key, condition, .. } | Write::Delete { key, condition } => (key, condition),
        };
        Ok(match condition {
            Condition::None => true,
            Condition::Absent => self.version_of(key)?.is_none(),
            Condition::Version(version) => self.version_of(key)? == Some(*version),
        })
    }

    /// Makes a write; `None` when its condition does not hold.
    pub(super) fn apply(&mut self, write: &Write) -> rusqlite::Result<Option<Applied>> {
        match write {
            Write::Put { key, condition, content } => self.put(key, *condition, content),
            Write::Delete { key, condition } => self.remove(key, *condition),
        }
    }

    fn put(
        &mut self,
        key: &Key,
        condition: Condition,
        content: &Content,
    ) -> rusqlite::Result<Option<Applied>> {
        let sequence = self.next_sequence()?;
        let version = match condition {
            Condition::Absent => insert(&mut self.insert, sequence, key, content)?,
            Condition::Version(version) => replace(&mut self.replace, sequence, key, version, content)?,
            Condition::None => match replace_any(&mut self.replace_any, sequence, key, content)? {
                Some(version) => Some(version),
                None => insert(&mut self.insert, sequence, key, content)?,
            },
        };
        Ok(version.map(|version| Applied::Put { sequence, version }))
    }

    fn remove(&mut self, key: &Key, condition: Condition) -> rusqlite::Result<Option<Applied>> {
        let removed = match condition {
            Condition::Absent => {
                return Ok(self.version_of(key)?.is_none().then_some(Applied::Nothing));
            }
            Condition::Version(version) => {
                let row = params![key.partition, key.sort, to_column(version.0)];
                if self.delete.execute(row)? == 0 {
                    return Ok(None);
                }
                Some(version)
            }
            Condition::None => one_version(&mut self.delete_any, key)?,
        };
        let Some(version) = removed else {
            return Ok(Some(Applied::Nothing));
        };
        let sequence = self.next_sequence()?;
        Ok(Some(Applied::Removed { sequence, version }))
    }

    fn version_of(&mut self, key: &Key) -> rusqlite::Result<Option<Version>> {
        one_version(&mut self.version, key)
    }

    fn next_sequence(&mut self) -> rusqlite::Result<u64> {
        if self.numbers.last == self.numbers.reserved {
            let reserved = self.numbers.last + NUMBERS_RESERVED;
            self.reserve.execute([to_column(reserved)])?;
            self.numbers.reserved = reserved;
        }
        self.numbers.last += 1;
        Ok(self.numbers.last)
    }
}

/// The newest number that may have been given to a change of this database.
pub(super) fn last_sequence(connection: &Connection) -> rusqlite::Result<u64> {
    connection.query_row("SELECT sequence FROM numbers", [], |row| row.get(0)).map(from_column)
}

fn insert(
    statement: &mut Statement<'_>,
    sequence: u64,
    key: &Key,
    content: &Content,
) -> rusqlite::Result<Option<Version>> {
    bind(statement, sequence, key, content)?;
    Ok((statement.raw_execute()? == 1).then_some(Version(1)))
}

fn replace(
    statement: &mut Statement<'_>,
    sequence: u64,
    key: &Key,
    version: Version,
    content: &Content,
) -> rusqlite::Result<Option<Version>> {
    bind(statement, sequence, key, content)?;
    statement.raw_bind_parameter(9, to_column(version.0))?;
    Ok((statement.raw_execute()? == 1).then_some(Version(version.0.saturating_add(1))))
}

fn replace_any(
    statement: &mut Statement<'_>,
    sequence: u64,
    key: &Key,
    content: &Content,
) -> rusqlite::Result<Option<Version>> {
    bind(statement, sequence, key, content)?;
    let mut rows = statement.raw_query();
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(Version(from_column(row.get(0)?))))
}

/// Parameters 1 to 8 of the statements that put.
fn bind(statement: &mut Statement<'_>, sequence: u64, key: &Key, content: &Content) -> rusqlite::Result<()> {
    let entry = content.entry.as_ref();
    statement.raw_bind_parameter(1, to_column(sequence))?;
    statement.raw_bind_parameter(2, key.partition.as_str())?;
    statement.raw_bind_parameter(3, key.sort.as_str())?;
    statement.raw_bind_parameter(4, content.wake_at.map(Timestamp::as_millis))?;
    statement.raw_bind_parameter(5, entry.map(|entry| entry.list.as_str()))?;
    statement.raw_bind_parameter(6, entry.map(|entry| entry.place.as_str()))?;
    statement.raw_bind_parameter(7, entry.map(|entry| &entry.summary[..]))?;
    statement.raw_bind_parameter(8, &content.body[..])
}

fn one_version(statement: &mut Statement<'_>, key: &Key) -> rusqlite::Result<Option<Version>> {
    let version = statement.query_row(params![key.partition, key.sort], |row| row.get(0)).optional()?;
    Ok(version.map(|version| Version(from_column(version))))
}

/// `SQLite`'s integers have a sign. What does not fit was never stored, and so equals nothing that is.
pub(super) fn to_column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(-1)
}

pub(super) fn from_column(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
