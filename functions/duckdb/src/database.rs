//! Opens the database and locks it: nothing outside the working directory, and no way to change that.

use std::path::Path;

use duckdb::{Config, Connection};
use tasks::duckdb::wire::{self, Request};

use crate::error::Error;

/// What a query may still set. Nothing here names a file, a server, or how much of the machine it takes.
const SETTABLE: [&str; 18] = [
    "Calendar",
    "TimeZone",
    "binary_as_string",
    "default_collation",
    "default_null_order",
    "default_order",
    "disabled_optimizers",
    "enable_progress_bar",
    "ieee_floating_point_ops",
    "integer_division",
    "null_order",
    "old_implicit_casting",
    "order_by_non_integer_literal",
    "pivot_limit",
    "preserve_insertion_order",
    "scalar_subquery_error_on_multiple_rows",
    "schema",
    "search_path",
];

/// What starts the name of a file that is read over the network, where that is permitted.
const SCHEMES: [&str; 7] = ["http://", "https://", "s3://", "gs://", "gcs://", "r2://", "hf://"];

/// # Errors
/// When the file is no database, or an extension cannot be had.
pub(crate) fn open(request: &Request, directory: &Path, memory: u64) -> Result<Connection, Error> {
    let config = Config::default()
        .enable_autoload_extension(false)?
        .with("autoinstall_known_extensions", "false")?
        .with("allow_community_extensions", "false")?
        .with("allow_persistent_secrets", "false")?
        .with("max_memory", format!("{memory}B"))?
        .with("threads", wire::THREADS.to_string())?;
    let connection = match &request.database {
        Some(file) => Connection::open_with_flags(file, config)?,
        None => Connection::open_in_memory_with_flags(config)?,
    };
    let below = |name: &str| directory.join(name).to_string_lossy().into_owned();
    for (name, value) in [
        ("home_directory", below("")),
        ("temp_directory", below(wire::SPILL)),
        ("extension_directory", below(wire::SPILL)),
        ("secret_directory", below(wire::SPILL)),
        ("max_temp_directory_size", format!("{}B", wire::FILE_BYTES_MAX)),
        ("TimeZone", "UTC".to_owned()),
    ] {
        connection.execute_batch(&format!("SET GLOBAL {name} = {}", text(&value)))?;
    }
    for name in &request.extensions {
        let loaded = connection.execute_batch(&format!("INSTALL {name}; LOAD {name}"));
        loaded.map_err(|source| Error::Extension { name: name.clone(), source })?;
    }
    lock(&connection, request.network, &below(""))?;
    Ok(connection)
}

/// Access to the outside cannot be had again once it is off, and the last line holds for all others.
fn lock(connection: &Connection, network: bool, directory: &str) -> Result<(), Error> {
    let schemes = if network { &SCHEMES[..] } else { &[] };
    let reachable = std::iter::once(directory).chain(schemes.iter().copied());
    connection.execute_batch(&format!(
        "SET GLOBAL allowed_directories = {};\nSET GLOBAL allowed_configs = {};\n\
         SET GLOBAL enable_external_access = false;\nSET GLOBAL lock_configuration = true;",
        list(reachable),
        list(SETTABLE.into_iter()),
    ))?;
    Ok(())
}

fn list<'a>(items: impl Iterator<Item = &'a str>) -> String {
    let texts: Vec<String> = items.map(text).collect();
    format!("[{}]", texts.join(", "))
}

/// A text as SQL writes it.
fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}
