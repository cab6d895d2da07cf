//! A Google of one account: its token endpoint, and BigQuery's jobs and uploads. What it remembers, tests look at.

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
    signature::KeyPair as _,
};
use axum::{
    Router,
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value as Json, json};
use tokio::{net::TcpListener, task::JoinHandle};

use super::requests;

#[derive(Debug)]
pub(super) struct Google {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    pem: String,
    serving: JoinHandle<()>,
}

/// What is to go wrong with a request.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fault {
    /// This answer, and nothing is done.
    Answer(u16, Json),
    /// It takes this many bytes, and says that it cannot.
    Break(u64),
    /// It takes no more than this many bytes, and says so.
    Short(u64),
    /// It says that the file is to be sent there.
    Elsewhere(&'static str),
    /// It is all done, and the answer says that it is not.
    Unheard,
}

#[derive(Debug, Default)]
pub(super) struct State {
    /// Whom it believes: the public key of the account.
    pub(super) public: Vec<u8>,
    pub(super) tokens: u32,
    /// Claims of those who were given a token.
    pub(super) claims: Vec<Json>,
    /// A token that is not good any more.
    pub(super) revoked: Option<String>,
    /// Every request to BigQuery: `PUT 0-7/16`.
    pub(super) requests: Vec<String>,
    pub(super) sessions: BTreeMap<String, Session>,
    pub(super) jobs: BTreeMap<String, Json>,
    /// Faults of what begins an upload, of its chunks, and of looks at a job: the next of them first.
    pub(super) opening: VecDeque<Fault>,
    pub(super) chunks: VecDeque<Fault>,
    pub(super) looks: VecDeque<Fault>,
    /// `status` of the jobs, one after the other; the last is the end of all further ones.
    pub(super) ends: VecDeque<Json>,
    /// Jobs run for ever.
    pub(super) endless: bool,
    pub(super) received: u64,
}

#[derive(Debug)]
pub(super) struct Session {
    pub(super) request: Json,
    pub(super) size: u64,
    pub(super) content: Vec<u8>,
}

impl Drop for Google {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Google {
    pub(super) async fn start() -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).unwrap();
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode(der.as_ref())
        );
        let public = pair.public_key().as_ref().to_vec();
        let state = Arc::new(Mutex::new(State { public, ..State::default() }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new()
            .route("/token", post(requests::token))
            .route("/upload/bigquery/v2/projects/{project}/jobs", post(requests::open).put(requests::chunk))
            .route("/bigquery/v2/projects/{project}/jobs/{id}", get(requests::look))
            .route("/bigquery/v2/projects/{project}/jobs/{id}/cancel", post(requests::cancel))
            .with_state(Arc::clone(&state));
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, state, pem, serving }
    }

    pub(super) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(super) fn shared(&self) -> Arc<Mutex<State>> {
        Arc::clone(&self.state)
    }

    /// The account's key as Google gives it.
    pub(super) fn key_json(&self) -> Json {
        json!({
            "type": "service_account",
            "project_id": "own-project",
            "private_key_id": "k1",
            "private_key": self.pem,
            "client_email": "loader@own-project.iam.gserviceaccount.com",
            "token_uri": format!("{}/token", self.base()),
        })
    }

    pub(super) fn key_file(&self) -> String {
        self.key_json().to_string()
    }

    /// What nobody but the account and Google may see.
    pub(super) fn secrets(&self) -> [String; 2] {
        let body = self.pem.lines().nth(1).unwrap();
        [body[..40].to_owned(), "ya29.".to_owned()]
    }
}
