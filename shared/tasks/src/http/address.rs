//! What an IP address leads to, by the registries of special-purpose addresses (IANA, RFC 6890).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// From what anybody may call to what nobody may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// Somewhere in the internet.
    Public,
    /// A network of our own.
    Private,
    /// This machine, a group of machines, or nothing that is assigned to anybody.
    Special,
    /// Who asks there is told the credentials of this machine.
    Never,
}

/// An address that has another one in it leads to both.
pub(super) fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(address) => v4(address),
        IpAddr::V6(address) => v6(address),
    }
}

/// Whether it is this machine.
pub(super) fn is_local(address: IpAddr) -> bool {
    let address = address.to_canonical();
    address.is_loopback()
        || address.is_unspecified()
        || matches!(address, IpAddr::V4(it) if it.octets()[0] == 0)
}

fn v4(address: Ipv4Addr) -> Reach {
    match address.octets() {
        // Link-local: the metadata of AWS, Azure, Google and most others, and the runtime API of newer Lambdas. Then
        // what Alibaba, Azure and Oracle have besides.
        [169, 254, ..] | [100, 100, 100, 200] | [168, 63, 129, 16] | [192, 0, 0, 192] => Reach::Never,
        [10, ..] | [192, 168, ..] => Reach::Private,
        [172, second, ..] if second & 0xf0 == 16 => Reach::Private,
        [100, second, ..] if second & 0xc0 == 64 => Reach::Private,
        [0 | 127 | 224..=255, ..]
        | [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _] => Reach::Special,
        _ => Reach::Public,
    }
}

fn v6(address: Ipv6Addr) -> Reach {
    let segments = address.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        v4(Ipv4Addr::new(a, b, c, d))
    };
    let last = embedded(segments[6], segments[7]);
    match segments {
        // Mapped, and as a network without IPv4 spells it (NAT64).
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => last,
        // Compatible (with `::` and `::1`), translated, and NAT64 of somebody's own.
        [0, 0, 0, 0, 0 | 0xffff, 0, ..] | [0x64, 0xff9b, 1, ..] => last.max(Reach::Special),
        [0x2002, high, low, ..] => embedded(high, low).max(Reach::Special),
        // Teredo: its server, and its client with all bits turned.
        [0x2001, 0, high, low, ..] => {
            embedded(high, low).max(embedded(!segments[6], !segments[7])).max(Reach::Special)
        }
        // ISATAP
        [_, _, _, _, 0 | 0x200, 0x5efe, ..] => last.max(own(segments)),
        _ => own(segments),
    }
}

/// Of an address that has no other in it.
fn own(segments: [u16; 8]) -> Reach {
    match segments {
        // Link-local; the metadata of AWS, and of Google.
        [0xfe80..=0xfebf, ..] | [0xfd00, 0x0ec2, ..] | [0xfd20, 0x00ce, ..] => Reach::Never,
        [0xfc00..=0xfdff | 0xfec0..=0xfeff, ..] => Reach::Private,
        // Protocols, documentation.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Reach::Special,
        [0x2000..=0x3fff, ..] => Reach::Public,
        _ => Reach::Special,
    }
}

#[cfg(test)]
mod tests;
