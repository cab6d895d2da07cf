//! What can be sent to a start, and how it becomes inputs.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use bytes::Bytes;
use futures_util::{
    StreamExt,
    stream::{iter, pending},
};
use insta::assert_snapshot;
use serde_json::json;
use service::Settings;

use crate::app::{Answer, App, typed};

const FLOW: &str = "
inputs:
  - { id: greeting, type: STRING, defaults: hey }
  - { id: count, type: INT, required: false }
  - { id: flag, type: BOOLEAN, required: false }
  - { id: doc, type: FILE, required: false }
  - { id: other, type: FILE, required: false }
tasks:
  - { id: hello, type: io.kestra.plugin.core.debug.Return, format: \"{{ inputs.greeting }}\" }
";
const URI: &str = "/api/v1/executions/company.team/hello_world";
const FORM: &str = "multipart/form-data; boundary=XX";

async fn app() -> App {
    let app = App::new();
    app.flow("hello_world", FLOW).await;
    app
}

/// A form of parts: the content of `Content-Disposition: form-data; …`, and the value.
fn form(parts: &[(&str, &str)]) -> String {
    let part = |(disposition, value): &(&str, &str)| {
        format!("--XX\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{value}\r\n")
    };
    parts.iter().map(part).collect::<String>() + "--XX--\r\n"
}

/// In chunks of so many bytes.
fn chunked(text: &str, size: usize) -> Body {
    let chunks: Vec<Result<Bytes, std::io::Error>> =
        text.as_bytes().chunks(size).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    Body::from_stream(iter(chunks))
}

#[tokio::test]
async fn a_call_needs_no_body() {
    let app = app().await;
    let greeting = |answer: Answer| answer.json()["inputs"]["greeting"].clone();
    assert_eq!(greeting(app.post(URI).await), "hey");
    assert_eq!(greeting(app.post_body(URI, FORM, "").await), "hey");
    assert_eq!(greeting(app.post_body(URI, "multipart/form-data", "").await), "hey");
    assert_eq!(greeting(app.post_body(URI, FORM, "--XX--\r\n").await), "hey");
    assert_eq!(greeting(app.post_body(URI, "application/json", "").await), "hey");
    let empty = Request::builder().method(Method::POST).uri(URI).header(header::CONTENT_LENGTH, 0);
    assert_eq!(greeting(app.send(empty.body(Body::empty()).unwrap()).await), "hey");
}

#[tokio::test]
async fn text_parts_are_inputs() {
    let app = app().await;
    let parts = form(&[
        ("name=\"greeting\"", "first"),
        ("name=\"greeting\"", "hey there\r\n--X"),
        ("name=count", "7"),
        ("name=\"flag\"", "True"),
        ("name=\"nobody\"", "ignored"),
    ]);
    let expected =
        json!({ "greeting": "hey there\r\n--X", "count": 7, "flag": true, "doc": null, "other": null });
    for size in [1, 2, 7, 64, 10_000] {
        let answer = app.post_body(URI, FORM, chunked(&parts, size)).await;
        assert_eq!(answer.json()["inputs"], expected, "{size}");
    }
}

#[tokio::test]
async fn a_json_object_of_inputs_is_taken() {
    let app = app().await;
    let answer = app.post_body(URI, "application/json", r#"{"greeting": "hi", "count": 3}"#).await;
    assert_eq!(answer.json()["inputs"]["count"], 3);
    assert_snapshot!(app.post_body(URI, "application/json", "[1]").await.error(), @"
    422 Invalid json: a JSON body is an object of inputs by id: invalid type: sequence, expected a map at line 1 column 0
    ");
    assert_snapshot!(app.post_body(URI, "application/json", "{\"a\": ").await.error(), @"
    422 Invalid json: a JSON body is an object of inputs by id: EOF while parsing a value at line 1 column 6
    ");
    let deep = "[".repeat(100_000);
    assert_snapshot!(app.post_body(URI, "application/json", format!("{{\"a\": {deep}")).await.error(), @"
    422 Invalid json: a JSON body is an object of inputs by id: recursion limit exceeded at line 1 column 133
    ");
}

#[tokio::test]
async fn other_bodies_are_refused() {
    let app = app().await;
    assert_snapshot!(app.post_body(URI, "application/x-www-form-urlencoded", "a=b").await.error(), @"
    415 Unsupported Media Type: Content Type [application/x-www-form-urlencoded] not allowed. Allowed types: [multipart/form-data, application/json]
    ");
    let mut untyped = typed(Method::POST, URI, "x", "a=b");
    untyped.headers_mut().clear();
    assert_snapshot!(app.send(untyped).await.error(), @"
    415 Unsupported Media Type: Content Type [] not allowed. Allowed types: [multipart/form-data, application/json]
    ");
    assert_snapshot!(app.post_body(URI, "multipart/form-data", form(&[])).await.error(), @"
    400 Bad Request: the form cannot be read: multipart boundary not found in Content-Type
    ");
    assert_snapshot!(app.post_body(URI, FORM, "nothing like a form").await.error(), @"400 Bad Request: the form cannot be read: incomplete multipart stream");
    assert_snapshot!(app.post_body(URI, FORM, "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nhalf").await.error(), @r#"
    400 Bad Request: the form cannot be read: field "a" received with incomplete data
    "#);
    let broken = Body::from_stream(iter(vec![
        Ok(Bytes::from_static(b"--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nhalf")),
        Err(std::io::Error::other("the line went dead")),
    ]));
    assert_snapshot!(app.post_body(URI, FORM, broken).await.error(), @"400 Bad Request: the line went dead");
}

#[tokio::test]
async fn wrong_inputs_are_named() {
    let app = app().await;
    let answer = app.post_body(URI, FORM, form(&[("name=count", "abc")])).await;
    assert_snapshot!(answer.shown(), @r#"
    422 Unprocessable Entity
    content-length: 481
    content-type: application/json

    {
      "message": "Invalid entity: count: Invalid input for `count`, For input string: \"abc\", but received `abc`",
      "logref": null,
      "path": null,
      "_links": {
        "self": {
          "href": "/api/v1/executions/company.team/hello_world",
          "templated": false,
          "profile": null,
          "deprecation": null,
          "title": null,
          "hreflang": null,
          "type": null,
          "name": null
        }
      },
      "_embedded": {
        "errors": [
          {
            "message": "Invalid input for `count`, For input string: \"abc\", but received `abc`",
            "logref": null,
            "path": "count",
            "_links": {},
            "_embedded": {}
          }
        ]
      }
    }
    "#);
}

#[tokio::test]
async fn a_file_is_an_input_by_its_own_name_or_by_the_name_of_its_part() {
    let app = app().await;
    let parts = form(&[
        ("name=\"files\"; filename=\"doc\"\r\nContent-Type: text/plain", "by file name"),
        ("name=\"other\"; filename=\"Ä b.txt\"", "by part name"),
        ("name=\"greeting\"; filename=\"\"", ""),
        ("name=\"nobody\"; filename=\"x\"", "ignored"),
    ]);
    for size in [3, 10_000] {
        let answer = app.post_body(URI, FORM, chunked(&parts, size)).await;
        let inputs = &answer.json()["inputs"];
        let id = answer.id();
        let folder = format!("kestra:///company/team/hello-world/executions/{id}/inputs");
        assert_eq!(inputs["doc"], format!("{folder}/doc/doc"), "{}", answer.shown());
        assert_eq!(inputs["greeting"], "hey");
        let file = async |uri: &serde_json::Value| {
            let path = uri.as_str().unwrap().replace('%', "%25");
            app.get(&format!("/api/v1/executions/{id}/file?path={path}")).await
        };
        assert_eq!(file(&inputs["doc"]).await.text(), "by file name");
        assert_eq!(file(&inputs["other"]).await.text(), "by part name");
    }
}

#[tokio::test]
async fn nothing_larger_than_a_limit_is_taken() {
    let app = App::with(Settings { file_bytes_max: 10_000, ..Settings::default() });
    app.flow("hello_world", FLOW).await;
    let file = |bytes: usize| form(&[("name=doc; filename=x", &"x".repeat(bytes))]);
    assert_eq!(app.post_body(URI, FORM, chunked(&file(10_000), 4_096)).await.status, 200);
    assert_snapshot!(app.post_body(URI, FORM, chunked(&file(10_001), 4_096)).await.error(), @"413 Request Entity Too Large: a file may have at most 10000 bytes");
    let text = form(&[("name=greeting", &"x".repeat(1024 * 1024 + 1))]);
    assert_snapshot!(app.post_body(URI, FORM, chunked(&text, 65_536)).await.error(), @"
    413 Request Entity Too Large: Message of size 1048577 or more has exceeded the configured limit of 1048576: the text of part `greeting`; send it as a FILE input
    ");
    let many = form(&vec![("name=greeting", "x"); 1_001]);
    assert_snapshot!(app.post_body(URI, FORM, chunked(&many, 65_536)).await.error(), @"413 Request Entity Too Large: a form may have at most 1000 parts");
    let head = format!("--XX\r\nContent-Disposition: form-data; name={}", "x".repeat(1024 * 1024));
    assert_snapshot!(app.post_body(URI, FORM, chunked(&head, 4_096)).await.error(), @"
    413 Request Entity Too Large: the head of a part of a form may have at most 65536 bytes
    ");
    let ignored = form(&[("name=nobody; filename=x", &"x".repeat(9 * 1024 * 1024))]);
    assert_snapshot!(app.post_body(URI, FORM, chunked(&ignored, 65_536)).await.error(), @"413 Request Entity Too Large: a form may have at most 8398608 bytes");
    let json = format!("{{\"greeting\": \"{}\"}}", "x".repeat(9 * 1024 * 1024));
    assert_snapshot!(app.post_body(URI, "application/json", json).await.error(), @"
    413 Request Entity Too Large: a JSON body may have at most 8388608 bytes
    ");
}

#[tokio::test]
async fn texts_of_a_form_are_limited_together() {
    let app = app().await;
    let part = "x".repeat(1024 * 1024);
    let texts = form(&[("name=greeting", part.as_str()); 9]);
    assert_snapshot!(app.post_body(URI, FORM, chunked(&texts, 65_536)).await.error(), @"
    413 Request Entity Too Large: the text parts of a form together may have at most 8388608 bytes
    ");
}

/// Comes back when it is so; panics when it never is.
async fn until(so: impl Fn() -> bool) {
    let soon = async {
        while !so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), soon).await.unwrap();
}

#[tokio::test]
async fn files_of_a_caller_who_leaves_in_the_middle_are_forgotten() {
    let app = app().await;
    let parts = form(&[("name=doc; filename=x", "content"), ("name=other; filename=y", "never sent")]);
    let (sent, _) = parts.split_once("never").unwrap();
    let half = Bytes::copy_from_slice(sent.as_bytes());
    let body = Body::from_stream(iter([Ok::<_, std::io::Error>(half)]).chain(pending()));
    let call = tokio::spawn(app.sending(typed(Method::POST, URI, FORM, body)));
    until(|| app.blobs().iter().any(|path| path.ends_with("/x"))).await;
    call.abort();
    until(|| app.blobs().is_empty()).await;
}

#[tokio::test]
async fn inputs_can_be_checked_without_a_start() {
    let app = app().await;
    let parts = form(&[("name=count", "abc"), ("name=doc; filename=x", "content")]);
    let answer = app.post_body(&format!("{URI}/validate"), FORM, parts).await;
    assert_snapshot!(answer.shown(), @r#"
    200 OK
    content-length: 595
    content-type: application/json

    {
      "id": "hello_world",
      "namespace": "company.team",
      "inputs": [
        {
          "input": {
            "id": "greeting",
            "type": "STRING",
            "required": true,
            "defaults": "hey"
          },
          "value": "hey",
          "enabled": true
        },
        {
          "input": {
            "id": "count",
            "type": "INT",
            "required": false
          },
          "enabled": true,
          "errors": [
            {
              "message": "Invalid input for `count`, For input string: \"abc\", but received `abc`"
            }
          ]
        },
        {
          "input": {
            "id": "flag",
            "type": "BOOLEAN",
            "required": false
          },
          "value": null,
          "enabled": true
        },
        {
          "input": {
            "id": "doc",
            "type": "FILE",
            "required": false
          },
          "value": "kestra:///doc",
          "enabled": true
        },
        {
          "input": {
            "id": "other",
            "type": "FILE",
            "required": false
          },
          "value": null,
          "enabled": true
        }
      ]
    }
    "#);
    assert_eq!(app.get("/api/v1/executions/search").await.json()["total"], 0);
    assert_snapshot!(app.post("/api/v1/executions/foo/bar/validate").await.error(), @"404 Not Found: Requested Flow is not found.");
}
