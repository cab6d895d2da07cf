//! Requests and answers that are larger than what stands before this process lets pass.

use axum::{
    body::{Body, Bytes},
    http::{Method, Request, header},
};
use futures_util::{StreamExt, stream};
use insta::assert_snapshot;
use service::Settings;

use crate::{
    app::{Answer, App},
    doors,
};

const FLOW: &str = "
inputs:
  - { id: doc, type: FILE, required: false }
  - { id: text, type: STRING, required: false }
tasks:
  - { id: t, type: io.kestra.plugin.core.debug.Return, format: '{{ inputs.text }}' }
";
const CREATE: &str = "/api/v1/executions/company.team/f?wait=true";

fn small() -> Settings {
    Settings { body_bytes_max: Some(300), answer_bytes_max: Some(2_000), ..Settings::default() }
}

fn large() -> String {
    serde_json::json!({ "text": "x".repeat(2_000) }).to_string()
}

/// An app that hands out little, and a file of 3,000 bytes: its execution's address and its URI.
async fn with_a_file(doors: bool) -> (App, String, String) {
    let settings = Settings { body_bytes_max: None, ..small() };
    let app = if doors { App::with_doors(settings) } else { App::with(settings) };
    app.flow("f", FLOW).await;
    let form = format!(
        "--XX\r\nContent-Disposition: form-data; name=doc; filename=\"a.txt\"\r\n\r\n{}\r\n--XX--\r\n",
        "0123456789".repeat(300)
    );
    let done = app.post_body(CREATE, "multipart/form-data; boundary=XX", form).await;
    let file = done.json()["inputs"]["doc"].as_str().unwrap().to_owned();
    (app, format!("/api/v1/executions/{}/file", done.id()), file)
}

#[tokio::test]
async fn a_large_request_is_shown_the_way() {
    let app = App::with(small());
    app.flow("f", FLOW).await;
    let announced = app.post_body(CREATE, "application/json", large());
    assert_snapshot!(announced.await.error(), @"413 Request Entity Too Large: a request may have at most 300 bytes here; send large files by POST /api/v1/executions/{namespace}/{flow}/uploads");
    let stated = Request::post(CREATE)
        .header(header::CONTENT_LENGTH, "301")
        .header("Content-Type", "application/json");
    assert_eq!(app.send(stated.body(Body::empty()).unwrap()).await.status, 413);
    let chunks = stream::iter((0..4).map(|_| Ok::<_, std::io::Error>(Bytes::from(" ".repeat(100)))));
    let streamed = app.post_body(CREATE, "application/json", Body::from_stream(chunks)).await;
    assert!(
        streamed
            .error()
            .starts_with("413 Request Entity Too Large: a request may have at most 300 bytes here")
    );
    assert_eq!(app.get("/api/v1/executions/search").await.json()["total"], 0);
    let fits = format!("{:300}", r#"{"text": "x"}"#);
    assert_eq!(app.post_body(CREATE, "application/json", fits).await.status, 200);
}

#[tokio::test]
async fn nothing_beyond_the_limit_is_read() {
    let app = App::with(small());
    app.flow("f", FLOW).await;
    let endless =
        stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(" ".repeat(100)))).take(1_000_000);
    let answer = app.post_body(CREATE, "multipart/form-data; boundary=XX", Body::from_stream(endless)).await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn a_large_answer_leaves_by_the_door() {
    let app = App::with_doors(Settings { body_bytes_max: None, ..small() });
    app.flow("f", FLOW).await;
    let answer = app.post_body(CREATE, "application/json", large()).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (303, 0));
    let id = fetched(&app, &answer).await["id"].as_str().unwrap().to_owned();
    let again = app.get(&format!("/api/v1/executions/{id}")).await;
    assert_eq!(again.status, 303);
    assert_eq!(fetched(&app, &again).await["inputs"]["text"].as_str().unwrap().len(), 2_000);
    let search = app.get("/api/v1/executions/search").await;
    assert_eq!(fetched(&app, &search).await["total"], 1);
    assert!(doors::behind(search.header("location")).as_str().starts_with("main/answers/"));
    assert_eq!(app.post(CREATE).await.status, 200, "what fits comes as ever");
    assert_eq!(app.get("/api/v1/nothing").await.status, 404);
}

/// What a client that follows the answer gets.
async fn fetched(app: &App, answer: &Answer) -> serde_json::Value {
    let path = doors::behind(answer.header("location"));
    let stored = app.stored.get(&path, None).await.unwrap().stream;
    let bytes: Vec<Bytes> = stored.map(Result::unwrap).collect().await;
    serde_json::from_slice(&bytes.concat()).unwrap()
}

#[tokio::test]
async fn a_large_answer_without_a_door_is_refused() {
    let app = App::with(Settings { body_bytes_max: None, ..small() });
    app.flow("f", FLOW).await;
    let answer = app.post_body(CREATE, "application/json", large()).await;
    let error = answer.error();
    let size = error.split(' ').find(|word| word.parse::<u64>().is_ok_and(|it| it > 2_000)).unwrap();
    assert_snapshot!(error.replace(size, "…"), @"413 Content Too Large: the answer has … bytes, and at most 2000 can be sent from here");
}

#[tokio::test]
async fn a_large_file_leaves_by_the_door() {
    let (app, address, file) = with_a_file(true).await;
    let whole = app.get(&format!("{address}?path={file}")).await;
    assert_eq!((whole.status.as_u16(), whole.body.len()), (307, 0));
    let path = doors::behind(whole.header("location"));
    assert_eq!(app.stored.size(&path).await.unwrap(), 3_000);
    let range = Request::get(format!("{address}?path={file}")).header("Range", "bytes=0-9");
    assert_eq!(app.send(range.body(Body::empty()).unwrap()).await.status, 307);
    let head = app.call(Method::HEAD, &format!("{address}?path={file}")).await;
    assert_eq!((head.status.as_u16(), head.header("content-length")), (200, "3000"));
    assert_eq!(app.get(&format!("{address}/metas?path={file}")).await.text(), r#"{"size":3000}"#);
}

#[tokio::test]
async fn of_a_large_file_without_a_door_parts_are_given() {
    let (app, address, file) = with_a_file(false).await;
    assert_snapshot!(app.get(&format!("{address}?path={file}")).await.error(), @"413 Content Too Large: the answer has 3000 bytes, and at most 2000 can be sent from here");
    let range = Request::get(format!("{address}?path={file}")).header("Range", "bytes=10-19");
    assert_eq!(app.send(range.body(Body::empty()).unwrap()).await.text(), "0123456789");
}
