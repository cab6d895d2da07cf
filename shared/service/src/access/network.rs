//! Addresses that an operator names: one, or a network of them.

use std::{fmt, net::IpAddr, str::FromStr};

/// All addresses that begin with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    first: IpAddr,
    prefix_bits: u32,
}

impl Network {
    /// Addresses of IPv4 that are written as IPv6 (`::ffff:192.0.2.1`) count as what they are.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.first, address.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(it)) => {
                is_same(first.to_bits().into(), it.to_bits().into(), 32 - self.prefix_bits)
            }
            (IpAddr::V6(first), IpAddr::V6(it)) => {
                is_same(first.to_bits(), it.to_bits(), 128 - self.prefix_bits)
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

/// Whether two addresses differ in their last bits alone: in fewer than all.
const fn is_same(a: u128, b: u128, last_bits: u32) -> bool {
    (a ^ b) >> last_bits == 0
}

impl FromStr for Network {
    type Err = &'static str;

    /// `192.0.2.1`, `10.0.0.0/8`, `2001:db8::/32`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str =
            "an address, or a network with nothing beyond its prefix, is expected, such as 10.0.0.0/8";
        let (first, prefix) = match text.split_once('/') {
            Some((first, prefix)) => (first, Some(prefix)),
            None => (text, None),
        };
        let first: IpAddr = first.parse().map_err(|_| EXPECTED)?;
        let (bits, all) = match first {
            IpAddr::V4(it) => (it.to_bits().into(), 32),
            IpAddr::V6(it) if it.to_ipv4_mapped().is_some() => {
                return Err("an address of IPv4 is written as one, such as 192.0.2.1");
            }
            IpAddr::V6(it) => (it.to_bits(), 128),
        };
        let prefix_bits = match prefix {
            None => all,
            Some(prefix) => prefix.parse().ok().filter(|it| *it <= all).ok_or(EXPECTED)?,
        };
        if prefix_bits == 0 {
            return Err("a prefix of 0 is everybody");
        }
        let beyond = (1_u128 << (all - prefix_bits)) - 1;
        (bits & beyond == 0).then_some(Self { first, prefix_bits }).ok_or(EXPECTED)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix_bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(network: &str, address: &str) -> bool {
        network.parse::<Network>().unwrap().contains(address.parse().unwrap())
    }

    #[test]
    fn a_network_has_what_begins_like_it() {
        assert!(has("10.0.0.0/8", "10.255.1.2") && !has("10.0.0.0/8", "11.0.0.0"));
        assert!(has("192.0.2.1", "192.0.2.1") && !has("192.0.2.1", "192.0.2.2"));
        assert!(has("192.0.2.1/32", "::ffff:192.0.2.1"));
        assert!(has("128.0.0.0/1", "255.0.0.1") && !has("128.0.0.0/1", "127.0.0.1"));
        assert!(has("2001:db8::/32", "2001:db8:1::1") && !has("2001:db8::/32", "2001:db9::"));
        assert!(has("::1", "::1") && !has("::1", "127.0.0.1") && !has("127.0.0.1", "::1"));
    }

    #[test]
    fn what_is_no_network_or_everybody_is_refused() {
        for wrong in
            ["", "a", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.1/8", "2001:db8::1/64", "::/129"]
        {
            assert!(wrong.parse::<Network>().unwrap_err().contains("10.0.0.0/8"), "{wrong}");
        }
        for everybody in ["0.0.0.0/0", "::/0"] {
            assert_eq!(everybody.parse::<Network>(), Err("a prefix of 0 is everybody"));
        }
        assert!("::ffff:10.0.0.1".parse::<Network>().is_err());
        assert_eq!("10.0.0.0/8".parse::<Network>().unwrap().to_string(), "10.0.0.0/8");
    }
}
