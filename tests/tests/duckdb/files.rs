//! Files that go in and come out.

use tests::execution::{id, state, task_run};

use crate::desk::Desk;

#[test]
fn files_go_in_and_come_out() {
    let desk = Desk::new("files");
    let properties = "inputFiles:\n  in.csv: \"id,name,x\\n1,Ada,a\\n2,Bob,b\\n\"\noutputFiles: [out]";
    let sql = "CREATE TABLE new_tbl AS SELECT * FROM read_csv_auto('{{ workingDir }}/in.csv', header=True);\n\
               COPY (SELECT id, name FROM new_tbl) TO '{{ outputFiles.out }}' (HEADER, DELIMITER ',');";
    let ended = desk.play(properties, sql);
    assert_eq!(state(&ended), "SUCCESS", "{:?}", desk.space.messages(id(&ended)));
    let uri = &task_run(&ended, "query")["outputs"]["outputFiles"]["out"];
    assert_eq!(desk.file(&ended, uri), "id,name\n1,Ada\n2,Bob\n");
}

#[test]
fn an_output_file_that_is_missing_is_said() {
    let desk = Desk::new("missing");
    let ended = desk.play("outputFiles: [out.csv]", "SELECT 1");
    assert_eq!(state(&ended), "FAILED");
    let messages = desk.space.messages(id(&ended)).concat();
    assert!(messages.contains("output file `out.csv`: the query did not write it"), "{messages}");
}

#[test]
fn a_database_goes_from_one_task_to_the_next() {
    let desk = Desk::new("database");
    let ended = desk.space.play(
        "f",
        r#"
tasks:
  - id: write
    type: io.kestra.plugin.jdbc.duckdb.Query
    outputDbFile: true
    sql: CREATE TABLE t AS SELECT range AS n FROM range(1000)
  - id: named
    type: io.kestra.plugin.jdbc.duckdb.Query
    url: "jdbc:duckdb:my.db"
    username: nobody
    outputDbFile: true
    sql: CREATE TABLE t AS SELECT 7 AS n
  - id: read
    type: io.kestra.plugin.jdbc.duckdb.Query
    databaseUri: "{{ outputs.write.databaseUri }}"
    fetchType: FETCH_ONE
    sql: SELECT sum(n)::BIGINT AS sum FROM t
  - id: read_named
    type: io.kestra.plugin.jdbc.duckdb.Query
    databaseUri: "{{ outputs.named.databaseUri }}"
    fetchType: FETCH_ONE
    sql: FROM t
"#,
    );
    assert_eq!(state(&ended), "SUCCESS", "{:?}", desk.space.messages(id(&ended)));
    assert_eq!(task_run(&ended, "read")["outputs"]["row"]["sum"], 499_500);
    assert_eq!(task_run(&ended, "read_named")["outputs"]["row"]["n"], 7);
}

#[test]
fn urls_of_elsewhere_are_refused() {
    let desk = Desk::new("urls");
    for (url, why) in [
        ("jdbc:duckdb:/etc/x.db", "must name a file below the working directory"),
        ("jdbc:duckdb:../x.db", "must name a file below the working directory"),
        ("jdbc:duckdb:md:db?motherduck_token=x", "MotherDuck is not built"),
        ("jdbc:postgresql://x", "must start with `jdbc:duckdb:`"),
    ] {
        let ended = desk.play(&format!("url: \"{url}\""), "SELECT 1");
        assert_eq!(state(&ended), "FAILED");
        let messages = desk.space.messages(id(&ended)).concat();
        assert!(messages.contains(why), "{messages}");
    }
}
