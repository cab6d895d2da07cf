//! Files that are there before their execution.

use axum::{
    body::{Body, Bytes},
    http::{Method, Request},
};
use futures_util::{StreamExt, stream};
use insta::assert_snapshot;
use serde_json::{Value as Json, json};
use service::Settings;
use tokio::sync::oneshot;

use crate::{
    app::{Answer, App},
    doors,
};

const FLOW: &str = "
inputs:
  - { id: data, type: FILE }
  - { id: more, type: FILE, required: false }
  - { id: name, type: STRING, defaults: x }
tasks:
  - { id: show, type: io.kestra.plugin.core.debug.Return, format: '{{ read(inputs.data) }}' }
";
const CREATE: &str = "/api/v1/main/executions/company.team/f?wait=true";
const RESERVE: &str = "/api/v1/main/executions/company.team/f/uploads";

async fn app() -> App {
    let app = App::with(Settings { url: Some("http://here".to_owned()), ..Settings::default() });
    app.flow("f", FLOW).await;
    app
}

async fn reserve(app: &App, files: Json) -> Answer {
    app.post_body(RESERVE, "application/json", json!({ "files": files }).to_string()).await
}

async fn put(app: &App, url: &str, content: &'static str) -> Answer {
    let uri = url.strip_prefix("http://here").unwrap();
    app.send(Request::put(uri).body(Body::from(content)).unwrap()).await
}

/// Reserves and uploads the input `data`; the id and the file's URI.
async fn uploaded(app: &App) -> (String, String) {
    let reserved = reserve(app, json!([{"input": "data", "fileName": "a b.csv", "size": 5}])).await.json();
    let upload = &reserved["uploads"][0];
    assert_eq!(put(app, upload["url"].as_str().unwrap(), "hello").await.status, 200);
    (reserved["executionId"].as_str().unwrap().to_owned(), upload["uri"].as_str().unwrap().to_owned())
}

async fn create(app: &App, inputs: Json) -> Answer {
    app.post_body(CREATE, "application/json", inputs.to_string()).await
}

#[tokio::test]
async fn a_reservation_says_where_files_go() {
    let app = app().await;
    let files = json!([{"input": "data", "fileName": "a b.csv", "size": 5}, {"input": "more", "size": 0}]);
    assert_snapshot!(reserve(&app, files).await.shown(), @r#"
    200 OK
    content-length: 597
    content-type: application/json

    {
      "executionId": "0000000000000000000001",
      "expiresAt": "2024-07-12T05:28:42.140Z",
      "uploads": [
        {
          "input": "data",
          "method": "PUT",
          "url": "http://here/api/v1/main/executions/company.team/f/uploads/0000000000000000000001/data/a%20b.csv",
          "headers": {
            "content-length": "5"
          },
          "uri": "kestra:///company/team/f/executions/0000000000000000000001/inputs/data/a%20b.csv"
        },
        {
          "input": "more",
          "method": "PUT",
          "url": "http://here/api/v1/main/executions/company.team/f/uploads/0000000000000000000001/more/more",
          "headers": {
            "content-length": "0"
          },
          "uri": "kestra:///company/team/f/executions/0000000000000000000001/inputs/more/more"
        }
      ]
    }
    "#);
    assert_eq!(app.blobs(), Vec::<String>::new());
    assert_eq!(app.get("/api/v1/executions/search").await.json()["total"], 0);
}

#[tokio::test]
async fn blobs_with_a_door_take_files_themselves() {
    let app = App::with_doors(Settings::default());
    app.flow("f", FLOW).await;
    let reserved = reserve(&app, json!([{"input": "data", "fileName": "a b.csv", "size": 5}])).await;
    let url = reserved.json()["uploads"][0]["url"].as_str().unwrap().to_owned();
    assert_snapshot!(url, @"https://door.test/main/files/company/team/f/executions/0000000000000000000001/inputs/data/a b.csv?size=5&valid=900");
    let content = Box::pin(stream::iter([Ok(Bytes::from("hello"))]));
    app.stored.put(&doors::behind(&url), content, 5).await.unwrap();
    let done = create(&app, json!({"data": reserved.json()["uploads"][0]["uri"]})).await;
    assert_eq!(done.json()["taskRunList"][0]["outputs"]["value"], "hello");
    assert_eq!(done.json()["id"], reserved.json()["executionId"]);
}

#[tokio::test]
async fn an_execution_is_made_of_uploaded_files() {
    let app = app().await;
    let (id, uri) = uploaded(&app).await;
    let done = create(&app, json!({"data": uri, "name": "y"})).await;
    assert_eq!(done.id(), id);
    assert_eq!(done.json()["inputs"], json!({"data": uri, "more": null, "name": "y"}));
    assert_eq!(done.json()["taskRunList"][0]["outputs"]["value"], "hello");
}

#[tokio::test]
async fn a_form_sends_them_as_text() {
    let app = app().await;
    let (id, uri) = uploaded(&app).await;
    let form = format!("--XX\r\nContent-Disposition: form-data; name=data\r\n\r\n{uri}\r\n--XX--\r\n");
    let done = app.post_body(CREATE, "multipart/form-data; boundary=XX", form).await;
    assert_eq!((done.id(), done.status.as_u16()), (id, 200));
}

#[tokio::test]
async fn a_repeat_finds_the_one_execution() {
    let app = app().await;
    let (id, uri) = uploaded(&app).await;
    let first = create(&app, json!({"data": uri, "name": "first"})).await;
    let second = create(&app, json!({"data": uri, "name": "second"})).await;
    assert_eq!((first.id(), second.id()), (id.clone(), id));
    assert_eq!(second.json()["inputs"]["name"], "first");
    assert_eq!(app.get("/api/v1/executions/search").await.json()["total"], 1);
}

#[tokio::test]
async fn a_refused_call_can_be_corrected() {
    let app = app().await;
    let (id, uri) = uploaded(&app).await;
    assert_eq!(create(&app, json!({"data": uri, "name": {"not": "text"}})).await.status, 422);
    assert_eq!(create(&app, json!({"data": uri})).await.id(), id);
}

#[tokio::test]
async fn a_key_reserves_its_own_execution() {
    let app = app().await;
    let keyed = async |uri: &str, key: &str, body: Json| {
        let request =
            Request::post(uri).header("Idempotency-Key", key).header("Content-Type", "application/json");
        app.send(request.body(Body::from(body.to_string())).unwrap()).await
    };
    let files = json!({"files": [{"input": "data", "fileName": "a", "size": 5}]});
    let reserved = keyed(RESERVE, "one", files.clone()).await.json();
    assert_eq!(keyed(RESERVE, "one", files.clone()).await.json(), reserved);
    put(&app, reserved["uploads"][0]["url"].as_str().unwrap(), "hello").await;
    let inputs = json!({"data": reserved["uploads"][0]["uri"]});
    assert_snapshot!(keyed(CREATE, "two", inputs.clone()).await.error(), @"422 Invalid entity: data: Invalid input for `data`, the URIs of uploaded files (and the idempotency key, if any) have to be of the same execution, but received `kestra:///company/team/f/executions/1J9eNynltrPW147p0uFGrJ/inputs/data/a`");
    let done = keyed(CREATE, "one", inputs).await;
    assert_eq!(done.json()["id"], reserved["executionId"]);
    let again = keyed(RESERVE, "one", files).await.json();
    assert_eq!((&again["executionId"], &again["uploads"]), (&reserved["executionId"], &json!([])));
}

#[tokio::test]
async fn all_problems_of_a_reservation_are_told() {
    let app = App::with(Settings { file_bytes_max: 9, ..Settings::default() });
    app.flow("f", FLOW).await;
    let files = json!([
        {"input": "data", "fileName": "a", "size": 10},
        {"input": "data", "fileName": "b", "size": 1},
        {"input": "name", "fileName": "c", "size": 1},
        {"input": "other", "fileName": "d", "size": 1},
    ]);
    assert_snapshot!(reserve(&app, files).await.error(), @"
    422 Invalid entity: data: Invalid input for `data`, a file may have at most 9 bytes, but received `10`
    data: Invalid input for `data`, it is announced more than once, but received `b`
    name: Invalid input for `name`, a file is taken by a `FILE` alone, and this is a `STRING`, but received `c`
    other: Invalid input for `other`, the flow has no such input, but received `d`
    ");
    assert_snapshot!(reserve(&app, json!([])).await.error(), @"422 Illegal argument: 1 to 100 files are announced at once, not 0");
    let many: Vec<Json> = (0..101).map(|it| json!({"input": it.to_string(), "size": 1})).collect();
    assert_snapshot!(reserve(&app, json!(many)).await.error(), @"422 Illegal argument: 1 to 100 files are announced at once, not 101");
    assert_snapshot!(reserve(&app, json!([{"input": "data"}])).await.error(), @r#"422 Invalid json: files are announced as {"files": [{"input", "fileName", "size"}]}: missing field `size` at line 1 column 26"#);
    assert_snapshot!(app.post("/api/v1/executions/company.team/nothing/uploads").await.error(), @r#"422 Invalid json: files are announced as {"files": [{"input", "fileName", "size"}]}: EOF while parsing a value at line 1 column 0"#);
    let unknown = app.post_body(
        "/api/v1/executions/company.team/nothing/uploads",
        "application/json",
        r#"{"files":[]}"#,
    );
    assert_snapshot!(unknown.await.error(), @"404 Not Found: Requested Flow is not found.");
}

#[tokio::test]
async fn what_was_not_uploaded_here_is_refused() {
    let app = app().await;
    app.flow("g", FLOW).await;
    let (id, uri) = uploaded(&app).await;
    let (_, other) = uploaded(&app).await;
    let refused = async |inputs: Json| create(&app, inputs).await.error();
    assert_snapshot!(refused(json!({"data": uri.replace("/f/", "/g/")})).await, @"422 Invalid entity: data: Invalid input for `data`, the URI is not that of a file uploaded for this input of this flow, but received `kestra:///company/team/g/executions/0000000000000000000001/inputs/data/a%20b.csv`");
    assert_snapshot!(refused(json!({"more": uri, "data": uri})).await, @"422 Invalid entity: more: Invalid input for `more`, the URI is not that of a file uploaded for this input of this flow, but received `kestra:///company/team/f/executions/0000000000000000000001/inputs/data/a%20b.csv`");
    assert_snapshot!(refused(json!({"data": uri, "more": other.replace("/data/", "/more/")})).await, @"422 Invalid entity: more: Invalid input for `more`, the URIs of uploaded files (and the idempotency key, if any) have to be of the same execution, but received `kestra:///company/team/f/executions/0000000000000000000003/inputs/more/a%20b.csv`");
    assert_snapshot!(refused(json!({"data": format!("{uri}x")})).await, @"422 Invalid entity: data: Invalid input for `data`, the file was not uploaded, but received `kestra:///company/team/f/executions/0000000000000000000001/inputs/data/a%20b.csvx`");
    assert_snapshot!(refused(json!({"data": "kestra:///company/team/f"})).await, @"422 Invalid entity: data: Invalid input for `data`, the URI is not that of a file uploaded for this input of this flow, but received `kestra:///company/team/f`");
    assert_snapshot!(refused(json!({"data": "/etc/passwd"})).await, @"422 Invalid entity: data: Invalid input for `data`, a `FILE` has to be sent as a file, or as the `kestra://` URI of a stored one, but received `/etc/passwd`");
    let form = format!(
        "--XX\r\nContent-Disposition: form-data; name=data\r\n\r\n{uri}\r\n--XX\r\n\
         Content-Disposition: form-data; name=more; filename=x\r\n\r\nx\r\n--XX--\r\n"
    );
    let both = app.post_body(CREATE, "multipart/form-data; boundary=XX", form).await;
    assert_snapshot!(both.error(), @"422 Invalid entity: data: Invalid input for `data`, a call sends its files either by themselves or as URIs of uploaded ones, not both, but received `kestra:///company/team/f/executions/0000000000000000000001/inputs/data/a%20b.csv`");
    assert_eq!(app.blobs().len(), 2, "the streamed file is gone, the uploaded ones are not");
    assert_eq!(app.get("/api/v1/executions/search").await.json()["total"], 0);
    assert_eq!(create(&app, json!({"data": uri})).await.id(), id);
}

#[tokio::test]
async fn a_file_that_grew_too_large_is_refused() {
    let app = App::with_doors(Settings { file_bytes_max: 5, ..Settings::default() });
    app.flow("f", FLOW).await;
    let reserved = reserve(&app, json!([{"input": "data", "fileName": "a", "size": 5}])).await.json();
    let content = Box::pin(stream::iter([Ok(Bytes::from("hello!"))]));
    let upload = &reserved["uploads"][0];
    app.stored.put(&doors::behind(upload["url"].as_str().unwrap()), content, 6).await.unwrap();
    assert_snapshot!(create(&app, json!({"data": upload["uri"]})).await.error(), @"422 Invalid entity: data: Invalid input for `data`, a file may have at most 5 bytes, but received `6`");
}

#[tokio::test]
async fn uploads_are_taken_until_the_execution_is_started() {
    let app =
        App::with(Settings { url: Some("http://here".to_owned()), file_bytes_max: 5, ..Settings::default() });
    app.flow("f", FLOW).await;
    let reserved = reserve(&app, json!([{"input": "data", "fileName": "a", "size": 5}])).await.json();
    let url = reserved["uploads"][0]["url"].as_str().unwrap();
    assert_snapshot!(put(&app, url, "hello!").await.error(), @"413 Request Entity Too Large: a file may have at most 5 bytes");
    assert_snapshot!(put(&app, &url.replace("/data/", "/name/"), "x").await.error(), @"422 Invalid entity: name: Invalid input for `name`, a file is taken by a `FILE` alone, and this is a `STRING`, but received `a`");
    assert_snapshot!(put(&app, &url.replace("/uploads/", "/uploads/x"), "x").await.error(), @"422 Illegal argument: `x0000000000000000000001` is no execution id");
    assert_eq!(app.blobs(), Vec::<String>::new());
    assert_eq!(put(&app, url, "other").await.status, 200);
    assert_eq!(put(&app, url, "hello").await.status, 200);
    let done = create(&app, json!({"data": reserved["uploads"][0]["uri"]})).await;
    assert_eq!(done.json()["taskRunList"][0]["outputs"]["value"], "hello");
    let late = put(&app, url, "later").await.error();
    assert_snapshot!(late.replace(&done.id(), "<id>"), @"409 Illegal state: execution <id> was started already");
}

#[tokio::test]
async fn nothing_is_replaced_under_an_execution_that_begins_meanwhile() {
    let app = app().await;
    let (_, uri) = uploaded(&app).await;
    let id = uri.split('/').nth_back(3).unwrap().to_owned();
    let url = format!("{RESERVE}/{id}/data/a%20b.csv");
    let (begun, reads) = oneshot::channel();
    let (go_on, end) = oneshot::channel::<()>();
    let first = stream::once(async {
        begun.send(()).unwrap();
        Ok::<_, std::io::Error>(Bytes::from("other"))
    });
    let last = stream::once(async {
        end.await.unwrap();
        Ok(Bytes::from("!"))
    });
    let upload =
        tokio::spawn(app.sending(Request::put(url).body(Body::from_stream(first.chain(last))).unwrap()));
    reads.await.unwrap();
    let done = create(&app, json!({"data": uri})).await;
    go_on.send(()).unwrap();
    assert_eq!(upload.await.unwrap().status, 422);
    let file = app.call(Method::GET, &format!("/api/v1/executions/{}/file?path={uri}", done.id())).await;
    assert_eq!(file.text(), "hello");
}
