//! Runs the statements, and takes the rows of the last one.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
};

use duckdb::{Connection, Statement, params_from_iter, types::Value};
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json};
use tasks::duckdb::wire::{self, Answer, Fetch, Request};

use crate::{cell::Cell, columns::Columns, error::Error, spell};

/// # Errors
/// What DuckDB says of the first statement that fails; rows that cannot be told.
pub(crate) fn all(connection: &Connection, request: &Request) -> Result<Answer, Error> {
    let zone = TimeZone::get(&request.time_zone).map_err(Error::TimeZone)?;
    let mut answer = Answer::default();
    for (index, statement) in request.statements.iter().enumerate() {
        let is_last = index + 1 == request.statements.len();
        let mut prepared = connection.prepare(&statement.sql)?;
        let parameters = params_from_iter(statement.parameters.iter().map(parameter));
        if !statement.gives_rows {
            prepared.execute(parameters)?;
            continue;
        }
        // Rows come as they are asked for; all at once they might not fit into memory.
        let _ = prepared.stream_arrow(parameters)?;
        if is_last && request.fetch != Fetch::Nothing {
            answer = take(&prepared, request.fetch, zone.clone())?;
        } else {
            while prepared.step()?.is_some() {}
        }
    }
    Ok(answer)
}

/// Lists and maps are refused before.
fn parameter(value: &Json) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Boolean(*flag),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(whole), _) => Value::BigInt(whole),
            (None, Some(whole)) => Value::UBigInt(whole),
            (None, None) => number.as_f64().map_or(Value::Null, Value::Double),
        },
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(_) | Json::Object(_) => Value::Text(value.to_string()),
    }
}

fn take(statement: &Statement<'_>, fetch: Fetch, zone: TimeZone) -> Result<Answer, Error> {
    let columns = Columns::of(statement, zone)?;
    let mut answer = Answer { has_rows: true, ..Answer::default() };
    let mut rows = statement.raw_query();
    match fetch {
        Fetch::Nothing => {}
        Fetch::Store => {
            // A statement may have made something of this name.
            let _ = fs::remove_file(wire::ROWS);
            let mut file = BufWriter::new(File::create_new(wire::ROWS)?);
            let mut line = String::new();
            while let Some(row) = rows.next()? {
                line.clear();
                spell::ion(&Cell::Fields(columns.read(row)?), &mut line);
                line.push('\n');
                file.write_all(line.as_bytes())?;
                answer.size += 1;
            }
            file.flush()?;
        }
        Fetch::All | Fetch::One => {
            let mut bytes = 0;
            while let Some(row) = rows.next()? {
                let fields = columns.read(row)?;
                let fields: Map<String, Json> =
                    fields.into_iter().map(|(name, cell)| (name, spell::json(&cell))).collect();
                bytes += serde_json::to_string(&fields)?.len();
                if bytes > wire::FETCH_BYTES_MAX {
                    return Err(Error::TooMuch(wire::FETCH_BYTES_MAX));
                }
                answer.rows.push(fields);
                answer.size += 1;
                if fetch == Fetch::One {
                    break;
                }
            }
        }
    }
    Ok(answer)
}
