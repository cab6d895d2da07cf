use super::{NamespaceFile, as_namespace_file, from_path, of_namespace, resolve, to_path};
use crate::blobs::Path;

fn path(text: &str) -> Path {
    Path::new(text).unwrap()
}

#[test]
fn a_uri_is_read_in_its_tenant() {
    assert_eq!(to_path("main", "kestra:///a/b.txt").unwrap().as_str(), "main/files/a/b.txt");
    assert_eq!(to_path("other", "kestra:///a/b.txt").unwrap().as_str(), "other/files/a/b.txt");
}

#[test]
fn names_of_any_script_and_sign_come_back() {
    for name in
        ["my file.txt", "été-日本.csv", "100%.txt", "a?b#c&d=e+f", "$(x); `y` 'z' \"q\"", "%2e%2e", "a:b@c!"]
    {
        let path = path(&format!("main/files/in/{name}"));
        let uri = from_path(&path).unwrap();
        assert!(uri.bytes().all(|it| it.is_ascii_alphanumeric() || b"-._~/%:".contains(&it)), "{uri}");
        assert_eq!(to_path("main", &uri).unwrap(), path, "{uri}");
    }
}

#[test]
fn every_character_comes_back() {
    for character in (0..=0x2_FFFF).filter_map(char::from_u32) {
        let Ok(path) = Path::new(format!("main/files/x{character}y")) else {
            continue;
        };
        assert_eq!(to_path("main", &from_path(&path).unwrap()).unwrap(), path);
    }
}

#[test]
fn characters_need_not_be_encoded_to_be_read() {
    assert_eq!(to_path("main", "kestra:///a b+c/d").unwrap().as_str(), "main/files/a b+c/d");
}

#[test]
fn nothing_leads_out_of_the_files_of_a_tenant() {
    for uri in [
        "kestra:///",
        "kestra:///a/",
        "kestra:////a",
        "kestra:///a//b",
        "kestra:///../other/files/a",
        "kestra:///%2e%2e/other/files/a",
        "kestra:///a/%2E%2E/b",
        "kestra:///a%2Fb",
        "kestra:///a%00b",
        "kestra:///a%5cb",
        "kestra:///a%",
        "kestra:///a%2",
        "kestra:///a%zz",
        "kestra:///%ff",
        "kestra://host/a",
        "kestra:/a",
        "file:///a",
        "KESTRA:///a",
        "",
    ] {
        assert_eq!(to_path("main", uri).unwrap_err().0, uri);
    }
    assert!(to_path("main/files/x", "kestra:///a").is_err());
    assert!(to_path("..", "kestra:///a").is_err());
    assert!(to_path("", "kestra:///a").is_err());
}

#[test]
fn only_files_of_a_tenant_have_a_uri() {
    assert_eq!(from_path(&path("main/files/a/b")).unwrap(), "kestra:///a/b");
    for other in ["main", "main/files", "main/kv/a", "main/filesystem/a", "files/a/b"] {
        assert!(from_path(&path(other)).is_err(), "{other}");
    }
}

#[test]
fn a_file_of_a_namespace_has_a_uri_of_its_own() {
    let named = of_namespace("main", "company.team", "a b/_files/c.txt").unwrap();
    let uri = from_path(&named).unwrap();
    assert_eq!(uri, "kestra:///company/team/_files/a%20b/_files/c.txt");
    let read = to_path("main", &uri).unwrap();
    let file = NamespaceFile { tenant: "main", namespace: "company.team".into(), path: "a b/_files/c.txt" };
    assert_eq!(as_namespace_file(&read), Some(file));
    for other in ["main/files/_files/a", "main/files/a/_files", "main/files/a/b", "main/kv/a/_files/b"] {
        assert_eq!(as_namespace_file(&path(other)), None, "{other}");
    }
    for wrong in ["", "/a", "a/", "a//b", "../b", "a/.."] {
        of_namespace("main", "a", wrong).unwrap_err();
    }
}

#[test]
fn a_file_of_a_namespace_is_named_in_short() {
    let resolved = |uri| resolve("main", "company.team", uri);
    for (uri, namespace, file) in [
        ("nsfile:///a.sql", "company.team", "a.sql"),
        ("nsfile:///sql/a%20b.sql", "company.team", "sql/a b.sql"),
        ("nsfile://other/a/b", "other", "a/b"),
        ("nsfile://company.data_1/a", "company.data_1", "a"),
    ] {
        let path = resolved(uri).unwrap();
        assert_eq!(path, of_namespace("main", namespace, file).unwrap(), "{uri}");
        let expected = NamespaceFile { tenant: "main", namespace: namespace.to_owned(), path: file };
        assert_eq!(as_namespace_file(&path), Some(expected));
    }
    assert_eq!(resolved("kestra:///a/b").unwrap(), path("main/files/a/b"));
    for wrong in [
        "nsfile://",
        "nsfile:///",
        "nsfile:///../a",
        "nsfile:///%2e%2e/a",
        "nsfile:///a//b",
        "nsfile://../a",
        "nsfile://a..b/c",
        "nsfile://a%2Fb/c",
        "nsfile://company.team",
        "nsfile:/a",
        "nsfile://.a/b",
    ] {
        assert!(resolved(wrong).is_err_and(|error| error.0 == wrong), "{wrong}");
    }
}
