//! Whether tasks may call an address.

use std::{
    ffi::OsString,
    net::{IpAddr, SocketAddr},
};

use url::{Host, Url};

use super::{
    Outbound,
    address::{Reach, is_local, reach},
};

/// Where a Lambda asks for its invocations unless the environment names another place.
const RUNTIME_PORT: u16 = 9_001;

/// Names that lead to credentials, whatever they resolve to.
const METADATA_NAMES: [&str; 4] =
    ["metadata.google.internal", "metadata.goog", "metadata", "instance-data.ec2.internal"];

/// Variables that name a place where this process gets its invocations or its credentials: `host:port`, or a URL.
const OWN_PLACES: [&str; 5] = [
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "ECS_CONTAINER_METADATA_URI",
    "ECS_CONTAINER_METADATA_URI_V4",
];

/// What tasks may call. Whatever is set, the metadata of a cloud and the runtime of a Lambda are refused.
#[derive(Debug, Clone)]
pub struct Guard {
    outbound: Outbound,
    own: Vec<Place>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    host: Host<String>,
    port: u16,
}

impl Guard {
    /// With the places that the variables of this process name.
    pub fn new(outbound: Outbound, environment: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let named = environment.into_iter().filter_map(|(name, value)| {
            let is_named = OWN_PLACES.iter().any(|it| name.to_str() == Some(it));
            is_named.then(|| Place::parse(value.to_str()?)).flatten()
        });
        Self { outbound, own: named.collect() }
    }

    /// How far tasks may reach.
    pub fn outbound(&self) -> Outbound {
        self.outbound
    }

    /// Whether a host may be asked for by its name; what it resolves to is looked at besides.
    pub fn permits_name(&self, name: &str, port: u16) -> bool {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let own = |it: &Place| it.port == port && matches!(&it.host, Host::Domain(own) if *own == name);
        !METADATA_NAMES.contains(&name.as_str()) && !self.own.iter().any(own)
    }

    /// Whether a connection to an address may be opened.
    pub fn permits(&self, address: SocketAddr) -> bool {
        let (ip, port) = (address.ip().to_canonical(), address.port());
        let own = |it: &Place| it.port == port && it.ip().is_some_and(|own| is_same(own, ip));
        if (port == RUNTIME_PORT && is_local(ip)) || self.own.iter().any(own) {
            return false;
        }
        match (self.outbound, reach(address.ip())) {
            (_, Reach::Never) => false,
            (Outbound::Any, _) | (_, Reach::Public) | (Outbound::Private, Reach::Private) => true,
            (Outbound::Public | Outbound::Private, Reach::Private | Reach::Special) => false,
        }
    }
}

fn is_same(own: IpAddr, other: IpAddr) -> bool {
    own == other || (is_local(own) && is_local(other))
}

impl Place {
    fn parse(text: &str) -> Option<Self> {
        let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("http://{text}")) };
        let url = url.ok()?;
        let host = match url.host()? {
            Host::Domain(name) => Host::Domain(name.trim_end_matches('.').to_owned()),
            Host::Ipv4(ip) => Host::Ipv4(ip),
            Host::Ipv6(ip) => Host::Ipv6(ip),
        };
        Some(Self { host, port: url.port_or_known_default()? })
    }

    fn ip(&self) -> Option<IpAddr> {
        match &self.host {
            Host::Domain(name) => (name == "localhost").then_some(IpAddr::from([127, 0, 0, 1])),
            Host::Ipv4(ip) => Some((*ip).into()),
            Host::Ipv6(ip) => Some(IpAddr::from(*ip).to_canonical()),
        }
    }
}

#[cfg(test)]
mod tests;
