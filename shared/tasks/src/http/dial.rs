//! Opening a connection, the one place where it is done.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use engine::duration;
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::rustls::pki_types::ServerName;
use url::Host;

use super::{Guard, Resolve, proxy::Proxy, target::Origin, tls::Tls, trouble::Trouble, wire::Wire};

/// Addresses of one name that are looked at.
const ADDRESSES_MAX: usize = 64;

/// By which way an origin is reached. A connection serves only requests that would go the same way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Way {
    /// Whether any certificate will do.
    pub(super) insecure: bool,
    pub(super) proxy: Option<Proxy>,
}

#[derive(Debug)]
pub(super) struct Dialer {
    guard: Guard,
    resolver: Arc<dyn Resolve>,
    tls: Tls,
}

impl Dialer {
    pub(super) fn new(guard: Guard, resolver: Arc<dyn Resolve>) -> Self {
        Self { guard, resolver, tls: Tls::default() }
    }

    /// Opens a connection, within that time.
    ///
    /// # Errors
    /// It may not be opened, or cannot.
    pub(super) async fn dial(
        &self,
        origin: &Origin,
        way: &Way,
        connect_max: Duration,
    ) -> Result<Wire, Trouble> {
        let opened = match timeout(connect_max, self.open(origin, way, connect_max)).await {
            Ok(opened) => opened,
            Err(_) => Err(Trouble::Unknown(format!(
                "there is no connection after {}",
                duration::format(connect_max)
            ))),
        };
        let scheme = if origin.secure { "https" } else { "http" };
        opened.map_err(|it| {
            it.map(|problem| format!("Connect to {scheme}://{} failed: {problem}", origin.authority()))
        })
    }

    async fn open(&self, origin: &Origin, way: &Way, connect_max: Duration) -> Result<Wire, Trouble> {
        let stream = if let Some(proxy) = &way.proxy {
            match self.addresses(&origin.host, origin.port).await {
                // Names that only the proxy knows are looked up by the proxy, which is none of ours in the internet.
                Ok(_) | Err(Trouble::Unknown(_)) => {}
                Err(refused @ Trouble::Refused(_)) => return Err(refused),
            }
            let mut stream = self.connect(&proxy.host, proxy.port, connect_max).await?;
            proxy.lead(&mut stream, origin).await.map_err(Trouble::Unknown)?;
            stream
        } else {
            self.connect(&origin.host, origin.port, connect_max).await?
        };
        if !origin.secure {
            return Ok(Wire::Plain(stream));
        }
        let name = match &origin.host {
            Host::Domain(name) => ServerName::try_from(name.trim_end_matches('.').to_owned()),
            Host::Ipv4(ip) => Ok(ServerName::from(std::net::IpAddr::from(*ip))),
            Host::Ipv6(ip) => Ok(ServerName::from(std::net::IpAddr::from(*ip))),
        };
        let name = name.map_err(|_| Trouble::Unknown("no certificate can have this name".to_owned()))?;
        let secured = self.tls.connector(way.insecure).connect(name, stream).await;
        secured.map(|it| Wire::Secure(Box::new(it))).map_err(|error| Trouble::Unknown(error.to_string()))
    }

    /// Connects to the very addresses that were looked at, one after the other.
    async fn connect(
        &self,
        host: &Host<String>,
        port: u16,
        connect_max: Duration,
    ) -> Result<TcpStream, Trouble> {
        let addresses = self.addresses(host, port).await?;
        let share = connect_max / u32::try_from(addresses.len()).unwrap_or(1).max(1);
        let mut problem = String::new();
        for address in addresses {
            match timeout(share, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    // A request is written at once; waiting for more of it would only delay it.
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Ok(Err(error)) => problem = error.to_string(),
                Err(_) => problem = format!("there is no connection after {}", duration::format(share)),
            }
        }
        Err(Trouble::Unknown(problem))
    }

    /// The addresses of a host. One that is not permitted spoils them all.
    async fn addresses(&self, host: &Host<String>, port: u16) -> Result<Vec<SocketAddr>, Trouble> {
        let addresses = match host {
            Host::Ipv4(ip) => vec![SocketAddr::from((*ip, port))],
            Host::Ipv6(ip) => vec![SocketAddr::from((*ip, port))],
            Host::Domain(name) if !self.guard.permits_name(name, port) => return Err(self.refused()),
            Host::Domain(name) => {
                let found = self.resolver.resolve(name, port).await;
                let found = found.map_err(|error| Trouble::Unknown(format!("{name}: {error}")))?;
                found.iter().map(|it| SocketAddr::new(it.ip(), port)).take(ADDRESSES_MAX + 1).collect()
            }
        };
        if addresses.is_empty() || addresses.len() > ADDRESSES_MAX {
            return Err(Trouble::Unknown(format!("{host} has no address, or more than {ADDRESSES_MAX}")));
        }
        if addresses.iter().all(|it| self.guard.permits(*it)) { Ok(addresses) } else { Err(self.refused()) }
    }

    /// Does not tell the address: whoever asks is not to learn the names of our networks.
    fn refused(&self) -> Trouble {
        Trouble::Refused(format!(
            "tasks may not call this address here (`ROUNDTRIP_OUTBOUND` is `{}`)",
            self.guard.outbound()
        ))
    }
}
