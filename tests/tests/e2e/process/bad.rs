//! Everything a server may be sent that it cannot use: each time it says what is wrong, and lives on.

mod bodies;
mod bytes;
mod flows;
mod queries;

use std::io;

use tests::{
    http::{Client, Request, Response},
    server::Home,
};

/// Where the flows of the table live. Its server has nothing else.
const NAMESPACE: &str = "e2e.bad";
/// Far more than the largest request here, and far less than all of them together.
const MEMORY_MAX: u64 = 96 << 20;
const ROWS_MIN: usize = 60;

/// One thing that is wrong.
struct Row {
    name: &'static str,
    sent: Sent,
}

enum Sent {
    Request(Request),
    /// Exactly these bytes.
    Bytes(Vec<u8>),
    /// These bytes, and the end of the connection.
    CutOff(Vec<u8>),
}

fn row(name: &'static str, request: Request) -> Row {
    Row { name, sent: Sent::Request(request) }
}

impl Sent {
    fn to(&self, client: &Client) -> io::Result<Response> {
        match self {
            Self::Request(request) => client.try_send(request),
            Self::Bytes(bytes) => client.raw(bytes),
            Self::CutOff(bytes) => client.cut_off(bytes),
        }
    }
}

/// `path` below the executions of the flow `takes`, which takes a text, a number and a file.
fn create(path: &str) -> Request {
    Request::post(&format!("/api/v1/executions/{NAMESPACE}/takes{path}"))
}

const TAKES: &str = "id: takes
namespace: e2e.bad
inputs:
  - { id: text, type: STRING, required: false }
  - { id: number, type: INT, required: false }
  - { id: file, type: FILE, required: false }
tasks:
  - { id: log, type: io.kestra.plugin.core.log.Log, message: x }
triggers:
  - { id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: secret }
";

#[test]
fn what_is_wrong_is_told_and_survived() {
    let home = Home::new();
    let server = home.start();
    let client = server.client();
    client.send(&Request::post("/api/v1/flows").yaml(TAKES)).expect(200);
    let execution = client.send(&create("?wait=true")).expect(200).json();
    let id = execution["id"].as_str().unwrap().to_owned();

    let rows: Vec<Row> =
        [flows::rows(), bodies::rows(), queries::rows(&id), bytes::rows()].into_iter().flatten().collect();
    assert!(rows.len() >= ROWS_MIN, "{} rows", rows.len());
    let before = server.memory().now;
    let mut table = String::new();
    let mut wrong = Vec::new();
    for Row { name, sent } in &rows {
        let (status, message) = match sent.to(client) {
            Ok(response) => (response.status, message(&response)),
            Err(error) => panic!("`{name}` got no answer: {error}\n{}", server.messages()),
        };
        let line = format!("{name} | {status} | {}\n", without_ids(&message));
        if !(400..500).contains(&status) {
            wrong.push(line.clone());
        }
        table.push_str(&line);
        let health = client.get("/health");
        assert_eq!(health.status, 200, "after `{name}`");
    }
    let grown = server.memory().peak.saturating_sub(before);
    let again = client.send(&create("?wait=true")).expect(200).json();
    assert_eq!(again["state"]["current"], "SUCCESS");
    insta::assert_snapshot!(table);
    assert!(
        wrong.is_empty(),
        "these are the caller's faults, and the server says otherwise:\n{}",
        wrong.concat()
    );
    assert!(grown <= MEMORY_MAX, "{grown} bytes of memory");
    assert_eq!(server.messages(), "", "nothing of it is the server's trouble");
    let all = client.get(&format!("/api/v1/executions/search?namespace={NAMESPACE}")).expect(200).json();
    assert_eq!(all["total"], 2, "nothing wrong left an execution behind");
}

/// Every id of an execution within a path replaced, as it differs each time.
fn without_ids(message: &str) -> String {
    let mut parts = message.split("executions/");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(part.len());
        let (id, rest) = part.split_at(end);
        text.push_str("executions/");
        text.push_str(if tests::shape::is_id(id) { "<id>" } else { id });
        text.push_str(rest);
    }
    text
}

/// On one line, and no longer than a person reads.
fn message(response: &Response) -> String {
    const CHARACTERS_MAX: usize = 300;
    if response.body.is_empty() {
        return "(no body)".to_owned();
    }
    let json = serde_json::from_slice::<serde_json::Value>(&response.body);
    let message = json.ok().and_then(|it| it["message"].as_str().map(str::to_owned));
    let message = message.unwrap_or_else(|| format!("(no error body) {}", response.text()));
    let line = message.replace('\n', " ⏎ ").replace('\0', "␀");
    match line.char_indices().nth(CHARACTERS_MAX) {
        Some((end, _)) => format!("{}… ({} characters)", &line[..end], line.chars().count()),
        None => line,
    }
}
