//! Through a proxy: `CONNECT` of HTTP, and SOCKS 5.

use std::{fmt, net::IpAddr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use url::Host;

use super::target::Origin;

/// Bytes of what a proxy answers to `CONNECT`.
const ANSWER_BYTES_MAX: usize = 8 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Http,
    Socks,
}

/// A proxy, and who asks it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Proxy {
    pub(super) kind: Kind,
    pub(super) host: Host<String>,
    pub(super) port: u16,
    pub(super) credentials: Option<(String, String)>,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}:{}", self.kind, self.host, self.port)
    }
}

impl Proxy {
    /// What it says in `Proxy-Authorization`.
    pub(super) fn authorization(&self) -> Option<String> {
        let (user, password) = self.credentials.as_ref()?;
        Some(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
    }

    /// Makes a connection to the proxy one to the origin. Nothing has to be done where a proxy of HTTP passes on plain
    /// requests.
    ///
    /// # Errors
    /// The proxy does not lead there.
    pub(super) async fn lead(&self, stream: &mut TcpStream, origin: &Origin) -> Result<(), String> {
        let led = match self.kind {
            Kind::Http if !origin.secure => return Ok(()),
            Kind::Http => self.tunnel(stream, origin).await,
            Kind::Socks => self.socks(stream, origin).await,
        };
        led.map_err(|problem| format!("the proxy {}:{} does not lead there: {problem}", self.host, self.port))
    }

    async fn tunnel(&self, stream: &mut TcpStream, origin: &Origin) -> Result<(), String> {
        let to = origin.host_and_port();
        let authorization =
            self.authorization().map(|it| format!("Proxy-Authorization: {it}\r\n")).unwrap_or_default();
        let request = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n{authorization}\r\n");
        stream.write_all(request.as_bytes()).await.map_err(said)?;
        let mut answer = Vec::new();
        // Byte by byte: what comes after the answer is not ours to read.
        while !answer.ends_with(b"\r\n\r\n") {
            if answer.len() == ANSWER_BYTES_MAX {
                return Err(format!("its answer has more than {ANSWER_BYTES_MAX} bytes"));
            }
            answer.push(stream.read_u8().await.map_err(said)?);
        }
        let first = answer.split(|byte| *byte == b'\r').next().unwrap_or_default();
        let first = String::from_utf8_lossy(first);
        match first.split(' ').nth(1) {
            Some(code) if first.starts_with("HTTP/1.") && code.starts_with('2') => Ok(()),
            Some(_) | None => Err(format!("`{first}`")),
        }
    }

    /// RFC 1928, RFC 1929.
    async fn socks(&self, stream: &mut TcpStream, origin: &Origin) -> Result<(), String> {
        let method = if self.credentials.is_some() { 2 } else { 0 };
        stream.write_all(&[5, 1, method]).await.map_err(said)?;
        let mut chosen = [0; 2];
        stream.read_exact(&mut chosen).await.map_err(said)?;
        if chosen != [5, method] {
            return Err("it wants another kind of authentication".to_owned());
        }
        if let Some((user, password)) = &self.credentials {
            let mut message = vec![1];
            for text in [user, password] {
                message.push(short(text)?);
                message.extend_from_slice(text.as_bytes());
            }
            stream.write_all(&message).await.map_err(said)?;
            let mut answer = [0; 2];
            stream.read_exact(&mut answer).await.map_err(said)?;
            if answer[1] != 0 {
                return Err("it refuses the user".to_owned());
            }
        }
        let mut request = vec![5, 1, 0];
        match &origin.host {
            Host::Domain(name) => {
                request.extend_from_slice(&[3, short(name)?]);
                request.extend_from_slice(name.as_bytes());
            }
            Host::Ipv4(ip) => address(&mut request, (*ip).into()),
            Host::Ipv6(ip) => address(&mut request, (*ip).into()),
        }
        request.extend_from_slice(&origin.port.to_be_bytes());
        stream.write_all(&request).await.map_err(said)?;
        let mut answer = [0; 4];
        stream.read_exact(&mut answer).await.map_err(said)?;
        if answer[1] != 0 {
            return Err(format!("SOCKS error {}", answer[1]));
        }
        let rest = match answer[3] {
            1 => 4,
            3 => usize::from(stream.read_u8().await.map_err(said)?),
            4 => 16,
            other => return Err(format!("its address is of the unknown kind {other}")),
        };
        let mut bound = vec![0; rest + 2];
        stream.read_exact(&mut bound).await.map(|_| ()).map_err(said)
    }
}

fn address(request: &mut Vec<u8>, ip: IpAddr) {
    match ip {
        IpAddr::V4(ip) => {
            request.push(1);
            request.extend_from_slice(&ip.octets());
        }
        IpAddr::V6(ip) => {
            request.push(4);
            request.extend_from_slice(&ip.octets());
        }
    }
}

fn short(text: &str) -> Result<u8, String> {
    u8::try_from(text.len()).map_err(|_| "a name, user or password has more than 255 bytes".to_owned())
}

#[allow(clippy::needless_pass_by_value, reason = "the form `map_err` wants")]
fn said(error: std::io::Error) -> String {
    error.to_string()
}
