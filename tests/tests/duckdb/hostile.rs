//! SQL that looks for what is not its own.

use std::{fs, net::TcpListener, path::Path};

use tests::execution::{id, state, task_run};

use crate::desk::Desk;

const DENIED: &str = "file system operations are disabled by configuration";
const LOCKED: &str = "the configuration has been locked";

#[test]
fn files_of_the_machine_are_out_of_reach() {
    let desk = Desk::new("reach");
    let outside = tempfile::tempdir().unwrap();
    let outside = outside.path().display();
    for sql in [
        "FROM read_text('/proc/self/environ')".to_owned(),
        "FROM read_text('/proc/1/environ')".to_owned(),
        "FROM read_csv('/etc/passwd')".to_owned(),
        "FROM '/etc/passwd.csv'".to_owned(),
        "FROM read_text('../../../../../../../../etc/passwd')".to_owned(),
        "FROM read_blob('/etc/*')".to_owned(),
        "FROM glob('/etc/*')".to_owned(),
        "FROM sniff_csv('/etc/passwd')".to_owned(),
        "FROM query('FROM read_text(''/etc/passwd'')')".to_owned(),
        format!("ATTACH '{outside}/x.db'"),
        format!("ATTACH '{outside}/x.db' AS y (READ_ONLY)"),
        format!("COPY (SELECT 1) TO '{outside}/x.csv'"),
        format!("COPY (SELECT 1) TO '{outside}/x.parquet'"),
        format!("EXPORT DATABASE '{outside}/x'"),
        "COPY (SELECT 1) TO '/dev/stdout'".to_owned(),
    ] {
        let said = desk.refused(&sql);
        assert!(said.contains(DENIED), "{sql}: {said}");
    }
    assert_eq!(fs::read_dir(outside.to_string()).unwrap().count(), 0, "something was written");
    // Its own directory it sees, and what it is refused is not there by another way.
    desk.query("FETCH", "COPY (SELECT 1) TO 'own.csv'; FROM 'own.csv'");
}

#[test]
fn what_is_locked_stays_locked() {
    let desk = Desk::new("locked");
    for sql in [
        "SET enable_external_access = true",
        "RESET enable_external_access",
        "SET lock_configuration = false",
        "RESET lock_configuration",
        "SET allowed_directories = ['/']",
        "SET allowed_paths = ['/etc/passwd']",
        "SET allowed_configs = ['memory_limit']",
        "SET memory_limit = '100GB'",
        "PRAGMA memory_limit = '100GB'",
        "SET threads = 1000",
        "SET temp_directory = '/tmp'",
        "SET profiling_output = '/tmp/x'",
        "SET log_query_path = '/tmp/x'",
        "SET secret_directory = '/tmp'",
        "SET custom_extension_repository = 'http://127.0.0.1'",
    ] {
        let said = desk.refused(sql);
        assert!(said.contains(LOCKED) || said.contains("Cannot change"), "{sql}: {said}");
    }
    let zone =
        desk.query("FETCH_ONE", "SET TimeZone = 'Asia/Tokyo'; SELECT current_setting('TimeZone') AS zone");
    assert_eq!(zone["row"]["zone"], "Asia/Tokyo");
}

/// DuckDB's own locks let `INSTALL` out: the system does not.
#[test]
fn nothing_leaves_the_process() {
    let desk = Desk::new("sockets");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let there = format!("http://{}/", listener.local_addr().unwrap());
    for sql in [
        format!("EXPLAIN ANALYZE INSTALL x FROM '{there}'"),
        format!("FROM read_csv('{there}a.csv')"),
        format!("ATTACH '{there}x.db'"),
        "IMPORT DATABASE 'imported'".to_owned(),
    ] {
        let properties = format!(
            "inputFiles: {{ imported/schema.sql: \"INSTALL x FROM '{there}';\", imported/load.sql: \"\" }}"
        );
        let ended = desk.play(&properties, &sql);
        assert_eq!(state(&ended), "FAILED", "{sql}: {:?}", desk.space.messages(id(&ended)));
    }
    assert!(listener.accept().is_err(), "a query opened a connection");
}

#[test]
fn extensions_are_refused_before_anything_runs() {
    let desk = Desk::new("extensions");
    let seed =
        "INSTALL httpfs;\nLOAD httpfs;\nSELECT * FROM read_csv_auto('https://example.com/orders.csv');";
    let said = desk.refused(seed);
    assert!(said.contains("`INSTALL httpfs`: DuckDB opens connections that nobody guards"), "{said}");
    assert!(said.contains("ROUNDTRIP_OUTBOUND is `any`") && said.contains("core.http.Download"), "{said}");
    let said = desk.refused("INSTALL shellfs FROM community");
    assert!(said.contains("there are the extensions autocomplete"), "{said}");
    desk.query("FETCH", "INSTALL json; LOAD json; SELECT json('{}') AS j");
}

/// Where the network may be used, files are as far away as before, and other programs are.
#[test]
fn the_network_opens_no_files() {
    let desk = Desk::reaching("any", "any");
    let said = desk.refused("FROM read_text('/etc/passwd')");
    assert!(said.contains(DENIED), "{said}");
    let said = desk.refused("SET allowed_directories = ['/']");
    assert!(said.contains(LOCKED), "{said}");
    let said = desk.refused("LOAD shellfs");
    assert!(said.contains("there are the extensions"), "{said}");
}

#[test]
fn the_environment_of_the_server_is_not_there() {
    let desk = Desk::new("environment");
    let settings =
        desk.query("FETCH", "SELECT name, value FROM duckdb_settings() WHERE value <> ''").to_string();
    for (name, value) in std::env::vars().filter(|(_, value)| value.len() > 8) {
        assert!(name == "HOME" || !settings.contains(&value), "{name} is in {settings}");
    }
    assert!(!Path::new("/tmp/duckdb").exists());
}

#[test]
fn a_secret_is_bound_or_rendered_and_not_shown() {
    let desk = Desk::new("secrets");
    let properties = "fetchType: FETCH_ONE\nparameters: { token: \"{{ secret('TOKEN') }}\" }";
    let ended = desk.play(properties, "SELECT :token AS token, length(:token) AS length");
    assert_eq!(state(&ended), "SUCCESS", "{:?}", desk.space.messages(id(&ended)));
    let row = &task_run(&ended, "query")["outputs"]["row"];
    assert_eq!((&row["token"], &row["length"]), (&"**masked***".into(), &11.into()));
    let ended = desk.play(properties, "SELECT error('it is ' || :token)");
    assert_eq!(state(&ended), "FAILED");
    let said = desk.space.messages(id(&ended)).concat();
    assert!(said.contains("it is") && !said.contains("s3cr3t-word"), "{said}");
    let outputs = desk.query("FETCH_ONE", "SELECT '{{ secret('TOKEN') }}' AS token");
    assert_eq!(outputs["row"]["token"], "**masked***");
}
