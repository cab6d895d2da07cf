//! A flow that downloads a file and loads it, beside a service that answers as BigQuery does.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, mpsc},
    thread,
};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
};
use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value as Json, json};
use tests::{
    execution::{check, id, outline, state, task_run},
    server::Home,
    space::Space,
};
use tokio::net::TcpListener;

const ORDERS: &str = "order_id,customer_name\n1,Kelly Olsen\n2,Miguel Moore\n";

/// What it was sent.
#[derive(Debug, Default)]
struct Seen {
    request: Json,
    content: Bytes,
}

/// Serves as long as the test runs.
fn google() -> (SocketAddr, Arc<Mutex<Seen>>) {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let (tell, told) = mpsc::channel();
    let app = Router::new().fallback(answer).with_state(Arc::clone(&seen));
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            tell.send(listener.local_addr().unwrap()).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
    });
    (told.recv().unwrap(), seen)
}

async fn answer(State(seen): State<Arc<Mutex<Seen>>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let document = |json: Json| ([(header::CONTENT_TYPE, "application/json")], json.to_string());
    let mut seen = seen.lock().unwrap();
    let job = |seen: &Seen, status: Json| {
        let load = json!({ "outputRows": "2", "outputBytes": "40", "badRecords": "0", "inputFiles": "1" });
        json!({
            "jobReference": seen.request["jobReference"],
            "status": status,
            "statistics": { "startTime": "1000", "endTime": "2000", "load": load },
        })
    };
    match (&head.method, head.uri.path()) {
        (&Method::GET, "/csv/orders.csv") => ORDERS.into_response(),
        (&Method::POST, "/token") => {
            document(json!({ "access_token": "ya29.hidden", "expires_in": 3_600 })).into_response()
        }
        (&Method::POST, "/upload/bigquery/v2/projects/kestra-dev/jobs") => {
            assert_eq!(head.headers[header::AUTHORIZATION], "Bearer ya29.hidden");
            seen.request = serde_json::from_slice(&body).unwrap();
            let session = format!("{}&upload_id=1", head.uri);
            (StatusCode::OK, [(header::LOCATION, session)]).into_response()
        }
        (&Method::PUT, "/upload/bigquery/v2/projects/kestra-dev/jobs") => {
            seen.content = body;
            document(job(&seen, json!({ "state": "RUNNING" }))).into_response()
        }
        (&Method::GET, path) if path.starts_with("/bigquery/v2/projects/kestra-dev/jobs/") => {
            document(job(&seen, json!({ "state": "DONE" }))).into_response()
        }
        (_, _) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The text of a key file for this Google.
fn key_file(google: SocketAddr) -> String {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).unwrap();
    let body = STANDARD.encode(der.as_ref());
    json!({
        "type": "service_account",
        "project_id": "kestra-dev",
        "private_key": format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"),
        "client_email": "loader@kestra-dev.iam.gserviceaccount.com",
        "token_uri": format!("http://{google}/token"),
    })
    .to_string()
}

/// As the documents have it, under "Metrics": where the file is and who loads it is added.
fn tasks(google: SocketAddr, account: &str) -> String {
    format!(
        "tasks:
  - id: http_download
    type: io.kestra.plugin.core.http.Download
    uri: http://{google}/csv/orders.csv

  - id: load_biqquery
    type: io.kestra.plugin.gcp.bigquery.Load
    description: Load data into BigQuery
    autodetect: true
    csvOptions:
      fieldDelimiter: \",\"
    destinationTable: kestra-dev.demo.orders
    format: CSV
    from: \"{{{{ outputs.http_download.uri }}}}\"
{account}"
    )
}

#[test]
fn a_file_is_downloaded_and_loaded() {
    let (google, seen) = google();
    let key = key_file(google);
    let home = Home::new();
    let options = home.options().variable("BIGQUERY_EMULATOR_HOST", &format!("http://{google}"));
    let server = options.variable("SECRET_GCP", &STANDARD.encode(&key)).start();
    let space = Space::on(server.client(), "bigquery");
    let account = "    serviceAccount: \"{{ secret('GCP') }}\"\n";
    let execution = space.play("load_data_to_bigquery", &tasks(google, account));
    check(&execution);
    let messages = space.messages(id(&execution));
    assert_eq!(state(&execution), "SUCCESS", "{messages:?}");
    let outputs = &task_run(&execution, "load_biqquery")["outputs"];
    assert_eq!(
        (&outputs["rows"], &outputs["destinationTable"]),
        (&json!(2), &json!("kestra-dev.demo.orders"))
    );
    let seen = seen.lock().unwrap();
    assert_eq!(outputs["jobId"], seen.request["jobReference"]["jobId"]);
    assert_eq!(seen.content, ORDERS);
    let load = json!({
        "destinationTable": { "projectId": "kestra-dev", "datasetId": "demo", "tableId": "orders" },
        "sourceFormat": "CSV",
        "fieldDelimiter": ",",
        "autodetect": true,
    });
    assert_eq!(seen.request["configuration"]["load"], load);
    let told = format!("{execution}{messages:?}{}", server.messages());
    let key: Json = serde_json::from_str(&key).unwrap();
    let secret = &key["private_key"].as_str().unwrap().lines().nth(1).unwrap()[..40];
    for hidden in [secret, "ya29.hidden"] {
        assert!(!told.contains(hidden), "{hidden} in {told}");
    }
}

#[test]
fn without_an_account_a_flow_is_told_what_it_needs() {
    let (google, _) = google();
    let home = Home::new();
    let server = home.start();
    let space = Space::on(server.client(), "bigquery");
    let execution = space.play("load_data_to_bigquery", &tasks(google, ""));
    assert_eq!(outline(&execution), "http_download SUCCESS, load_biqquery FAILED");
    let messages = space.messages(id(&execution));
    assert!(messages.iter().any(|it| it.starts_with("`serviceAccount` must be set")), "{messages:?}");
}

#[test]
fn a_place_that_is_none_is_refused_at_the_start() {
    let home = Home::new();
    let mut command = std::process::Command::new(tests::binary::roundtrip());
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(home.folder().join("data"));
    let ended = command.env("BIGQUERY_EMULATOR_HOST", "ftp://example.com").output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr);
    assert!(!ended.status.success());
    assert!(told.contains("`BIGQUERY_EMULATOR_HOST` has to be the origin of a service"), "{told}");
}
