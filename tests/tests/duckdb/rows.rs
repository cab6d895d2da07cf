//! Rows as outputs, of every type.

use tests::execution::{id, state, task_run};

use crate::desk::{Desk, source};

const ALL: &str = "
SELECT NULL AS nothing, true AS flag,
  127::TINYINT AS tiny, (-32768)::SMALLINT AS small, 2147483647 AS whole, 9223372036854775807 AS big,
  255::UTINYINT AS utiny, 65535::USMALLINT AS usmall, 4294967295::UINTEGER AS uwhole,
  18446744073709551615::UBIGINT AS ubig,
  (-170141183460469231731687303715884105727)::HUGEINT AS huge,
  340282366920938463463374607431768211455::UHUGEINT AS uhuge,
  12345.123::DECIMAL(10, 3) AS price, 5::DECIMAL(4, 0) AS round,
  0.1::FLOAT AS real, 1e300::DOUBLE AS double, 'nan'::DOUBLE AS nan, '-infinity'::DOUBLE AS least,
  DATE '1992-09-20' AS day, DATE '0044-03-15 (BC)' AS ides, TIME '01:02:03.456' AS time,
  TIMESTAMP '2020-06-10 15:55:23.383345' AS local, TIMESTAMP_S '2020-01-10 15:55:23' AS winter,
  TIMESTAMP_NS '2020-06-10 15:55:23.383345678' AS nanos, 'infinity'::TIMESTAMP AS never,
  TIMESTAMPTZ '2001-08-22 03:04:05.321+00' AS moment,
  INTERVAL '28' DAYS AS days, INTERVAL '14 months -1 day 3 hours 0.5 seconds' AS span,
  'a \"quoted\" line
and ü' AS text, '\\xAA\\x00z'::BLOB AS bytes, '0101'::BIT AS bits,
  '12151fd2-7586-11e9-8f9e-2a86e4085a59'::UUID AS uuid,
  'happy'::VARCHAR::ENUM('sad', 'happy') AS mood, '{\"a\": [1]}'::JSON AS json,
  [1, NULL, 3] AS list, array_value(1.5, 2.5) AS pair,
  {'at': TIMESTAMPTZ '2001-08-22 03:04:05+00', 'local': TIMESTAMP '2001-08-22 03:04:05', 'many': 5::UHUGEINT} AS struct,
  map(['k', 'other key'], [[DATE '2024-01-01'], NULL]) AS map, union_value(number := 3) AS either,
  1 AS \"first name\", 1 AS twice, 2 AS twice
";

#[test]
fn every_type_has_a_form_as_an_output() {
    let desk = Desk::new("types");
    let ended = desk.play("fetchType: FETCH_ONE\ntimeZoneId: Europe/Paris", ALL);
    assert_eq!(state(&ended), "SUCCESS", "{:?}", desk.space.messages(id(&ended)));
    let outputs = &task_run(&ended, "query")["outputs"];
    assert_eq!(outputs["size"], 1);
    let row = outputs["row"].as_object().unwrap();
    let lines: Vec<String> = row.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    nothing: null
    flag: true
    tiny: 127
    small: -32768
    whole: 2147483647
    big: 9223372036854775807
    utiny: 255
    usmall: 65535
    uwhole: 4294967295
    ubig: "18446744073709551615"
    huge: "-170141183460469231731687303715884105727"
    uhuge: "340282366920938463463374607431768211455"
    price: 12345.123
    round: 5
    real: 0.1
    double: 1e+300
    nan: "NaN"
    least: "-Infinity"
    day: "1992-09-20"
    ides: "-000043-03-15"
    time: "01:02:03.456"
    local: "2020-06-10T15:55:23.383345+02:00"
    winter: "2020-01-10T15:55:23+01:00"
    nanos: "2020-06-10T15:55:23.383345678+02:00"
    never: "infinity"
    moment: "2001-08-22T03:04:05.321Z"
    days: "28 days"
    span: "1 year 2 months -1 day 03:00:00.5"
    text: "a \"quoted\" line\nand ü"
    bytes: "qgB6"
    bits: "0101"
    uuid: "12151fd2-7586-11e9-8f9e-2a86e4085a59"
    mood: "happy"
    json: "{\"a\": [1]}"
    list: [1,null,3]
    pair: [1.5,2.5]
    struct: {"at":"2001-08-22T03:04:05Z","local":"2001-08-22T03:04:05+02:00","many":"5"}
    map: {"k":["2024-01-01"],"other key":null}
    either: 3
    first name: 1
    twice: 2
    "#);
}

#[test]
fn every_type_has_a_form_in_a_file() {
    let desk = Desk::new("ion");
    let ended = desk.play("fetchType: STORE\ntimeZoneId: Europe/Paris", ALL);
    assert_eq!(state(&ended), "SUCCESS", "{:?}", desk.space.messages(id(&ended)));
    let ion = desk.file(&ended, &task_run(&ended, "query")["outputs"]["uri"]);
    assert_eq!(ion.lines().count(), 1);
    insta::assert_snapshot!(ion.trim_end().replace(',', ",\n"), @r#"
    {nothing:null,
    flag:true,
    tiny:127,
    small:-32768,
    whole:2147483647,
    big:9223372036854775807,
    utiny:255,
    usmall:65535,
    uwhole:4294967295,
    ubig:"18446744073709551615",
    huge:"-170141183460469231731687303715884105727",
    uhuge:"340282366920938463463374607431768211455",
    price:12345.123,
    round:5,
    real:0.1e0,
    double:1e300,
    'nan':nan,
    least:-inf,
    day:1992-09-20,
    ides:"-000043-03-15",
    time:"01:02:03.456",
    local:2020-06-10T15:55:23.383345+02:00,
    winter:2020-01-10T15:55:23+01:00,
    nanos:2020-06-10T15:55:23.383345678+02:00,
    never:"infinity",
    moment:2001-08-22T03:04:05.321Z,
    days:"28 days",
    span:"1 year 2 months -1 day 03:00:00.5",
    text:"a \"quoted\" line\nand ü",
    bytes:"qgB6",
    bits:"0101",
    uuid:"12151fd2-7586-11e9-8f9e-2a86e4085a59",
    mood:"happy",
    json:"{\"a\": [1]}",
    list:[1,
    null,
    3],
    pair:[1.5,
    2.5],
    struct:{at:2001-08-22T03:04:05Z,
    local:2001-08-22T03:04:05+02:00,
    many:"5"},
    map:{k:[2024-01-01],
    'other key':null},
    either:3,
    'first name':1,
    twice:2}
    "#);
}

#[test]
fn expressions_read_what_is_stored() {
    let desk = Desk::new("read");
    let read = "  - id: read\n    type: io.kestra.plugin.core.debug.Return\n    format: \"{{ fromIon(read(outputs.query.uri)) }}\"\n";
    let ended = desk.space.play("f", &(source("fetchType: STORE\ntimeZoneId: Europe/Paris", ALL) + read));
    assert_eq!(state(&ended), "SUCCESS", "{:?}", desk.space.messages(id(&ended)));
    let row = task_run(&ended, "read")["outputs"]["value"].as_str().unwrap();
    assert!(row.contains(r#""local":"2020-06-10T15:55:23.383345+02:00""#), "{row}");
    assert!(row.contains(r#""text":"a \"quoted\" line\nand ü""#), "{row}");
}

#[test]
fn what_does_not_arrive_whole_is_refused_by_name() {
    let desk = Desk::new("refused");
    for (value, kind) in [
        ("TIMETZ '01:02:03+02'", "TIME WITH TIME ZONE"),
        ("[TIMETZ '01:02:03+02']", "TIME WITH TIME ZONE"),
        ("5::BIGNUM", "BIGNUM"),
        ("TIME_NS '01:02:03.123456789'", "TIME_NS"),
    ] {
        let said = desk.refused(&format!("SELECT {value} AS x"));
        assert!(said.contains(&format!("column `x` is of the type {kind}")), "{said}");
        desk.query("FETCH", &format!("SELECT ({value})::VARCHAR AS x"));
    }
}

#[test]
fn the_last_statement_counts() {
    let desk = Desk::new("last");
    let two = "CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (2); FROM t";
    assert_eq!(
        desk.query("FETCH", two).to_string(),
        r#"{"rows":[{"a":1},{"a":2}],"size":2,"outputFiles":{}}"#
    );
    assert_eq!(desk.query("NONE", two).to_string(), r#"{"outputFiles":{}}"#);
    assert_eq!(desk.query("FETCH", "SELECT 1; CREATE TABLE t (a INT)").to_string(), r#"{"outputFiles":{}}"#);
    let none = desk.query("FETCH_ONE", "SELECT 1 WHERE false");
    assert_eq!(none.to_string(), r#"{"row":null,"size":0,"outputFiles":{}}"#);
    let returned = "CREATE TABLE t (a INT); INSERT INTO t VALUES (7) RETURNING a";
    assert_eq!(desk.query("FETCH_ONE", returned)["row"]["a"], 7);
}

#[test]
fn parameters_are_bound_and_never_pasted() {
    let desk = Desk::new("parameters");
    let properties = "fetch: true\nparameters: { name: \"x' OR '1'='1\", n: 2, f: 1.5, yes: true, no: null }";
    let sql = "SELECT :name AS name, :n + 1 AS n, $f AS f, :yes AS yes, :no AS none, '12'::INT AS cast";
    let ended = desk.play(properties, sql);
    assert_eq!(state(&ended), "SUCCESS", "{:?}", desk.space.messages(id(&ended)));
    assert_eq!(
        task_run(&ended, "query")["outputs"]["rows"].to_string(),
        r#"[{"name":"x' OR '1'='1","n":3,"f":1.5,"yes":true,"none":null,"cast":12}]"#
    );
}

#[test]
fn rows_that_are_too_much_for_outputs_are_refused() {
    let desk = Desk::new("much");
    let said = desk.refused("SELECT repeat('x', 1000) FROM range(2000)");
    assert!(said.contains("use `fetchType: STORE`"), "{said}");
}
