//! The database file: how it is opened, and its tables.
//!
//! Each put makes a new row, whose number is the place of the change in the feed: the table *is* the log that the feed
//! catches up from, and no second index is written for it. Rows have numbers (no `WITHOUT ROWID`): bodies then stay
//! out of the tree of keys, which halves the bytes written.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags};

use crate::Error;

/// What survives what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// What was acknowledged survives the loss of power: the file system is asked to make each commit durable.
    PowerLoss,
    /// What was acknowledged survives the end of the process only. For tests.
    ProcessEnd,
}

/// The name of the file in the data directory.
pub(super) const FILE: &str = "roundtrip.db";
/// The format this program writes, in `PRAGMA user_version`.
const FORMAT: i64 = 1;
/// How long to wait for another process that holds the database, such as a shell or a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);
/// The log file is cut to this size when it starts anew.
const LOG_BYTES_KEPT: i64 = 32 * 1024 * 1024;
/// Pages in memory for the writer and for each reader, in KiB. The rest is the operating system's cache.
const WRITER_CACHE_KIB: i64 = 4 * 1024;
const READER_CACHE_KIB: i64 = 512;

/// `sequence` names the newest number that may ever have been given to a change, see `numbers`.
/// The body comes last, so that the other columns are read without it.
const TABLES: &str = "
    CREATE TABLE items (
        sequence  INTEGER PRIMARY KEY,
        partition TEXT    NOT NULL,
        sort      TEXT    NOT NULL,
        version   INTEGER NOT NULL,
        wake_at   INTEGER,
        list      TEXT,
        place     TEXT,
        summary   BLOB,
        body      BLOB    NOT NULL,
        UNIQUE (partition, sort)
    );
    CREATE INDEX due    ON items (wake_at)     WHERE wake_at IS NOT NULL;
    CREATE INDEX listed ON items (list, place) WHERE list    IS NOT NULL;
    CREATE TABLE numbers (sequence INTEGER NOT NULL);
    INSERT INTO numbers VALUES (0);
    CREATE TABLE cursors (feed TEXT PRIMARY KEY, sequence INTEGER NOT NULL);
";

/// The connection that writes; makes the tables of a new database.
pub(super) fn open_writer(path: &Path, durability: Durability) -> Result<Connection, Error> {
    let open = || {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map(|found| (connection, found))
    };
    let (mut connection, found): (_, i64) = open().map_err(|source| failed(path, source))?;
    if found > FORMAT {
        return Err(Error::Newer { path: path.to_owned(), found, known: FORMAT });
    }
    prepare(&mut connection, durability, found).map_err(|source| failed(path, source))?;
    Ok(connection)
}

fn prepare(connection: &mut Connection, durability: Durability, found: i64) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "wal")?;
    let synchronous = match durability {
        Durability::PowerLoss => "full",
        Durability::ProcessEnd => "off",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    // The writer makes its own, after it has answered.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES_KEPT)?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    if found == 0 {
        let transaction = connection.transaction()?;
        transaction.execute_batch(TABLES)?;
        transaction.pragma_update(None, "user_version", FORMAT)?;
        transaction.commit()?;
    }
    Ok(())
}

/// A connection that reads. The writer has been opened before.
pub(super) fn open_reader(path: &Path) -> Result<Connection, Error> {
    let open = || {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
        Ok(connection)
    };
    open().map_err(|source| failed(path, source))
}

fn failed(path: &Path, source: rusqlite::Error) -> Error {
    Error::Database { path: path.to_owned(), source }
}
