//! What tasks may not call, however it is spelled.

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use ports::Answer;
use serde_json::json;
use tasks::{
    Outbound,
    http::{Guard, Resolve},
};

use super::server::Server;
use crate::world::{Ran, World};

const REFUSED: &str = "tasks may not call this address here";

/// Spellings of this machine, with the port of a server that listens there in place of `PORT`.
const LOCAL: &str = "
    http://127.0.0.1:PORT/ http://127.1:PORT/ http://127.0.1:PORT/ http://127.0.0.1.:PORT/ http://127.255.255.254:PORT/
    http://2130706433:PORT/ http://0x7f000001:PORT/ http://0x7f.1:PORT/ http://0x7F.0x0.0x0.0x1:PORT/
    http://0177.0.0.1:PORT/ http://0177.1:PORT/ http://017700000001:PORT/ http://00000000177.0.0.1:PORT/
    http://0:PORT/ http://0.0.0.0:PORT/ http://0x0:PORT/ http://00.0.0.0:PORT/
    http://%31%32%37.0.0.1:PORT/ http://127%2e0%2e0%2e1:PORT/ http://127。0。0。1:PORT/ http://127.0.0．1:PORT/
    http://１２７.0.0.1:PORT/ http://①②⑦.⓪.⓪.①:PORT/ http://0ｘ7f.1:PORT/ http:\\\\127.0.0.1:PORT\\
    http:127.0.0.1:PORT/ http:/127.0.0.1:PORT/ http:////127.0.0.1:PORT/ HTTP://127.0.0.1:PORT/
    http://[::1]:PORT/ http://[0:0:0:0:0:0:0:1]:PORT/ http://[0000::0001]:PORT/ http://[::]:PORT/
    http://[::ffff:127.0.0.1]:PORT/ http://[::ffff:7f00:1]:PORT/ http://[::FFFF:127.0.0.1]:PORT/
    http://[::127.0.0.1]:PORT/ http://[::ffff:0:127.0.0.1]:PORT/ http://[64:ff9b::127.0.0.1]:PORT/
    http://[64:ff9b:1::7f00:1]:PORT/ http://[2002:7f00:1::]:PORT/ http://[2001:0:7f00:1::]:PORT/
    http://[2001:0:808:808::80ff:fffe]:PORT/ http://[2606:4700::5efe:7f00:1]:PORT/
    http://localhost:PORT/ http://LOCALHOST:PORT/ http://localhost.:PORT/ http://ⓛocalhost:PORT/ http://a.localhost:PORT/
    http://127.0.0.1.nip.test:PORT/ https://127.0.0.1:PORT/ http://example.test:PORT/ http://xn--e1afmkfd.test:PORT/
";

/// What is no address of anybody that the URI could mean.
const UNREADABLE: &str = "
    http://me@127.0.0.1:PORT/ http://1.1.1.1@127.0.0.1:PORT/ http://1.1.1.1:80@127.0.0.1:PORT/ http://127.0.0.1:PORT@1.1.1.1/
    http://1.1.1.1%2f@127.0.0.1:PORT/ http://[fe80::1%25eth0]:PORT/ http://[::1%lo]:PORT/
    http://127.0.0.256:PORT/ http://0x100000000:PORT/ http://[::1:PORT/ file:///etc/passwd gopher://127.0.0.1:PORT/
    ftp://127.0.0.1:PORT/ data:text/plain,a unix:/var/run/docker.sock http:// 127.0.0.1:PORT //127.0.0.1:PORT/
";

/// Spellings of what gives credentials away, wherever tasks may reach.
const NEVER: &str = "
    http://169.254.169.254/latest/meta-data/ http://169.254.169.254./ http://2852039166/ http://0xa9fea9fe/ http://0251.0376.0251.0376/
    http://169.16689662/ http://169.254.43518/ http://[::ffff:169.254.169.254]/ http://[::ffff:a9fe:a9fe]/ http://[::a9fe:a9fe]/
    http://[64:ff9b::a9fe:a9fe]/ http://[2002:a9fe:a9fe::1]/ http://[fd00:ec2::254]/ http://[fd00:0ec2:0:0::0254]/ http://[fe80::1]/
    http://①⑥⑨.②⑤④.①⑥⑨.②⑤④/ http://169。254。169。254/ http://%31%36%39.254.169.254/ http://169.254.170.2/v2/credentials
    http://169.254.170.23/ http://100.100.100.200/ http://168.63.129.16/ http://metadata.google.internal/ http://METADATA.google.internal./
    http://127.0.0.1:9001/2018-06-01/runtime/invocation/next http://localhost:9001/ http://[::1]:9001/ http://0:9001/ http://127.1:9001/
    http://127.0.0.1:9100/ http://localhost:9100/ http://[::ffff:7f00:1]:9100/ http://0.0.0.0:9100/ https://127.9.9.9:9100/
";

/// Tells the same addresses of every name, one answer after the other; the last one again and again.
#[derive(Debug)]
struct Oracle {
    answers: Mutex<VecDeque<Vec<&'static str>>>,
    asked: AtomicUsize,
}

impl Oracle {
    fn new(answers: &[&[&'static str]]) -> Arc<Self> {
        let answers = Mutex::new(answers.iter().map(|it| it.to_vec()).collect());
        Arc::new(Self { answers, asked: AtomicUsize::new(0) })
    }
}

impl Resolve for Oracle {
    fn resolve<'a>(&'a self, _: &'a str, port: u16) -> Answer<'a, io::Result<Vec<SocketAddr>>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        let addresses = answer.unwrap().iter().map(|it| SocketAddr::new(it.parse().unwrap(), port)).collect();
        Box::pin(async move { Ok(addresses) })
    }
}

fn guard(outbound: Outbound) -> Guard {
    Guard::new(outbound, [("AWS_LAMBDA_RUNTIME_API".into(), "127.0.0.1:9100".into())])
}

async fn call(world: &World, uri: &str) -> Ran {
    world.task("core.http.Request", json!({"uri": uri, "options": {"connectTimeout": "PT0.2S"}})).await
}

#[tokio::test]
async fn no_spelling_of_this_machine_is_called() {
    let server = Server::start().await;
    let port = server.address.port().to_string();
    for outbound in [Outbound::Public, Outbound::Private] {
        let world = World::reaching(guard(outbound), Oracle::new(&[&["127.0.0.1"]]));
        let uris: Vec<String> = LOCAL.split_whitespace().map(|it| it.replace("PORT", &port)).collect();
        assert!(uris.len() >= 50, "{}", uris.len());
        for uri in uris {
            let ran = call(&world, &format!("{uri}echo")).await;
            assert!(ran.failure().contains(REFUSED), "{uri}: {}", ran.story());
        }
        for uri in UNREADABLE.split_whitespace() {
            let ran = call(&world, &uri.replace("PORT", &port)).await;
            assert!(ran.failure().contains("URI"), "{uri}: {}", ran.story());
        }
    }
    assert_eq!(server.requests(), 0);
    let world = World::reaching(guard(Outbound::Any), Oracle::new(&[&["127.0.0.1"]]));
    for uri in ["http://127.1:PORT/echo", "http://localhost:PORT/echo", "http://2130706433:PORT/echo"] {
        let ran = call(&world, &uri.replace("PORT", &port)).await;
        assert_eq!(ran.outcome.outputs["code"], 200, "{}", ran.story());
    }
}

#[tokio::test]
async fn what_gives_credentials_away_is_never_called() {
    for outbound in [Outbound::Public, Outbound::Private, Outbound::Any] {
        let world = World::reaching(guard(outbound), Oracle::new(&[&["127.0.0.1"]]));
        for uri in NEVER.split_whitespace() {
            let ran = call(&world, uri).await;
            assert!(ran.failure().contains(REFUSED), "{outbound} {uri}: {}", ran.story());
        }
    }
}

#[tokio::test]
async fn private_networks_are_called_only_where_it_is_set() {
    let table = [
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "[fc00::1]",
        "[fdff::1]",
        "0xa.1",
        "[::ffff:a00:1]",
    ];
    let world = World::reaching(guard(Outbound::Public), Oracle::new(&[&["10.0.0.1"]]));
    for host in table {
        let ran = call(&world, &format!("http://{host}/")).await;
        assert!(ran.failure().contains(REFUSED), "{host}: {}", ran.story());
    }
    let ran = call(&world, "http://intranet.test/").await;
    assert!(ran.failure().contains(REFUSED) && !ran.failure().contains("10.0.0.1"), "{}", ran.story());
}

#[tokio::test]
async fn a_redirect_is_looked_at_as_the_first_request() {
    let server = Server::start().await;
    let world = World::reaching(guard(Outbound::Any), Oracle::new(&[&["127.0.0.1"]]));
    let port = server.address.port();
    for to in NEVER.split_whitespace().take(8) {
        let ran = call(&world, &server.uri(&format!("/redirect/302?to={to}"))).await;
        assert!(ran.failure().contains(REFUSED), "{to}: {}", ran.story());
        let twice = format!("/redirect/307?to=/redirect/308%3Fto%3D{to}");
        let ran = call(&world, &server.uri(&twice)).await;
        assert!(ran.failure().contains(REFUSED), "{to}: {}", ran.story());
    }
    for to in ["file:///etc/passwd", "gopher://127.0.0.1/", &format!("http://me@127.0.0.1:{port}/")] {
        let ran = call(&world, &server.uri(&format!("/redirect/301?to={to}"))).await;
        assert!(ran.failure().contains("URI"), "{to}: {}", ran.story());
    }
}

#[tokio::test]
async fn a_name_that_changes_its_address_is_looked_at_each_time() {
    let server = Server::start().await;
    let uri = format!("http://rebinding.test:{}/echo", server.address.port());
    // First a permitted address, then one that never is: what is connected to is what was looked at.
    let oracle = Oracle::new(&[&["127.0.0.1"], &["169.254.169.254"]]);
    let world = World::reaching(guard(Outbound::Any), Arc::clone(&oracle) as _);
    let alone = json!({"uri": uri, "options": {"connectionPoolIdleTimeout": "PT0S"}});
    let ran = world.task("core.http.Request", alone.clone()).await;
    assert_eq!((&ran.outcome.outputs["code"], oracle.asked.load(Ordering::SeqCst)), (&json!(200), 1));
    assert!(world.task("core.http.Request", alone).await.failure().contains(REFUSED));

    // One forbidden address among permitted ones.
    let oracle = Oracle::new(&[&["2c0f:ffff::1", "127.0.0.1"]]);
    let world = World::reaching(guard(Outbound::Public), oracle);
    assert!(call(&world, &uri).await.failure().contains(REFUSED));
    assert_eq!(server.requests(), 1);
}
