//! Who gets in, and what for.

use std::{
    fmt::Write,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use engine::time::Timestamp;
use insta::assert_snapshot;
use ports::{
    Answer as Answered,
    store::{Due, Error, Item, Key, Listed, Range, Store, Write as StoreWrite},
};
use serde_json::{Value as Json, json};
use service::{
    Settings,
    access::{Callers, Role, Rules},
};

use crate::app::{Answer, App};

const FLOW: &str = "tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return, format: a }]
triggers: [{ id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: test1234 }]";

pub(crate) fn settings() -> Settings {
    let user = "admin@kestra.io:kestra".parse().unwrap();
    Settings { access: Rules { callers: Callers::AnybodyAtFirst, user: Some(user) }, ..Settings::default() }
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

fn root() -> String {
    basic("admin@kestra.io", "kestra")
}

async fn ask(app: &App, who: &str, method: Method, uri: &str, body: &Json) -> Answer {
    let mut request =
        Request::builder().method(method).uri(uri).header(header::CONTENT_TYPE, "application/json");
    if !who.is_empty() {
        request = request.header(header::AUTHORIZATION, who);
    }
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    app.send(request.body(body).unwrap()).await
}

async fn get(app: &App, who: &str, uri: &str) -> u16 {
    ask(app, who, Method::GET, uri, &Json::Null).await.status.as_u16()
}

/// A token of that role, as `Authorization` has it.
pub(crate) async fn token(app: &App, role: &str, limits: Json) -> String {
    let mut body = json!({ "name": role, "role": role });
    body.as_object_mut().unwrap().extend(limits.as_object().unwrap().clone());
    let made = ask(app, &root(), Method::POST, "/api/v1/tokens", &body).await;
    assert_eq!(made.status, 200, "{}", made.text());
    format!("Bearer {}", made.json()["token"].as_str().unwrap())
}

/// What anybody gets of every route, whatever he asks for there: whether he is let in is decided before.
#[tokio::test]
async fn every_route_asks_for_what_the_table_says() {
    let app = App::with(settings());
    let mut callers = vec![String::new()];
    for role in Role::ALL {
        callers.push(token(&app, role.name(), json!({})).await);
    }
    let mut table = String::from("         nobody  run read edit admin");
    for (method, path) in rest::table() {
        if path.contains("{tenant}") {
            continue;
        }
        write!(table, "\n{:<6}", method.as_str()).unwrap();
        for who in &callers {
            let uri = path.replace("{*rest}", "a").replace(['{', '}'], "");
            let answer = ask(&app, who, method.clone(), &uri, &Json::Null).await;
            let shown = match answer.status.as_u16() {
                status @ (401 | 403) => status.to_string(),
                501 => "n/b".to_owned(),
                status if status < 500 => "yes".to_owned(),
                status => panic!("{method} {uri}: {status} {}", answer.text()),
            };
            write!(table, " {shown:>5}").unwrap();
        }
        write!(table, "  {path}").unwrap();
    }
    assert_snapshot!(table);
}

#[tokio::test]
async fn the_path_of_a_tenant_needs_the_same() {
    let app = App::with(settings());
    let run = token(&app, "run", json!({})).await;
    for (method, path) in rest::table().into_iter().filter(|(_, path)| path.contains("{tenant}")) {
        let named = path.replace("{tenant}", "main").replace("{*rest}", "a").replace(['{', '}'], "");
        let implied = named.replacen("/main", "", 1);
        for who in ["", run.as_str()] {
            let of = async |uri: &str| ask(&app, who, method.clone(), uri, &Json::Null).await.status;
            assert_eq!(of(&named).await, of(&implied).await, "{method} {named}");
        }
    }
}

#[tokio::test]
async fn nobody_is_refused_as_kestra_does() {
    let app = App::with(settings());
    let answer = app.get("/api/v1/flows/search").await;
    assert_eq!(answer.header("www-authenticate"), "Basic realm=Kestra");
    assert!(answer.body.is_empty());
    for who in ["Basic %%%", "Basic", "Basic YQ==", "Bearer x", "Digest a", &basic("admin@kestra.io", "x")] {
        assert_eq!(get(&app, who, "/api/v1/flows/search").await, 401, "{who}");
    }
    assert_eq!(get(&app, "", "/api/v1/nothing/here").await, 401);
    assert_eq!(get(&app, &root(), "/api/v1/nothing/here").await, 404);
    assert_eq!(get(&app, "", "/health").await, 200);
    assert_eq!(get(&app, &root(), "/api/v1/flows/search").await, 200);
    assert_eq!(get(&app, &root(), "/api/v1/main/flows/search").await, 200);
}

#[tokio::test]
async fn the_key_of_a_webhook_is_its_credential() {
    let app = App::with(settings());
    app.flow("f", FLOW).await;
    for path in ["/api/v1", "/api/v1/main"] {
        let answer = app.post(&format!("{path}/executions/webhook/company.team/f/test1234")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let answer = app.post(&format!("{path}/executions/webhook/company.team/f/other")).await;
        assert_eq!(answer.status, 404, "{}", answer.text());
    }
}

#[tokio::test]
async fn a_token_is_shown_once_and_counts_until_it_is_revoked() {
    let app = App::with(settings());
    let body = json!({ "name": "ci", "role": "run", "namespaces": ["company"], "expiresAt": "2024-08-01T00:00:00Z" });
    let made = ask(&app, &root(), Method::POST, "/api/v1/tokens", &body).await.json();
    let who = format!("Bearer {}", made["token"].as_str().unwrap());
    let listed = ask(&app, &root(), Method::GET, "/api/v1/tokens", &Json::Null).await;
    let mut without = made.clone();
    without.as_object_mut().unwrap().remove("token");
    assert_eq!(listed.json(), json!({ "results": [without], "total": 1 }));
    assert_eq!(listed.header("cache-control"), "no-store");
    let uri = "/api/v1/executions/0000000000000000000099";
    assert_eq!(get(&app, &who, uri).await, 404);
    let revoke = format!("/api/v1/tokens/{}", made["id"].as_str().unwrap());
    assert_eq!(ask(&app, &root(), Method::DELETE, &revoke, &Json::Null).await.status, 204);
    assert_eq!(get(&app, &who, uri).await, 401);
    assert_eq!(ask(&app, &root(), Method::DELETE, &revoke, &Json::Null).await.status, 404);
}

#[tokio::test]
async fn a_token_expires() {
    let app = App::with(settings());
    let who = token(&app, "read", json!({ "expiresAt": "2024-07-12T05:14:00Z" })).await;
    assert_eq!(get(&app, &who, "/api/v1/flows/search").await, 200);
    app.advance(Duration::from_mins(1));
    assert_eq!(get(&app, &who, "/api/v1/flows/search").await, 401);
    let body = json!({ "name": "late", "role": "run", "expiresAt": "2024-07-12T05:14:00Z" });
    let late = ask(&app, &root(), Method::POST, "/api/v1/tokens", &body).await;
    assert_snapshot!(late.error(), @"422 Illegal argument: a token expires in the future");
}

#[tokio::test]
async fn the_first_credential_shuts_the_door() {
    let app = App::new();
    assert_eq!(get(&app, "", "/api/v1/flows/search").await, 200);
    let body = json!({ "name": "eve", "password": "correct horse", "role": "read" });
    let made = ask(&app, "", Method::POST, "/api/v1/users", &body).await;
    assert_eq!(made.status, 200, "{}", made.text());
    assert!(!made.text().contains("correct horse"));
    assert_eq!(get(&app, "", "/api/v1/flows/search").await, 401);
    assert_eq!(get(&app, &basic("eve", "correct horse"), "/api/v1/flows/search").await, 200);
    assert_eq!(get(&app, &basic("eve", "correct horsf"), "/api/v1/flows/search").await, 401);
}

#[tokio::test]
async fn whoever_is_limited_to_namespaces_stays_there() {
    let app = App::with(settings());
    app.flow("f", FLOW).await;
    let other = format!("id: g\nnamespace: company.other\n{FLOW}");
    app.service.create_flow("main", &other).await.unwrap();
    let who = token(&app, "edit", json!({ "namespaces": ["company.team"] })).await;
    let of =
        async |method: Method, uri: &str| ask(&app, &who, method, uri, &Json::Null).await.status.as_u16();
    let mine = ask(&app, &root(), Method::POST, "/api/v1/executions/company.team/f", &Json::Null).await.id();
    let theirs =
        ask(&app, &root(), Method::POST, "/api/v1/executions/company.other/g", &Json::Null).await.id();
    assert_eq!(of(Method::POST, "/api/v1/executions/company.team/f").await, 200);
    assert_eq!(of(Method::POST, "/api/v1/executions/company.other/g").await, 403);
    assert_eq!(of(Method::GET, &format!("/api/v1/executions/{mine}")).await, 200);
    assert_eq!(of(Method::GET, &format!("/api/v1/executions/{theirs}")).await, 404);
    assert_eq!(of(Method::GET, "/api/v1/executions/search").await, 403);
    assert_eq!(of(Method::GET, "/api/v1/executions/search?namespace=company").await, 403);
    assert_eq!(of(Method::GET, "/api/v1/executions/search?namespace=&namespace=company.team").await, 403);
    assert_eq!(of(Method::GET, "/api/v1/executions/search?namespace=company.team").await, 200);
    assert_eq!(of(Method::GET, "/api/v1/flows/company.other/g").await, 403);
    let create = async |namespace: &str| {
        let body = json!({ "id": "new", "namespace": namespace, "tasks": [{ "id": "t", "type": "io.kestra.plugin.core.debug.Return", "format": "a" }] });
        ask(&app, &who, Method::POST, "/api/v1/flows", &body).await.status.as_u16()
    };
    assert_eq!((create("company.other").await, create("company.team").await), (403, 200));
    let kill = async |id: &str| {
        ask(&app, &who, Method::DELETE, "/api/v1/executions/kill/by-ids", &json!([id])).await.status.as_u16()
    };
    assert_eq!(kill(&theirs).await, 404);
    assert_ne!(kill(&mine).await, 404);
}

#[tokio::test]
async fn nobody_gives_more_than_he_has() {
    let app = App::with(settings());
    let who = token(&app, "admin", json!({ "namespaces": ["company.team"] })).await;
    let give = async |limits: Json| {
        let mut body = json!({ "name": "x", "role": "admin" });
        body.as_object_mut().unwrap().extend(limits.as_object().unwrap().clone());
        ask(&app, &who, Method::POST, "/api/v1/tokens", &body).await
    };
    assert_eq!(give(json!({ "namespaces": ["company.team.sub"] })).await.status, 200);
    assert_snapshot!(give(json!({})).await.error(), @"422 Illegal argument: nobody can give more namespaces or tenants than he has");
    assert_eq!(ask(&app, &who, Method::POST, "/api/v1/tenants", &json!({ "id": "t" })).await.status, 403);
    let seen = ask(&app, &who, Method::GET, "/api/v1/tokens", &Json::Null).await.json();
    assert_eq!(seen["total"], 2, "{seen}");
}

#[tokio::test]
async fn who_fails_too_often_has_to_wait_and_nobody_else_has() {
    let app = App::with(settings());
    let right = token(&app, "read", json!({})).await;
    let from = async |source: &str, who: &str| {
        let mut request = Request::builder().uri("/api/v1/flows/search").header(header::AUTHORIZATION, who);
        request.extensions_mut().unwrap().insert(rest::Source(source.parse().unwrap()));
        app.send(request.body(Body::empty()).unwrap()).await
    };
    assert_eq!(from("192.0.2.1", &right).await.status, 200);
    for _ in 0..20 {
        assert_eq!(from("192.0.2.1", "Bearer rt_wrong").await.status, 401);
    }
    let refused = from("192.0.2.1", "Bearer rt_wrong").await;
    assert_snapshot!(refused.error(), @"429 Too Many Requests: too many attempts to say who asks have failed");
    assert_eq!(refused.header("retry-after"), "6");
    // A guess of a password is not even compared.
    assert_eq!(from("192.0.2.1", &root()).await.status, 429);
    assert_eq!(from("192.0.2.1", &right).await.status, 200, "what is known and cannot be guessed goes on");
    assert_eq!(from("192.0.2.2", &root()).await.status, 200);
    app.advance(Duration::from_secs(6));
    assert_eq!(from("192.0.2.1", &root()).await.status, 200);
}

/// Counts what is read.
#[derive(Debug)]
struct Counted {
    store: Arc<dyn Store>,
    reads: Arc<AtomicU64>,
}

impl Counted {
    fn read(&self) -> &dyn Store {
        self.reads.fetch_add(1, Relaxed);
        &*self.store
    }
}

impl Store for Counted {
    fn get<'a>(&'a self, key: &'a Key) -> Answered<'a, Result<Option<Item>, Error>> {
        self.read().get(key)
    }

    fn query<'a>(&'a self, partition: &'a str, range: Range<'a>) -> Answered<'a, Result<Vec<Item>, Error>> {
        self.read().query(partition, range)
    }

    fn list<'a>(&'a self, list: &'a str, range: Range<'a>) -> Answered<'a, Result<Vec<Listed>, Error>> {
        self.read().list(list, range)
    }

    fn due(&self, now: Timestamp, limit: usize) -> Answered<'_, Result<Vec<Due>, Error>> {
        self.read().due(now, limit)
    }

    fn next_due(&self) -> Answered<'_, Result<Option<Timestamp>, Error>> {
        self.read().next_due()
    }

    fn commit(&self, writes: Vec<StoreWrite>) -> Answered<'_, Result<(), Error>> {
        self.store.commit(writes)
    }
}

/// Where other processes write the store as well: a revocation counts after the time that is named.
#[tokio::test]
async fn who_is_known_costs_no_password_and_no_read() {
    let reads = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&reads);
    let app = App::storing(settings(), move |store| Arc::new(Counted { store, reads: counter }));
    let body = json!({ "name": "eve", "password": "correct horse", "role": "read" });
    assert_eq!(ask(&app, &root(), Method::POST, "/api/v1/users", &body).await.status, 200);
    let eve = basic("eve", "correct horse");
    // Validation reads nothing, so every read is one of who asks.
    let validate = async |who: &str| {
        let request = Request::post("/api/v1/flows/validate").header(header::AUTHORIZATION, who);
        app.send(request.body(Body::from("id: f")).unwrap()).await.status.as_u16()
    };
    for who in [eve, token(&app, "read", json!({})).await] {
        assert_eq!(validate(&who).await, 200);
        let (read, hashed) = (reads.load(Relaxed), app.service.passwords_hashed());
        for _ in 0..100 {
            assert_eq!(validate(&who).await, 200);
        }
        assert_eq!((reads.load(Relaxed), app.service.passwords_hashed()), (read, hashed));
        app.advance(service::access::KNOWN_FOR);
        assert_eq!(validate(&who).await, 200);
        assert_eq!((reads.load(Relaxed), app.service.passwords_hashed()), (read + 1, hashed));
    }
}
