//! Values that are too much.

use insta::assert_snapshot;
use serde_json::json;

use super::*;
use crate::input::VALUE_BYTES_MAX;

#[test]
fn what_is_too_large_or_too_deep_is_refused_and_not_repeated() {
    let full = "é".repeat(VALUE_BYTES_MAX / 2);
    let resolution = |kind: Kind, sent: Sent| values(vec![input("x", kind)], &submitted([("x", sent)]));
    assert_eq!(resolution(string(), text(&full)), format!("{{\"x\":\"{full}\"}}"));
    let message = resolution(string(), text(&(full.clone() + "x")));
    assert_eq!(message.chars().filter(|it| *it == 'é').count(), 1_000);
    assert_snapshot!(message.replace('é', ""), @"Invalid entity: x: Invalid input for `x`, it has 1048577 bytes and may have at most 1048576, but received `…`");
    assert_snapshot!(resolution(Kind::Json, Sent::Json(json!([full]))).replace('é', ""), @r#"Invalid entity: x: Invalid input for `x`, it may have at most 1048576 bytes of JSON, but received `["…`"#);

    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert_eq!(resolution(Kind::Json, text(&nested(64))), format!("{{\"x\":{}}}", nested(64)));
    for kind in [Kind::Json, Kind::Yaml] {
        let message = resolution(kind, text(&nested(65)));
        assert!(message.contains("it has more than 64 lists and maps within each other"), "{message}");
    }
    assert!(resolution(Kind::Json, text(&nested(100_000))).contains("recursion limit exceeded"));
    let deep = serde_json::from_str(&nested(100)).unwrap();
    assert_snapshot!(resolution(Kind::Json, Sent::Json(deep)), @"Invalid entity: x: Invalid input for `x`, it has more than 64 lists and maps within each other, but received `…`");

    let bomb = (0..9).fold("- &a0 [xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx]\n".to_owned(), |text, n| {
        format!("{text}- &a{} [*a{n}, *a{n}, *a{n}, *a{n}]\n", n + 1)
    });
    assert_snapshot!(resolution(Kind::Yaml, text(&bomb)).lines().filter(|it| !it.starts_with('-')).collect::<Vec<_>>().join("\n"), @r"
    Invalid entity: x: Invalid input for `x`, java.lang.Exception: Expected `YAML` but received `- &a0 [xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx]
    ` with errors:
    ```
    the document has more than 200000 values or 4194304 bytes of text, what aliases repeat included (line 9, column 18)
    ```, but received `- &a0 [xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx]
    `
    ");
}
