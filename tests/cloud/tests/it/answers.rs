//! A service that always answers the same, or takes a request and never answers.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use cloud::sdk;
use tests::emulator::Account;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// Bytes of one request.
const REQUEST_BYTES_MAX: usize = 1024 * 1024;

/// Ends with the test's runtime.
pub(crate) struct Answers {
    endpoint: String,
    bodies: Arc<Mutex<Vec<String>>>,
}

impl Answers {
    /// Closes the connection when it has a request.
    pub(crate) async fn none() -> Self {
        Self::start(None).await
    }

    pub(crate) async fn always(status: u16, body: &str) -> Self {
        let length = body.len();
        Self::start(Some(format!(
            "HTTP/1.1 {status} Said\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: {length}\r\n\
             connection: close\r\n\r\n{body}"
        )))
        .await
    }

    /// One that talks to this.
    pub(crate) fn client(&self) -> Client {
        let account = Account { id: "000000000000".to_owned(), endpoint: self.endpoint.clone() };
        Client::new(&sdk::config(&account))
    }

    /// The bodies of what has been asked.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.bodies.lock().unwrap().clone()
    }

    async fn start(answer: Option<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let bodies = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&bodies);
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                let body = body(&mut connection).await;
                kept.lock().unwrap().push(body);
                if let Some(answer) = &answer {
                    connection.write_all(answer.as_bytes()).await.unwrap();
                }
            }
        });
        Self { endpoint, bodies }
    }
}

async fn body(connection: &mut TcpStream) -> String {
    let mut read = Vec::new();
    loop {
        assert_ne!(connection.read_buf(&mut read).await.unwrap(), 0, "a request is whole");
        assert!(read.len() <= REQUEST_BYTES_MAX, "a request is small");
        let text = String::from_utf8_lossy(&read);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
        });
        if body.len() >= length.unwrap_or_default() {
            return body.to_owned();
        }
    }
}
