use super::{DEPTH_MAX, Kind, Node, documents, read};
use crate::problem::Position;

fn json(source: &str) -> String {
    read(source).unwrap().to_json().to_string()
}

fn refused(source: &str) -> String {
    let problems = read(source).unwrap_err();
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn scalars_mean_what_they_mean_to_snakeyaml() {
    insta::assert_snapshot!(
        json("[yes, No, ON, off, true, FALSE, y, n, yES, ~, null, NULL, '', 'yes', \"1\", !!str 1]"),
        @r#"[true,false,true,false,true,false,"y","n","yES",null,null,null,"","yes","1","1"]"#
    );
    insta::assert_snapshot!(
        json("[0, -1, +2, 1_000, 0777, 0x1F, 0b101, 09, 0o17, 9223372036854775807, -9223372036854775808, 1-2, '-', +]"),
        @r#"[0,-1,2,1000,511,31,5,"09","0o17",9223372036854775807,-9223372036854775808,"1-2","-","+"]"#
    );
    insta::assert_snapshot!(
        json("[1.5, .5, 1., -1.5e3, 1e3, 1.10, 1.2.3, 12:30, 2024-01-02, .inf, .nan, 1e999, 1e, e1, '.']"),
        @r#"[1.5,0.5,1.0,-1500.0,1000.0,1.1,"1.2.3","12:30","2024-01-02",".inf",".nan","1e999","1e","e1","."]"#
    );
    insta::assert_snapshot!(json("{1: a, true: b, ~: c, 1.10: d}"), @r#"{"1":"a","true":"b","~":"c","1.10":"d"}"#);
    insta::assert_snapshot!(json("a: !custom {b: 1}"), @r#"{"a":{"b":1}}"#);
    insta::assert_snapshot!(json(""), @"null");
    insta::assert_snapshot!(json("---\na: 1\n...\n"), @r#"{"a":1}"#);
}

#[test]
fn the_text_of_a_number_is_the_written_one() {
    let source = "[1.10, 0777, yes, 'x', ~]";
    let Kind::List(items) = read(source).unwrap().kind else { unreachable!() };
    let texts: Vec<_> = items.iter().map(|it| it.text(source)).collect();
    assert_eq!(texts, [Some("1.10"), Some("0777"), Some("yes"), Some("x"), None]);
}

#[test]
fn anchors_and_merge_keys_are_expanded() {
    insta::assert_snapshot!(
        json("base: &base {a: 1, b: 2}\nother: &other {b: 3, c: 4}\nuse:\n  z: 0\n  <<: [*base, *other]\n  a: own\nlist: [*base, &x text, *x]"),
        @r#"{"base":{"a":1,"b":2},"other":{"b":3,"c":4},"use":{"z":0,"b":2,"c":4,"a":"own"},"list":[{"a":1,"b":2},"text","text"]}"#
    );
    insta::assert_snapshot!(json("'<<': 1"), @r#"{"<<":1}"#);
    insta::assert_snapshot!(refused("a: 1\n<<: text"), @"`<<` takes a map or a list of maps (line 2, column 5)");
    insta::assert_snapshot!(refused("&a [*a]"), @"an alias cannot stand within what it repeats (line 1, column 5)");
}

#[test]
fn what_is_not_yaml_is_refused_with_its_place() {
    insta::assert_snapshot!(refused("a: 1\nb: 2\na: 3\nc: {d: 1, d: 2}"), @r"
    Duplicate field 'a' (line 3, column 1)
    Duplicate field 'd' (line 4, column 11)
    ");
    insta::assert_snapshot!(refused("a: {{ inputs.x }}"), @r#"a key has to be a text; an expression that starts a value has to be in quotes: "{{ … }}" (line 1, column 5)"#);
    insta::assert_snapshot!(refused("a: [1, 2"), @"unclosed bracket '[' (line 1, column 4)");
    insta::assert_snapshot!(refused("a: 1\n\tb: 2"), @"while scanning a plain scalar, found a tab (line 1, column 4)");
    insta::assert_snapshot!(refused("a: 'x"), @"unclosed quote (line 1, column 4)");
    insta::assert_snapshot!(refused("a: *nobody"), @"while parsing node, found unknown anchor (line 1, column 4)");
    insta::assert_snapshot!(refused("a: 1\n---\nb: 2"), @"one document is expected, but another one starts here (line 2, column 1)");
    insta::assert_snapshot!(refused("n: 123456789012345678901234567890"), @"`123456789012345678901234567890` does not fit into a 64-bit integer; put it in quotes to keep it as a text (line 1, column 4)");
    insta::assert_snapshot!(refused("a: b: c"), @"mapping values are not allowed in this context (line 1, column 5)");
}

#[test]
fn budgets_hold() {
    let bomb = (0..30).fold("a0: &a0 [1,2]\n".to_owned(), |text, n| {
        text + &format!("a{}: &a{} [*a{n},*a{n},*a{n},*a{n}]\n", n + 1, n + 1)
    });
    insta::assert_snapshot!(refused(&bomb), @"the document has more than 200000 values or 4194304 bytes of text, what aliases repeat included (line 9, column 10)");
    insta::assert_snapshot!(refused(&"[".repeat(10_000)), @"more than 100 lists and maps within each other (line 1, column 101)");
    insta::assert_snapshot!(refused(&"- ".repeat(10_000)), @"more than 100 lists and maps within each other (line 1, column 201)");
    insta::assert_snapshot!(refused(&"a: b\n".repeat(1_000_000)), @"the document has 5000000 bytes, the limit is 1048576");
    let deep = format!("{}{}", "[".repeat(DEPTH_MAX), "]".repeat(DEPTH_MAX));
    assert!(read(&deep).is_ok());
    let wide = format!("[{}]", "1,".repeat(250_000));
    insta::assert_snapshot!(refused(&wide), @"the document has more than 200000 values or 4194304 bytes of text, what aliases repeat included (line 1, column 400000)");
    let deep_alias = format!("- &a {deep}\n- [*a]");
    insta::assert_snapshot!(refused(&deep_alias), @"more than 100 lists and maps within each other (line 1, column 105)");
}

fn find<'n>(node: &'n Node, path: &[&str]) -> &'n Node {
    path.iter().fold(node, |node, step| node.get(step).unwrap())
}

#[test]
fn nodes_know_where_they_stand() {
    let root = read("a: 1\nb:\n  - x\n  -  yé: zé\n     c: \"d\"\n").unwrap();
    assert_eq!(find(&root, &["a"]).at, Position { line: 1, column: 4 });
    let Kind::List(items) = &find(&root, &["b"]).kind else { unreachable!() };
    assert_eq!(find(&root, &["b"]).at, Position { line: 3, column: 3 });
    assert_eq!(items[0].at, Position { line: 3, column: 5 });
    assert_eq!(items[1].at, Position { line: 4, column: 6 });
    assert_eq!(find(&items[1], &["yé"]).at, Position { line: 4, column: 10 });
    assert_eq!(find(&items[1], &["c"]).at, Position { line: 5, column: 9 });
}

#[test]
fn a_byte_of_a_text_is_found_in_the_source() {
    for (source, needle, line, column) in [
        ("a: xé {{ y }}", "y", 1, 10),
        ("a: 'it''s {{ y }}'", "y", 1, 14),
        (r#"a: "t\t\u00e9 \"{{ y }}""#, "y", 1, 20),
        ("a: |\n  one\n  two {{ y }}\n", "y", 3, 10),
        ("a: |2-\n\n   one\n\n   two {{ y }}\n", "y", 5, 11),
        ("a: >\n  one\n  two\n  {{ y }}\n", "y", 4, 6),
        ("a: one\n  two {{ y }}\n", "y", 2, 10),
        ("a: \"one\\\n  two {{ y }}\"\n", "y", 2, 10),
        ("a: \"{{x\"", "{{x", 1, 5),
    ] {
        let root = read(source).unwrap();
        let node = root.get("a").unwrap();
        let byte = node.as_str().unwrap().find(needle).unwrap();
        assert_eq!(node.place_of(source, byte), Position { line, column }, "{source}");
    }
    let root = read("a: '{{ x'").unwrap();
    let end = root.get("a").unwrap().place_of("a: '{{ x'", 4);
    assert_eq!(end, Position { line: 1, column: 9 });
}

#[test]
fn documents_are_separated_by_a_line() {
    let source = "---\na: 1\n---\n# nothing\n---  \nb: |\n  ---\n  x\n";
    assert_eq!(documents(source), ["a: 1\n", "b: |\n  ---\n  x\n"]);
    assert!(documents(" \n# x").is_empty());
}
