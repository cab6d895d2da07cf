//! Files of executions.

use axum::{body::Body, http::Request};
use futures_util::stream;
use insta::assert_snapshot;
use ports::blobs::Path;

use crate::app::{Answer, App};

const FLOW: &str = "
inputs: [{ id: doc, type: FILE }]
tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return }]
";
const FORM: &str = "--XX\r\nContent-Disposition: form-data; name=doc; filename=\"hello.txt\"\r\n\r\nhello world\r\n--XX--\r\n";

/// An app, an execution's address and its file.
async fn app() -> (App, String, String) {
    let app = App::new();
    app.flow("f", FLOW).await;
    let start = "/api/v1/executions/company.team/f?wait=true";
    let answer = app.post_body(start, "multipart/form-data; boundary=XX", FORM).await;
    let file = answer.json()["inputs"]["doc"].as_str().unwrap().to_owned();
    (app, format!("/api/v1/executions/{}", answer.id()), file)
}

async fn range(app: &App, uri: &str, range: &str) -> Answer {
    app.send(Request::builder().uri(uri).header("Range", range).body(Body::empty()).unwrap()).await
}

/// What is another each time, left out.
fn plain(answer: &Answer) -> String {
    assert!(answer.header("etag").len() > 10);
    assert!(answer.header("last-modified").ends_with(" GMT"));
    let (tag, date) = (answer.header("etag").to_owned(), answer.header("last-modified").to_owned());
    answer.shown().replace(&tag, "\"…\"").replace(&date, "…")
}

#[tokio::test]
async fn a_file_is_downloaded_whole() {
    let (app, execution, file) = app().await;
    assert_snapshot!(plain(&app.get(&format!("{execution}/file?path={file}")).await), @r#"
    200 OK
    accept-ranges: bytes
    cache-control: no-cache
    content-disposition: attachment; filename="hello.txt"
    content-length: 11
    content-type: application/octet-stream
    etag: "…"
    last-modified: …

    hello world
    "#);
    assert_eq!(app.get(&format!("{execution}/file/metas?path={file}")).await.text(), r#"{"size":11}"#);
}

#[tokio::test]
async fn a_part_of_a_file_is_downloaded() {
    let (app, execution, file) = app().await;
    let uri = format!("{execution}/file?path={file}");
    assert_snapshot!(plain(&range(&app, &uri, "bytes=0-4").await), @r#"
    206 Partial Content
    accept-ranges: bytes
    cache-control: no-cache
    content-disposition: attachment; filename="hello.txt"
    content-length: 5
    content-range: bytes 0-4/11
    content-type: application/octet-stream
    etag: "…"
    last-modified: …

    hello
    "#);
    assert_eq!(range(&app, &uri, "bytes=6-").await.text(), "world");
    assert_eq!(range(&app, &uri, "bytes=-5").await.text(), "world");
    assert_eq!(range(&app, &uri, "bytes=6-1000").await.header("content-range"), "bytes 6-10/11");
    assert_eq!(range(&app, &uri, "bytes=-1000").await.text(), "hello world");
    assert_eq!(range(&app, &uri, "bytes=0-1,3-4").await.status, 200);
    let beyond = range(&app, &uri, "bytes=11-").await;
    assert_eq!(beyond.header("content-range"), "bytes */11");
    assert_snapshot!(beyond.error(), @"416 Range Not Satisfiable: the file has 11 bytes");
    assert_eq!(range(&app, &uri, "bytes=-0").await.status, 416);
}

/// A request for a file with these headers.
async fn asked(app: &App, method: &str, uri: &str, headers: &[(&str, &str)]) -> Answer {
    let request =
        headers.iter().fold(Request::builder().method(method).uri(uri), |it, (k, v)| it.header(*k, *v));
    app.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn the_head_of_a_file_is_that_of_the_whole() {
    let (app, execution, file) = app().await;
    let uri = format!("{execution}/file?path={file}");
    let head = asked(&app, "HEAD", &uri, &[("Range", "bytes=0-4")]).await;
    assert_eq!(
        (head.status.as_u16(), head.header("content-length"), head.text()),
        (200, "11", String::new())
    );
    assert_eq!(head.header("etag"), app.get(&uri).await.header("etag"));
    assert_eq!(asked(&app, "HEAD", &format!("{uri}x"), &[]).await.status, 404);
}

#[tokio::test]
async fn what_a_client_has_is_not_sent_again() {
    let (app, execution, file) = app().await;
    let uri = format!("{execution}/file?path={file}");
    let whole = app.get(&uri).await;
    let tag = whole.header("etag").to_owned();
    for (known, status) in [
        (tag.clone(), 304),
        (format!("W/{tag}"), 304),
        (format!("\"other\", {tag}"), 304),
        ("*".to_owned(), 304),
        ("\"other\"".to_owned(), 200),
        (tag.trim_matches('"').to_owned(), 200),
    ] {
        for (method, range) in [("GET", "lines=1"), ("HEAD", "lines=1"), ("GET", "bytes=50-")] {
            let answer = asked(&app, method, &uri, &[("If-None-Match", &known), ("Range", range)]).await;
            let expected = if status == 200 && range.starts_with("bytes") { 416 } else { status };
            assert_eq!(answer.status.as_u16(), expected, "{method} {known}");
            if status == 304 {
                assert_eq!((answer.header("etag"), answer.text()), (tag.as_str(), String::new()));
            }
        }
    }
    // A date tells only seconds, so it does not say that a file is the same.
    let since = [("If-Modified-Since", whole.header("last-modified"))];
    assert_eq!(asked(&app, "GET", &uri, &since).await.status, 200);
}

/// A download that broke off goes on only in the same write of the file.
#[tokio::test]
async fn a_part_is_of_the_write_that_the_client_knows() {
    let (app, execution, file) = app().await;
    let uri = format!("{execution}/file?path={file}");
    let before = app.get(&uri).await;
    let tag = before.header("etag").to_owned();
    let going_on = async |tag: &str, range: &str| {
        let answer = asked(&app, "GET", &uri, &[("If-Range", tag), ("Range", range)]).await;
        (answer.status.as_u16(), answer.text())
    };
    assert_eq!(going_on(&tag, "bytes=6-").await, (206, "world".to_owned()));
    assert_eq!(going_on(&tag, "bytes=-5").await, (206, "world".to_owned()));
    for other in ["\"other\"", &format!("W/{tag}"), before.header("last-modified")] {
        assert_eq!(going_on(other, "bytes=6-").await, (200, "hello world".to_owned()), "{other}");
    }
    // As a retry does: the same path, as many bytes.
    let path = Path::new(file.replace("kestra:///", "main/files/")).unwrap();
    let content = Box::pin(stream::once(std::future::ready(Ok("HELLO WORLD".into()))));
    app.stored.put(&path, content, 11).await.unwrap();
    assert_eq!(going_on(&tag, "bytes=6-").await, (200, "HELLO WORLD".to_owned()));
    assert_eq!(asked(&app, "GET", &uri, &[("If-None-Match", &tag)]).await.text(), "HELLO WORLD");
}

#[tokio::test]
async fn only_files_of_the_execution_are_given() {
    let (app, execution, file) = app().await;
    let get = async |path: &str| app.get(&format!("{execution}/file{path}")).await;
    assert_snapshot!(get("").await.error(), @"400 Bad Request: Required QueryValue [path] not specified");
    assert_snapshot!(get("?path=/etc/passwd").await.error(), @"
    422 Illegal argument: `/etc/passwd` is not a path of an internal-storage file
    ");
    assert_snapshot!(get("?path=kestra:///company/team/secret").await.error(), @"422 Illegal argument: Invalid prefix path");
    assert_snapshot!(get("?path=kestra:///company/../x").await.error(), @"
    422 Illegal argument: `kestra:///company/../x` is not a path of an internal-storage file
    ");
    assert_snapshot!(get(&format!("?path={file}x")).await.error(), @"
    404 Not Found: Unable to find the file 'kestra:///company/team/f/executions/0000000000000000000001/inputs/doc/hello.txtx'
    ");
    let unknown = "/api/v1/executions/0000000000000000000042/file";
    assert_snapshot!(app.get(&format!("{unknown}?path={file}")).await.error(), @"404 Not Found: Unable to find execution id '0000000000000000000042'");
}

#[tokio::test]
async fn a_file_of_another_execution_is_asked_for_there() {
    let (app, execution, file) = app().await;
    let id = execution.rsplit('/').next().unwrap();
    let elsewhere = file.replace(id, "0000000000000000000042");
    let answer = app.get(&format!("{execution}/file?path={elsewhere}")).await;
    assert_eq!(answer.status, 307);
    let there = answer.header("location");
    assert_eq!(there, format!("/api/v1/executions/0000000000000000000042/file?path={elsewhere}"));
    assert_snapshot!(app.get(there).await.error(), @"404 Not Found: Unable to find execution id '0000000000000000000042'");
}

#[tokio::test]
async fn a_name_beyond_ascii_is_kept() {
    let app = App::new();
    app.flow("f", FLOW).await;
    let form = FORM.replace("hello.txt", "Ä b.txt");
    let start = "/api/v1/executions/company.team/f";
    let answer = app.post_body(start, "multipart/form-data; boundary=XX", form).await;
    let file = answer.json()["inputs"]["doc"].as_str().unwrap().to_owned();
    // A person pastes the URI as it is, a program encodes it once more.
    for path in [file.clone(), file.replace('%', "%25")] {
        let answer = app.get(&format!("/api/v1/executions/{}/file?path={path}", answer.id())).await;
        assert_eq!(answer.text(), "hello world");
        assert!(answer.header("content-disposition").ends_with("; filename*=UTF-8''%C3%84%20b.txt"));
    }
}

#[tokio::test]
async fn files_of_a_refused_call_are_forgotten() {
    let app = App::new();
    app.flow("f", "inputs: [{ id: doc, type: FILE }, { id: n, type: INT }]\ntasks: [{ id: t, type: io.kestra.plugin.core.debug.Return }]").await;
    let half = &FORM[..FORM.len() - 6];
    for body in [FORM, half] {
        let answer = app
            .post_body("/api/v1/executions/company.team/f", "multipart/form-data; boundary=XX", body)
            .await;
        assert!(answer.status.is_client_error(), "{}", answer.shown());
    }
    assert_eq!(app.blobs(), Vec::<String>::new());
}
