//! Fetches DuckDB's library for this machine and prints the folder it is in, for `DUCKDB_LIB_DIR`.

use std::io::{self, Write};

fn main() -> io::Result<()> {
    writeln!(io::stdout(), "{}", tests::duckdb::library().display())
}
