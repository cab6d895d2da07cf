//! Files of namespaces.

use std::{fmt::Write, time::Duration};

use axum::http::Method;
use insta::assert_snapshot;
use serde_json::json;
use service::Settings;

use crate::{
    app::{Answer, App},
    doors::behind,
};

const FILES: &str = "/api/v1/namespaces/company.team/files";
const FORM: &str = "multipart/form-data; boundary=XX";

/// A form with one file.
fn form(name: &str, file_name: &str, content: &str) -> String {
    format!(
        "--XX\r\nContent-Disposition: form-data; name={name}; filename=\"{file_name}\"\r\n\r\n{content}\r\n--XX--\r\n"
    )
}

async fn write(app: &App, path: &str, content: &str) -> Answer {
    app.post_body(&format!("{FILES}?path={path}"), FORM, form("fileContent", "any", content)).await
}

async fn read(app: &App, path: &str) -> Answer {
    app.get(&format!("{FILES}?path={path}")).await
}

/// Directories and files by their attributes, times in seconds since the app began.
async fn listed(app: &App, uri: &str) -> String {
    let answer = app.get(&format!("{FILES}/{uri}")).await.json();
    let mut text = String::new();
    let one = [answer.clone()];
    for file in answer.as_array().map_or(&one[..], Vec::as_slice) {
        let seconds = |name: &str| file[name].as_i64().unwrap() / 1_000 - 1_720_761_222;
        let (created, modified) = (seconds("creationTime"), seconds("lastModifiedTime"));
        let (kind, name, size) = (&file["type"], &file["fileName"], &file["size"]);
        writeln!(text, "{kind} {name} {size} created {created} modified {modified}").unwrap();
    }
    text
}

#[tokio::test]
async fn a_file_is_written_read_replaced_and_removed() {
    let app = App::new();
    assert_eq!(write(&app, "/scripts/main.py", "print(1)").await.shown(), "200 OK\ncontent-length: 0");
    let first = read(&app, "/scripts/main.py").await;
    let (tag, date) = (first.header("etag").to_owned(), first.header("last-modified").to_owned());
    assert_snapshot!(first.shown().replace(&tag, "\"…\"").replace(&date, "…"), @r#"
    200 OK
    accept-ranges: bytes
    cache-control: no-cache
    content-length: 8
    content-type: application/octet-stream
    etag: "…"
    last-modified: …

    print(1)
    "#);
    app.advance(Duration::from_secs(5));
    write(&app, "scripts/main.py", "print(22)").await;
    assert_eq!(read(&app, "scripts/main.py").await.text(), "print(22)");
    assert_eq!(
        app.get("/api/v1/main/namespaces/company.team/files?path=/scripts/main.py").await.text(),
        "print(22)"
    );
    assert_eq!(
        listed(&app, "stats?path=/scripts/main.py").await,
        "\"File\" \"main.py\" 9 created 0 modified 5\n"
    );
    assert_eq!(app.blobs().len(), 1, "what was replaced is gone");
    let elsewhere = "/api/v1/namespaces/company/files?path=/scripts/main.py";
    assert_eq!(app.get(elsewhere).await.error(), "404 Not Found: File not found: /scripts/main.py");
    let delete = format!("{FILES}?path=/scripts/main.py");
    assert_eq!(app.call(Method::DELETE, &delete).await.status, 200);
    assert_eq!(app.blobs(), [""; 0]);
    assert_eq!(
        app.call(Method::DELETE, &delete).await.error(),
        "404 Not Found: File not found: /scripts/main.py"
    );
    assert_eq!(
        read(&app, "/scripts/main.py").await.error(),
        "404 Not Found: File not found: /scripts/main.py"
    );
}

#[tokio::test]
async fn directories_are_those_of_paths_and_those_that_were_made() {
    let app = App::new();
    assert_eq!(listed(&app, "directory").await, "");
    assert_eq!(listed(&app, "stats").await.split(' ').next(), Some("\"Directory\""));
    for path in ["/a/b/two.txt", "/a/one.txt", "/zero.txt", "/a-/x"] {
        write(&app, path, path).await;
        app.advance(Duration::from_secs(1));
    }
    for _ in 0..2 {
        assert_eq!(app.post(&format!("{FILES}/directory?path=/empty/")).await.status, 200);
    }
    assert_eq!(app.post(&format!("{FILES}/directory?path=/")).await.status, 200);
    let lists = [
        "directory",
        "directory?path=/",
        "directory?path=a/",
        "directory?path=/empty",
        "stats?path=/a",
        "stats",
    ];
    let mut text = String::new();
    for list in lists {
        write!(text, "{list}\n{}\n", listed(&app, list).await).unwrap();
    }
    assert_snapshot!(text);
    let search = async |text: &str| app.get(&format!("{FILES}/search?q={text}")).await.json();
    assert_eq!(search("").await, json!(["/a-/x", "/a/b/two.txt", "/a/one.txt", "/zero.txt"]));
    assert_eq!(search("/B/").await, json!(["/a/b/two.txt"]));
    assert_eq!(search("empty").await, json!([]));
    assert_eq!(app.call(Method::DELETE, &format!("{FILES}?path=/a/")).await.status, 200);
    assert_eq!(search("").await, json!(["/a-/x", "/zero.txt"]));
    assert_eq!(app.blobs().len(), 2);
    assert_eq!(app.call(Method::DELETE, &format!("{FILES}?path=/empty")).await.status, 200);
    assert_eq!(
        app.get(&format!("{FILES}/directory?path=/empty")).await.error(),
        "404 Not Found: Directory not found: /empty"
    );
    assert_eq!(
        app.get("/api/v1/namespaces/company.team").await.text(),
        r#"{"id":"company.team","deleted":false}"#
    );
}

#[tokio::test]
async fn files_and_directories_are_moved() {
    let app = App::new();
    for path in ["/a/b/two.txt", "/a/one.txt", "/taken.txt"] {
        write(&app, path, path).await;
    }
    for number in 0..120 {
        write(&app, &format!("/many/{number}"), "x").await;
    }
    app.post(&format!("{FILES}/directory?path=/many/none")).await;
    let rename =
        async |from: &str, to: &str| app.call(Method::PUT, &format!("{FILES}?from={from}&to={to}")).await;
    assert_eq!(rename("/a/one.txt", "/taken.txt").await.status, 200);
    assert_eq!(read(&app, "/taken.txt").await.text(), "/a/one.txt");
    assert_eq!(app.blobs().len(), 122, "what was replaced is gone");
    assert_eq!(rename("/taken.txt", "/taken.txt").await.status, 200);
    assert_eq!(rename("/a", "/c/d").await.status, 200);
    assert_eq!(read(&app, "/c/d/b/two.txt").await.text(), "/a/b/two.txt");
    assert_eq!(rename("/many/", "/moved").await.status, 200);
    assert_eq!(read(&app, "/moved/119").await.text(), "x");
    let left = app.get(&format!("{FILES}/search?q=/")).await.json();
    assert_eq!(left.as_array().unwrap().len(), 122);
    assert_eq!(listed(&app, "directory?path=/moved/none").await, "");
    app.post(&format!("{FILES}/directory?path=/c")).await;
    app.post(&format!("{FILES}/directory?path=/e")).await;
    assert_eq!(rename("/e", "/c").await.status, 200, "beside what is there");
    write(&app, "/full/5", "x").await;
    let mut refused = String::new();
    for (from, to) in [
        ("/gone", "/x"),
        ("/moved", "/moved/below"),
        ("/moved", "/taken.txt"),
        ("/moved", "/taken.txt/below"),
        ("/taken.txt", "/moved"),
        ("/moved", "/full"),
        ("/", "/x"),
        ("/taken.txt", "/"),
    ] {
        writeln!(refused, "{from} to {to}: {}", rename(from, to).await.error()).unwrap();
    }
    assert_snapshot!(refused);
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let app = App::with(Settings { file_bytes_max: 10, ..Settings::default() });
    write(&app, "/file", "x").await;
    write(&app, "/directory/file", "x").await;
    let mut refused = String::new();
    let long = format!("/{}", "x".repeat(256));
    let (longest, deep) = ("x/".repeat(300), "x/".repeat(50));
    for path in [
        "",
        "/",
        "/a//b",
        "/../a",
        "/a/..",
        "/a/.",
        "/a/",
        "//a",
        "a%5Cb",
        "a%00b",
        &long,
        &format!("{longest}x"),
        &format!("{deep}x"),
        "/_flows/f.yaml",
        "/_flows",
        "/file/below",
        "/directory",
        "/large",
    ] {
        let shown: String = path.chars().take(20).collect();
        let content = if path == "/large" { "0123456789-" } else { "0123456789" };
        writeln!(refused, "{shown}: {}", write(&app, path, content).await.error()).unwrap();
    }
    assert_eq!(app.blobs().len(), 2, "nothing of what was refused is kept");
    for uri in [
        "/api/v1/namespaces/Company/files?path=/a",
        "/api/v1/namespaces/a..b/files?path=/a",
        "/api/v1/namespaces/a%2Fb/files?path=/a",
        "/api/v1/namespaces/a._files/files?path=/a",
        "/api/v1/namespaces/company.team/files/search",
        "/api/v1/namespaces/company.team/files/stats?path=/none",
        "/api/v1/namespaces/company.team/files?path=/directory",
        "/api/v1/namespaces/company.team/files?path=/file&revision=1",
        "/api/v1/namespaces/company.team/files/revisions?path=/file",
        "/api/v1/other/namespaces/company.team/files?path=/file",
    ] {
        writeln!(refused, "{uri}: {}", app.get(uri).await.error()).unwrap();
    }
    for path in ["/file", "/file/below", "/_flows"] {
        let made = app.post(&format!("{FILES}/directory?path={path}")).await;
        writeln!(refused, "directory {path}: {}", made.error()).unwrap();
    }
    assert_snapshot!(refused);
}

#[tokio::test]
async fn only_a_form_with_a_file_is_taken() {
    let app = App::new();
    let uri = format!("{FILES}?path=/a");
    let mut refused = String::new();
    let other = form("other", "a", "x");
    let text = "--XX\r\nContent-Disposition: form-data; name=fileContent\r\n\r\nx\r\n--XX--\r\n".to_owned();
    let cut = form("fileContent", "a", "x").split_once("\r\n--XX--").unwrap().0.to_owned();
    for (kind, body) in [
        ("text/plain", "x".to_owned()),
        (FORM, String::new()),
        (FORM, other),
        (FORM, text),
        (FORM, cut),
        (FORM, form("fileContent", "all.ZIP", "x")),
    ] {
        writeln!(refused, "{}", app.post_body(&uri, kind, body).await.error()).unwrap();
    }
    assert_eq!(app.blobs(), [""; 0]);
    assert_snapshot!(refused);
}

#[tokio::test]
async fn a_file_that_is_too_large_for_an_answer_leaves_by_the_door() {
    let app = App::with_doors(Settings { answer_bytes_max: Some(500), ..Settings::default() });
    let large = "x".repeat(501);
    write(&app, "/large.txt", &large).await;
    let answer = read(&app, "/large.txt").await;
    assert_eq!(answer.status, 307);
    let blob = behind(answer.header("location"));
    assert_eq!(blob.file_name(), "large.txt", "a download is named after it");
    assert_eq!(app.stored.size(&blob).await, Ok(501));
    let app = App::with(Settings { answer_bytes_max: Some(500), ..Settings::default() });
    write(&app, "/large.txt", &large).await;
    assert_eq!(read(&app, "/large.txt").await.status, 413);
}

#[tokio::test]
async fn expressions_see_files() {
    let app = App::new();
    write(&app, "/data/a%20b.txt", "hello").await;
    write(&app, "/empty", "").await;
    app.post_body("/api/v1/namespaces/other/files?path=/x", FORM, form("fileContent", "any", "theirs")).await;
    let expressions = [
        "read('data/a b.txt')",
        "read('/data/a b.txt')",
        "fileSize('data/a b.txt')",
        "fileURI('data/a b.txt')",
        "read(fileURI('data/a b.txt'))",
        "fileSize(fileURI('/empty'))",
        "isFileEmpty('empty') ~ isFileEmpty('data/a b.txt')",
        "fileExists('empty') ~ fileExists('none') ~ fileExists(fileURI('none'))",
        "read('x', namespace='other') ~ fileExists('x', 'other') ~ fileExists('x')",
        "read(path=fileURI('x', namespace='other'))",
        "read('none')",
        "fileSize('none')",
        "isFileEmpty('data')",
        "read('../x')",
        "read('_flows/f.yaml')",
        "read('x', namespace='Other')",
        "fileURI('kestra:///company/team/f/executions/1/x')",
        "fileExists('kestra:///company/team/f/executions/1/x')",
        "read('kestra:///company/_files/%2e%2e/x')",
    ];
    let mut text = String::new();
    for (index, expression) in expressions.into_iter().enumerate() {
        let flow = format!("f{index}");
        app.flow(&flow, &format!("tasks: [{{ id: t, type: io.kestra.plugin.core.debug.Return, format: \"{{{{ {expression} }}}}\" }}]")).await;
        let execution = app.post(&format!("/api/v1/executions/company.team/{flow}?wait=true")).await;
        let task_run = &execution.json()["taskRunList"][0];
        let lines = app.get(&format!("/api/v1/logs/{}?minLevel=ERROR", execution.id())).await.json();
        let said = lines[0]["message"].as_str().unwrap_or_default().split(" ({{").next().unwrap_or_default();
        writeln!(text, "{expression}  ->  {} {said}", task_run["outputs"]["value"]).unwrap();
    }
    assert_snapshot!(text);
}
