//! Where a request comes from: by that failing guesses are counted, and audit lines tell it.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{HeaderMap, request::Parts},
};
use service::access::Network;

/// Proxies that a request passed, of which any is looked at.
const HOPS_MAX: usize = 16;

/// Where a request comes from, when whoever hands it over knows better than the connection.
#[derive(Debug, Clone, Copy)]
pub struct Source(pub IpAddr);

/// `None` where nobody knows.
pub(crate) fn source(parts: &Parts, proxies: &[Network]) -> Option<IpAddr> {
    if let Some(Source(told)) = parts.extensions.get() {
        return Some(*told);
    }
    let ConnectInfo(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(behind(peer.ip().to_canonical(), &parts.headers, proxies))
}

/// The first address from the right that is none of a trusted proxy: each of those appends whom it heard, and what stands
/// left of a stranger is what he says. The peer itself when a proxy of ours writes what is no address.
fn behind(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> IpAddr {
    let values = headers.get_all("x-forwarded-for").iter().rev();
    let hops = values.flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b','));
    let mut last = peer;
    for hop in hops.take(HOPS_MAX) {
        if !proxies.iter().any(|it| it.contains(last)) {
            break;
        }
        match address(hop) {
            Some(before) => last = before,
            None => return peer,
        }
    }
    last
}

/// An address; some proxies write the port, too.
fn address(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?.trim();
    let plain = text.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or(text);
    let address = plain.parse().or_else(|_| text.parse::<SocketAddr>().map(|it| it.ip())).ok()?;
    Some(IpAddr::to_canonical(&address))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    /// A request of 10.0.0.1 with these headers, where 10.0.0.0/8 and one more are proxies.
    fn seen(forwarded: &[&str]) -> String {
        let name = HeaderName::from_static("x-forwarded-for");
        let values = forwarded.iter().map(|it| (name.clone(), it.parse().unwrap()));
        let headers = values.collect::<HeaderMap>();
        let proxies = ["10.0.0.0/8", "2001:db8::/32"].map(|it| it.parse().unwrap());
        behind("10.0.0.1".parse().unwrap(), &headers, &proxies).to_string()
    }

    #[test]
    fn the_stranger_nearest_to_us_is_the_source() {
        assert_eq!(seen(&["192.0.2.7"]), "192.0.2.7");
        assert_eq!(seen(&["198.51.100.1, 192.0.2.7"]), "192.0.2.7");
        assert_eq!(seen(&["198.51.100.1, 192.0.2.7, 10.2.3.4 ,2001:db8::2"]), "192.0.2.7");
        assert_eq!(seen(&["198.51.100.1", "192.0.2.7", "10.2.3.4"]), "192.0.2.7");
        assert_eq!(seen(&["anything, at all, 192.0.2.7"]), "192.0.2.7");
        assert_eq!(seen(&["192.0.2.7:4711"]), "192.0.2.7");
        assert_eq!(seen(&["[2001:db9::1]:4711"]), "2001:db9::1");
        assert_eq!(seen(&["[2001:db9::1]"]), "2001:db9::1");
        assert_eq!(seen(&["::ffff:192.0.2.7"]), "192.0.2.7");
    }

    #[test]
    fn who_is_one_of_the_proxies_is_himself() {
        assert_eq!(seen(&[]), "10.0.0.1");
        assert_eq!(seen(&["10.9.9.9"]), "10.9.9.9");
        assert_eq!(seen(&[&["10.9.9.9"; 40].join(","), "10.8.8.8"]), "10.9.9.9");
    }

    #[test]
    fn what_is_no_address_is_not_guessed_at() {
        for wrong in
            ["", ",", "unknown", "192.0.2.7,", "192.0.2.7, -", "192.0.2", "for=192.0.2.7", "192.0.2.7:x"]
        {
            assert_eq!(seen(&[wrong]), "10.0.0.1", "{wrong}");
        }
        assert_eq!(seen(&["192.0.2.7, x, 10.1.1.1"]), "10.0.0.1");
    }
}
