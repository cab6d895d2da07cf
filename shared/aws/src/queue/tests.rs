use super::*;

fn message(tenant: &str) -> Message {
    Message(Dispatch { tenant: tenant.to_owned(), execution: ExecutionId::from_u128(62), group: None })
}

#[test]
fn a_message_is_what_it_was() {
    for tenant in ["main", "zweiter \"Mandant\"", "日本\n"] {
        assert_eq!(Message::decode(&message(tenant).encode()), Ok(message(tenant)));
    }
}

#[test]
fn a_message_is_plain_json() {
    assert_eq!(message("main").encode(), r#"{"tenant":"main","execution":"0000000000000000000010"}"#);
    let later = r#" {"since": 1, "execution": "0000000000000000000010", "tenant": "main"} "#;
    assert_eq!(Message::decode(later), Ok(message("main")));
}

#[test]
fn what_is_no_message_is_told() {
    for (body, says) in [
        ("", "EOF"),
        ("hello", "expected value"),
        ("{}", "missing field `tenant`"),
        (r#"{"tenant":"main"}"#, "missing field `execution`"),
        (r#"{"tenant":"main","execution":"short"}"#, "an id is 22 characters"),
        (r#"{"tenant":1,"execution":"0000000000000000000010"}"#, "invalid type"),
    ] {
        let told = Message::decode(body).unwrap_err().to_string();
        assert!(
            told.starts_with(&format!("`{body}` is no message of the work queue: ")) && told.contains(says),
            "{told}"
        );
    }
    let told = Message::decode(&"x".repeat(1_000_000)).unwrap_err().to_string();
    assert!(told.len() < 500, "{} bytes", told.len());
}
