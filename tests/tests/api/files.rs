//! Files of executions.

use axum::{body::Body, http::Request};
use insta::assert_snapshot;

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

#[tokio::test]
async fn a_file_is_downloaded_whole() {
    let (app, execution, file) = app().await;
    assert_snapshot!(app.get(&format!("{execution}/file?path={file}")).await.shown(), @r#"
    200 OK
    accept-ranges: bytes
    content-disposition: attachment; filename="hello.txt"
    content-length: 11
    content-type: application/octet-stream

    hello world
    "#);
    assert_eq!(app.get(&format!("{execution}/file/metas?path={file}")).await.text(), r#"{"size":11}"#);
}

#[tokio::test]
async fn a_part_of_a_file_is_downloaded() {
    let (app, execution, file) = app().await;
    let uri = format!("{execution}/file?path={file}");
    assert_snapshot!(range(&app, &uri, "bytes=0-4").await.shown(), @r#"
    206 Partial Content
    accept-ranges: bytes
    content-disposition: attachment; filename="hello.txt"
    content-length: 5
    content-range: bytes 0-4/11
    content-type: application/octet-stream

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
