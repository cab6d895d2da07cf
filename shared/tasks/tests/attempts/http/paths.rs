//! TLS and proxies.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use tasks::{
    Outbound,
    http::{Guard, System},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

use super::server::Server;
use crate::world::{Ran, World};

async fn call(uri: &str, options: Json) -> Ran {
    World::new().task("core.http.Request", json!({"uri": uri, "options": options})).await
}

/// A server with a certificate that nobody trusts; gives its port.
async fn secure() -> u16 {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("cert.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("key.pem")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(mut stream) = acceptor.accept(stream).await {
                head(&mut stream).await;
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret").await;
                let _ = stream.shutdown().await;
            }
        }
    });
    port
}

/// What comes before the first empty line.
async fn head(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

#[tokio::test]
async fn a_certificate_of_nobody_is_refused_unless_the_flow_trusts_all() {
    let port = secure().await;
    for host in ["localhost", "127.0.0.1"] {
        let uri = format!("https://{host}:{port}/");
        let ran = call(&uri, json!({})).await;
        assert!(ran.failure().contains("invalid peer certificate"), "{}", ran.story());
        let ran = call(&uri, json!({"ssl": {"insecureTrustAllCertificates": true}})).await;
        assert_eq!(ran.outcome.outputs["body"], "secret", "{}", ran.story());
    }
    let uri = format!("https://localhost:{port}/");
    let old = json!({"uri": uri, "sslOptions": {"insecureTrustAllCertificates": true}});
    let ran = World::new().task("core.http.Request", old).await;
    assert_eq!(ran.outcome.outputs["body"], "secret", "{}", ran.story());
}

async fn copy(mut one: impl AsyncRead + AsyncWrite + Unpin, mut other: TcpStream) {
    let _ = tokio::io::copy_bidirectional(&mut one, &mut other).await;
}

/// A proxy that tells what it was asked.
async fn proxy(answers: &'static str) -> (u16, tokio::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (asked, receiver) = tokio::sync::mpsc::channel(8);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let head = head(&mut stream).await;
            let target = head.split(' ').nth(1).unwrap().to_owned();
            asked.send(head).await.unwrap();
            stream.write_all(answers.as_bytes()).await.unwrap();
            if answers.starts_with("HTTP/1.1 200 Connected") {
                copy(stream, TcpStream::connect(target).await.unwrap()).await;
            }
        }
    });
    (port, receiver)
}

#[tokio::test]
async fn a_proxy_leads_to_both_schemes_in_both_spellings() {
    let (port, mut asked) = proxy("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nproxied").await;
    let new = json!({"proxy": {"type": "HTTP", "address": "127.0.0.1", "port": port, "username": "me", "password": "secret"}});
    let old = json!({"proxyAddress": "127.0.0.1", "proxyPort": port, "proxyUsername": "me", "proxyPassword": "secret"});
    for options in [new, old] {
        let ran = call("http://localhost:1/a?b", options).await;
        assert_eq!(ran.outcome.outputs["body"], "proxied", "{}", ran.story());
        let head = asked.recv().await.unwrap();
        assert!(head.starts_with("GET http://localhost:1/a?b HTTP/1.1\r\n"), "{head}");
        assert!(head.contains("proxy-authorization: Basic bWU6c2VjcmV0\r\n"), "{head}");
    }

    let secure = secure().await;
    let (port, mut asked) = proxy("HTTP/1.1 200 Connected\r\n\r\n").await;
    let options = json!({
        "proxy": {"address": "127.0.0.1", "port": port, "username": "me", "password": "secret"},
        "ssl": {"insecureTrustAllCertificates": true},
    });
    let ran = call(&format!("https://localhost:{secure}/"), options).await;
    assert_eq!(ran.outcome.outputs["body"], "secret", "{}", ran.story());
    let head = asked.recv().await.unwrap();
    assert!(head.starts_with(&format!("CONNECT localhost:{secure} HTTP/1.1\r\n")), "{head}");
    assert!(head.contains("Proxy-Authorization: Basic bWU6c2VjcmV0\r\n"), "{head}");

    let (port, _asked) = proxy("HTTP/1.1 403 Forbidden\r\n\r\n").await;
    let ran = call("https://localhost:1/", json!({"proxyAddress": "127.0.0.1", "proxyPort": port})).await;
    assert!(ran.failure().ends_with("does not lead there: `HTTP/1.1 403 Forbidden`"), "{}", ran.story());
}

#[tokio::test]
async fn a_socks_proxy_is_told_the_name_and_who_asks() {
    let server = Server::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let to = server.address;
    let socks = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut greeting = [0; 3];
        stream.read_exact(&mut greeting).await.unwrap();
        assert_eq!(greeting, [5, 1, 2]);
        stream.write_all(&[5, 2]).await.unwrap();
        let mut user = [0; 11];
        stream.read_exact(&mut user).await.unwrap();
        assert_eq!(&user, b"\x01\x02me\x06secret");
        stream.write_all(&[1, 0]).await.unwrap();
        let mut request = [0; 5 + 9 + 2];
        stream.read_exact(&mut request).await.unwrap();
        assert_eq!(&request[..14], b"\x05\x01\x00\x03\x09localhost");
        stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
        copy(stream, TcpStream::connect(to).await.unwrap()).await;
    });
    let options = json!({
        "proxyType": "SOCKS", "proxyAddress": "127.0.0.1", "proxyPort": port,
        "proxyUsername": "me", "proxyPassword": "secret", "connectionPoolIdleTimeout": "PT0S",
    });
    let ran = call(&format!("http://localhost:{}/echo", to.port()), options).await;
    assert_eq!(ran.outcome.outputs["code"], 200, "{}", ran.story());
    socks.await.unwrap();
}

#[tokio::test]
async fn neither_a_proxy_nor_what_is_behind_it_may_be_forbidden() {
    let (port, mut asked) = proxy("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let behind =
        call("http://169.254.169.254/latest", json!({"proxyAddress": "127.0.0.1", "proxyPort": port})).await;
    assert!(behind.failure().contains("tasks may not call this address"), "{}", behind.story());
    let world = World::reaching(Guard::new(Outbound::Public, []), Arc::new(System));
    let options = json!({"proxyAddress": "127.0.0.1", "proxyPort": port});
    let ran = world.task("core.http.Request", json!({"uri": "http://1.1.1.1/", "options": options})).await;
    assert!(ran.failure().contains("tasks may not call this address"), "{}", ran.story());
    assert!(asked.try_recv().is_err(), "the proxy was asked");
}
