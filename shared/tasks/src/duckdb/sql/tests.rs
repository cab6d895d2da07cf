use serde_json::json;

use super::*;

fn texts(sql: &str) -> Vec<&str> {
    split(sql).unwrap_or_default().iter().map(Written::text).collect()
}

fn bound(sql: &str) -> (String, Vec<Json>) {
    let values = json!({"name": "Ada", "n": 1});
    let statement = split(sql).unwrap_or_default()[0].bound(values.as_object().expect("a map"));
    (statement.sql, statement.parameters)
}

#[test]
fn statements_end_at_semicolons_that_nothing_quotes() {
    assert_eq!(texts("a; b ;\n;;c"), ["a", "b", "c"]);
    assert_eq!(texts("select ';'';' ; select 2"), ["select ';'';'", "select 2"]);
    assert_eq!(texts("select E'\\';' ; x"), ["select E'\\';'", "x"]);
    assert_eq!(texts("select '\\'; x"), ["select '\\'", "x"]);
    assert_eq!(texts("select \";\"\";\"; x"), ["select \";\"\";\"", "x"]);
    assert_eq!(texts("select 1 -- ; x\n; y"), ["select 1 -- ; x", "y"]);
    assert_eq!(texts("/* ; /* ; */ ; */ a; b"), ["/* ; /* ; */ ; */ a", "b"]);
    assert_eq!(texts("select $$;$$; b"), ["select $$;$$", "b"]);
    assert_eq!(texts("select $t$;$$;$t$; b"), ["select $t$;$$;$t$", "b"]);
    assert_eq!(texts("select 'é;ü'; 'never closed;"), ["select 'é;ü'", "'never closed;"]);
}

#[test]
fn comments_alone_are_no_statement() {
    assert_eq!(texts("a; -- the end\n/* of it */"), ["a"]);
    assert_eq!(split(" -- nothing\n;").unwrap_err(), "`sql` has no statement");
    let many = split(&"a;".repeat(STATEMENTS_MAX + 1)).unwrap_err();
    assert_eq!(many, "`sql` has 1001 statements, of 1000 at most");
}

#[test]
fn parameters_are_numbered() {
    let ada = json!("Ada");
    assert_eq!(
        bound("select :name, :n, $name || ':name'"),
        ("select $1, $2, $1 || ':name'".to_owned(), vec![ada.clone(), json!(1)])
    );
    assert_eq!(bound("select x::name, :name::text"), ("select x::name, $1::text".to_owned(), vec![ada]));
    assert_eq!(bound("select l[1:m], :names"), ("select l[1:m], :names".to_owned(), vec![]));
    assert_eq!(bound("select \":name\" -- :name"), ("select \":name\" -- :name".to_owned(), vec![]));
}

#[test]
fn what_gives_rows_is_known_by_its_first_word() {
    let gives = |sql: &str| split(sql).unwrap_or_default()[0].gives_rows();
    for asks in [
        "select 1",
        "FROM 'a.csv'",
        "(select 1)",
        "/* x */ with a as (select 1) from a",
        "show tables",
        "insert into t values (1) returning *",
        "pragma version",
    ] {
        assert!(gives(asks), "{asks}");
    }
    for does in
        ["create table t as select 1", "COPY t TO 'x'", "update t set a = 'returning'", "set variable x = 1"]
    {
        assert!(!gives(does), "{does}");
    }
}
