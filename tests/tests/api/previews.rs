//! The beginning of a file, for a person.

use axum::http::StatusCode;
use futures_util::stream;
use insta::assert_snapshot;
use ports::blobs::Path;
use serde_json::{Value as Json, json};

use crate::app::{Answer, App};

const FLOW: &str = "tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return }]";

/// An execution, and files beside those of its tasks.
struct Previews {
    app: App,
    id: String,
}

impl Previews {
    async fn new() -> Self {
        let app = App::new();
        app.flow("f", FLOW).await;
        let id = app.post("/api/v1/executions/company.team/f?wait=true").await.id();
        Self { app, id }
    }

    async fn of(&self, name: &str, content: impl AsRef<[u8]>, query: &str) -> Answer {
        let file = format!("company/team/f/executions/{}/tasks/t/1/{name}", self.id);
        let bytes = bytes::Bytes::copy_from_slice(content.as_ref());
        let path = Path::new(format!("main/files/{file}")).unwrap();
        let content = Box::pin(stream::once(std::future::ready(Ok(bytes))));
        self.app.stored.put(&path, content, u64::MAX).await.unwrap();
        let uri = format!("/api/v1/executions/{}/file/preview?path=kestra:///{file}{query}", self.id);
        self.app.get(&uri).await
    }

    /// The content, and whether there is more.
    async fn shown(&self, name: &str, content: impl AsRef<[u8]>, query: &str) -> (Json, bool) {
        let answer = self.of(name, content, query).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.shown());
        let json = answer.json();
        (json["content"].clone(), json["truncated"].as_bool().unwrap())
    }
}

#[tokio::test]
async fn each_kind_of_file_is_shown_in_its_own_way() {
    let previews = Previews::new().await;
    let text = async |name: &str, content: &str| previews.of(name, content, "").await.text();
    assert_snapshot!(text("a.csv", "a;b\n1;2\n").await, @r#"{"extension":"csv","type":"TEXT","content":"a;b\n1;2","maxLine":100,"truncated":false}"#);
    assert_snapshot!(text("none", "").await, @r#"{"extension":"","type":"TEXT","content":"","maxLine":100,"truncated":false}"#);
    assert_snapshot!(text("a.MD", "# T").await, @r##"{"extension":"MD","type":"MARKDOWN","content":"# T","maxLine":100,"truncated":false}"##);
    assert_snapshot!(text("a.jsonl", "{}\n").await, @r#"{"extension":"jsonl","type":"TEXT","content":"{}","maxLine":100,"truncated":false}"#);
    assert_snapshot!(text("a.ion", "{a:1}\n{a:\"x\",b:[2.5e0]}\n").await, @r#"{"extension":"ion","type":"LIST","content":[{"a":1},{"a":"x","b":[2.5]}],"maxLine":100,"truncated":false}"#);
    assert_snapshot!(text("a.png", "PNG").await, @r#"{"extension":"png","type":"IMAGE","content":"UE5H","maxLine":100,"truncated":false}"#);
    assert_snapshot!(text("a.pdf", "PDF").await, @r#"{"extension":"pdf","type":"PDF","content":"UERG","maxLine":100,"truncated":false}"#);
}

#[tokio::test]
async fn only_so_many_rows_are_shown() {
    let previews = Previews::new().await;
    let lines = |count: usize| "x\n".repeat(count);
    let rows = |count: usize| "{x:1}\n".repeat(count);
    for (query, most) in [("", 100), ("&maxRows=3", 3), ("&maxRows=1000000", 5_000)] {
        for (count, more) in [(most, false), (most + 1, true)] {
            let (content, truncated) = previews.shown("a.txt", lines(count), query).await;
            assert_eq!((content.as_str().unwrap().matches('x').count(), truncated), (most, more), "{query}");
            let (content, truncated) = previews.shown("a.ion", rows(count), query).await;
            assert_eq!((content.as_array().unwrap().len(), truncated), (most, more), "{query}");
        }
    }
    assert_eq!(previews.shown("a.txt", "a\r\nb\rc\n\nd", "&maxRows=4").await, (json!("a\nb\nc\n\n"), true));
    assert_eq!(previews.shown("a.txt", "a", "&maxRows=0").await, (json!(""), true));
    let wrong = previews.of("a.txt", "a", "&maxRows=-1").await;
    assert!(wrong.error().starts_with("422 "), "{}", wrong.error());
}

#[tokio::test]
async fn a_text_has_a_charset() {
    let previews = Previews::new().await;
    let city = json!("D\u{fc}sseldorf");
    for (charset, bytes) in [
        ("ISO-8859-1", &b"D\xfcsseldorf"[..]),
        ("latin1", b"D\xfcsseldorf"),
        ("windows-1252", b"D\xfcsseldorf"),
        ("UTF-8", "Düsseldorf".as_bytes()),
        ("UTF-16", b"\xfe\xff\0D\0\xfc\0s\0s\0e\0l\0d\0o\0r\0f"),
    ] {
        let shown = previews.shown("a.txt", bytes, &format!("&encoding={charset}")).await;
        assert_eq!(shown, (city.clone(), false), "{charset}");
    }
    let unknown = previews.of("a.txt", "a", "&encoding=foo").await;
    assert_snapshot!(unknown.error(), @"422 Illegal argument: Unable to preview using encoding 'foo'");
}

/// Whatever the size of a file, its beginning is all that is read.
#[tokio::test]
async fn a_large_file_is_cut() {
    const TEXT_BYTES_MAX: usize = 2 << 20;
    let previews = Previews::new().await;
    let line = "é".repeat(TEXT_BYTES_MAX / 2);
    let (content, truncated) = previews.shown("a.txt", format!("x{line}"), "").await;
    assert_eq!((content.as_str().unwrap().len(), truncated), (TEXT_BYTES_MAX - 1, true));
    // The last number within the limit is cut, and so not shown.
    let row = format!("{{a:\"{}\"}}\n", "y".repeat((1 << 20) - 7));
    let (content, truncated) = previews.shown("a.ion", format!("{row}{row}12345678\n"), "").await;
    assert_eq!((content.as_array().unwrap().len(), truncated), (2, true));
    let large = vec![0; (4 << 20) + 1];
    assert_eq!(previews.of("a.png", &large[1..], "").await.status, 200);
    assert_snapshot!(previews.of("a.png", &large, "").await.error(), @"422 Illegal argument: Unable to preview a picture or PDF of 4194305 bytes: 4194304 are the most; download it instead");
}

#[tokio::test]
async fn what_is_no_list_of_rows_is_told() {
    let previews = Previews::new().await;
    assert_snapshot!(previews.of("a.ion", "{a:1}\n{a", "").await.error(), @"422 Illegal argument: Unable to preview the rows of the file: Invalid ion: expected `:` instead of the end at line 2, byte 8");
    let there = format!("/api/v1/executions/{}/file/preview", previews.id);
    let get = async |path: &str| previews.app.get(&format!("{there}{path}")).await;
    assert_snapshot!(get("").await.error(), @"400 Bad Request: Required QueryValue [path] not specified");
    assert_snapshot!(get("?path=kestra:///a/b").await.error(), @"422 Illegal argument: Invalid prefix path");
    let elsewhere = "kestra:///company/team/f/executions/0000000000000000000042/inputs/a";
    let answer = get(&format!("?path={elsewhere}")).await;
    assert_eq!(answer.status, 307);
    let there = answer.header("location");
    assert_eq!(there, format!("/api/v1/executions/0000000000000000000042/file/preview?path={elsewhere}"));
}
