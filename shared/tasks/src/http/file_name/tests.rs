use super::*;

#[test]
fn a_file_is_called_as_the_server_says_else_as_the_uri_does() {
    let table = [
        (r#"attachment; filename="a b.csv""#, "a b.csv"),
        ("attachment; filename=a.csv; size=3", "a.csv"),
        (r#"attachment; filename="a;\"b\".csv"; x=y"#, r#"a;"b".csv"#),
        (r#"attachment; filename="e.csv"; filename*=UTF-8''%e2%82%ac%20rates.csv"#, "€ rates.csv"),
        (r#"attachment; filename="../../etc/passwd""#, "passwd"),
        ("attachment; filename*=UTF-8''..%2f..%2Fx.sh", "x.sh"),
        (r#"attachment; filename="C:\\x\\y.txt""#, "y.txt"),
        (r#"attachment; filename="..""#, "orders 1.csv"),
        (r#"attachment; filename="""#, "orders 1.csv"),
        ("attachment; filename*=UTF-16''x", "orders 1.csv"),
        ("inline", "orders 1.csv"),
        ("attachment; filename=\"cut", "cut"),
    ];
    let url = Url::parse("https://a.test/data/orders%201.csv?x=y.z").unwrap();
    for (disposition, expected) in table {
        let value = HeaderValue::from_bytes(disposition.as_bytes()).unwrap();
        assert_eq!(of(Some(&value), &url), expected, "{disposition}");
    }
    assert_eq!(of(None, &Url::parse("https://a.test/").unwrap()), "download");
    assert_eq!(of(None, &Url::parse("https://a.test/a%2fb").unwrap()), "b");
    let long = Url::parse(&format!("https://a.test/{}.csv", "é".repeat(300))).unwrap();
    let name = of(None, &long);
    assert!(name.len() <= NAME_BYTES_MAX && name.ends_with("é.csv"), "{name}");
}
