//! The program that links DuckDB: does one request (`tasks::duckdb`) in its working directory, locked in.
//!
//! It is told nothing but what stands in `wire::REQUEST`, and leaves `wire::ANSWER`. It does not trust the SQL: limits
//! of the system come first (`confine`), then those of DuckDB (`database`), and only then a statement is run.

mod cell;
mod columns;
mod confine;
mod database;
mod error;
mod run;
mod spell;

use std::{
    fs::{self, File},
    io::{self, BufReader, BufWriter, Write},
    process::ExitCode,
};

use tasks::duckdb::wire::{self, Answer, Request};

use crate::error::Error;

fn main() -> ExitCode {
    let answer =
        work().unwrap_or_else(|error| Answer { problem: Some(error.to_string()), ..Answer::default() });
    match leave(&answer) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Standard error is the log of the attempt; there is nobody to tell that it is closed.
            let _ = writeln!(io::stderr(), "the answer cannot be written: {error}");
            ExitCode::FAILURE
        }
    }
}

fn work() -> Result<Answer, Error> {
    let request: Request = serde_json::from_reader(BufReader::new(File::open(wire::REQUEST)?))?;
    let memory = confine::memory();
    confine::limit(memory)?;
    confine::shut(request.network)?;
    let directory = std::env::current_dir()?;
    let connection = database::open(&request, &directory, memory)?;
    let answer = run::all(&connection, &request)?;
    // Writes what is still in memory into the file of the database.
    connection.close().map_err(|(_, error)| error)?;
    Ok(answer)
}

fn leave(answer: &Answer) -> io::Result<()> {
    // A query may have made something of this name; whatever it is, it is not ours.
    let _ = fs::remove_file(wire::ANSWER);
    let mut file = BufWriter::new(File::create_new(wire::ANSWER)?);
    serde_json::to_writer(&mut file, answer)?;
    file.flush()
}
