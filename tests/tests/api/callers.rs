//! What those say who stand before this process: who asks, and from where.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Method, Request, StatusCode, header},
};
use service::{
    Settings,
    access::{Callers, Rules},
};
use tracing_subscriber::fmt::MakeWriter;

use crate::app::App;

const FLOW: &str = "tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return, format: a }]
triggers: [{ id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: test1234 }]";
const VALUE: &str = "/api/v1/namespaces/company.team/kv/k";
const ARN: &str = "arn:aws:iam::123456789012:user/eve";

/// What is logged by this thread, while it lives.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(self.clone()).finish();
        tracing::subscriber::set_default(subscriber)
    }

    /// The audit lines since the last time, each from its first field on.
    fn audit(&self) -> Vec<String> {
        let text = String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap();
        let lines = text.lines().filter_map(|line| line.split_once(" audit: "));
        lines.map(|(_, fields)| fields.to_owned()).collect()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn asking(callers: Callers) -> App {
    App::with(Settings { access: Rules { callers, user: None }, ..Settings::default() })
}

/// A request that carries what a signed one does, as whoever stands before hands it on.
async fn send(app: &App, caller: Option<&str>, method: Method, uri: &str) -> StatusCode {
    let mut request = Request::builder().method(method).uri(uri).header("x-request-id", "r");
    request = request.header(header::AUTHORIZATION, "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE");
    let extensions = request.extensions_mut().unwrap();
    extensions.insert(rest::Source("192.0.2.7".parse().unwrap()));
    if let Some(caller) = caller {
        extensions.insert(rest::Caller(caller.to_owned()));
    }
    app.send(request.body(Body::from("1")).unwrap()).await.status
}

#[tokio::test]
async fn whoever_was_let_in_is_named_by_every_change() {
    let app = asking(Callers::Vouched);
    app.flow("f", FLOW).await;
    let log = Log::default();
    let _listening = log.listen();
    assert_eq!(send(&app, Some(ARN), Method::PUT, VALUE).await, 200);
    let line = format!(
        "changed who=\"{ARN}\" source=192.0.2.7 tenant=\"main\" method=PUT \
         route=\"/api/v1/namespaces/{{namespace}}/kv/{{key}}\" of=\"namespace=company.team key=k\" status=200 request=\"r\""
    );
    assert_eq!(log.audit(), [line]);
    assert_eq!(send(&app, Some(ARN), Method::GET, VALUE).await, 200);
    assert_eq!(log.audit(), Vec::<String>::new());
    assert_eq!(send(&app, Some("jwt:a\"\nb"), Method::DELETE, VALUE).await, 200);
    let lines = log.audit();
    assert!(lines.len() == 1 && lines[0].contains(r#"who="jwt:a\"\nb""#), "{lines:?}");
    // Who may do everything may also say who else may.
    assert_eq!(send(&app, Some(ARN), Method::GET, "/api/v1/tokens").await, 200);
}

#[tokio::test]
async fn whoever_comes_without_a_name_gets_what_is_open() {
    let app = asking(Callers::Vouched);
    app.flow("f", FLOW).await;
    let log = Log::default();
    let _listening = log.listen();
    for (method, uri) in [(Method::PUT, VALUE), (Method::GET, VALUE), (Method::GET, "/api/v1/nothing")] {
        assert_eq!(send(&app, None, method, uri).await, 401, "{uri}");
    }
    assert_eq!(send(&app, None, Method::GET, "/health").await, 200);
    assert_eq!(log.audit(), Vec::<String>::new());
    let hook = "/api/v1/executions/webhook/company.team/f/test1234";
    assert_eq!(send(&app, None, Method::POST, hook).await, 200);
    let lines = log.audit();
    assert!(lines.len() == 1 && lines[0].contains(r#"who="webhook" source=192.0.2.7"#), "{lines:?}");
    assert!(!lines[0].contains("test1234"), "{lines:?}");
    assert_eq!(send(&app, Some(ARN), Method::POST, hook).await, 200);
    let lines = log.audit();
    assert!(lines.len() == 1 && lines[0].contains(&format!("who=\"{ARN}\"")), "{lines:?}");
}

#[tokio::test]
async fn a_name_opens_nothing_where_this_process_asks() {
    assert_eq!(send(&asking(Callers::Known), Some(ARN), Method::GET, "/api/v1/tokens").await, 401);
    assert_eq!(send(&asking(Callers::Anybody), None, Method::PUT, VALUE).await, 200);
}

/// An app that asks, behind these proxies.
fn behind(proxies: &[&str]) -> App {
    let trusted_proxies = proxies.iter().map(|it| it.parse().unwrap()).collect();
    let access = Rules { callers: Callers::Known, user: Some("admin:right".parse().unwrap()) };
    App::with(Settings { access, trusted_proxies, ..Settings::default() })
}

/// What a guess gets that a peer hands on with this header.
async fn guess(app: &App, peer: &str, forwarded_for: &str) -> u16 {
    let mut request = Request::get("/api/v1/flows/search").header("x-forwarded-for", forwarded_for);
    request = request.header(header::AUTHORIZATION, "Basic YWRtaW46d3Jvbmc=");
    let peer: SocketAddr = format!("{peer}:4711").parse().unwrap();
    request.extensions_mut().unwrap().insert(ConnectInfo(peer));
    app.send(request.body(Body::empty()).unwrap()).await.status.as_u16()
}

/// More than are free for a source: what each got, where the header is given its number.
async fn guesses(app: &App, peer: &str, header: impl Fn(usize) -> String) -> Vec<u16> {
    let mut all = Vec::new();
    for number in 0..21 {
        all.push(guess(app, peer, &header(number)).await);
    }
    all
}

#[tokio::test]
async fn nobody_is_believed_where_no_proxy_is_trusted() {
    let (free, waits) = (vec![401; 20], 429);
    for app in [behind(&[]), behind(&["10.0.0.2", "192.168.0.0/16"])] {
        let got = guesses(&app, "10.0.0.1", |number| format!("198.51.100.{number}")).await;
        assert_eq!((&got[..20], got[20]), (&free[..], waits), "an address of its own for each guess");
        assert_eq!(guess(&app, "10.0.0.3", "10.0.0.1").await, 401, "another's is not the one that waits");
    }
}

#[tokio::test]
async fn a_trusted_proxy_says_whom_it_heard_and_its_callers_say_nothing() {
    let app = behind(&["10.0.0.0/8"]);
    let got = guesses(&app, "10.0.0.1", |number| format!("198.51.100.{number}, 192.0.2.7, 10.0.0.9")).await;
    assert_eq!((&got[..20], got[20]), (&[401; 20][..], 429), "what stands left of the caller is his");
    assert_eq!(guess(&app, "10.0.0.2", "192.0.2.7").await, 429, "he comes by another proxy");
    assert_eq!(guess(&app, "192.0.2.7", "198.51.100.1").await, 429, "or by none");
    assert_eq!(guess(&app, "10.0.0.1", "192.0.2.8").await, 401, "others by the same one wait for nobody");
}

#[tokio::test]
async fn what_a_proxy_says_that_is_no_address_counts_for_the_proxy() {
    let app = behind(&["10.0.0.1"]);
    let got = guesses(&app, "10.0.0.1", |number| format!("198.51.100.1, x{number}")).await;
    assert_eq!((&got[..20], got[20]), (&[401; 20][..], 429));
    assert_eq!(guess(&app, "10.0.0.1", "").await, 429);
    assert_eq!(guess(&app, "10.0.0.1", "198.51.100.1").await, 401);
}
