//! A range of addresses, with what an overlap needs.

use std::net::IpAddr;

use conform_service_proxy::{Cidr, Family, parse_ip};

/// Ranges of IPv4 and IPv6 that no network uses: RFC 5737 and RFC 3849 set them aside for documentation. Of the IPv4 one a
/// Service can have two addresses.
pub const PROBE: [(Family, &str); 2] = [
    (Family::IPv4, "203.0.113.0/30"),
    (Family::IPv6, "2001:db8:c04f:0:6f72:6d00::/126"),
];

/// A range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    base: IpAddr,
    cidr: Cidr,
}

impl Range {
    /// Reads `10.96.0.0/16`.
    pub fn parse(text: &str) -> Option<Self> {
        let (base, _) = text.trim().split_once('/')?;
        Some(Self {
            base: parse_ip(base)?,
            cidr: Cidr::parse(text.trim())?,
        })
    }

    /// True if the address is in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.cidr.contains(address)
    }

    /// True if an address is in both.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.contains(other.base) || other.contains(self.base)
    }

    /// True if both are the same, however they are written.
    pub fn is(&self, other: &Self) -> bool {
        self.contains(other.base) && other.contains(self.base) && self.length() == other.length()
    }

    fn length(&self) -> Option<u8> {
        self.cidr.to_string().rsplit_once('/')?.1.parse().ok()
    }
}

/// The range that is probed with in a cluster whose Services have these ranges: of the family of the first.
pub fn probe_range(ranges: &[Range]) -> &'static str {
    let first = ranges.first().map(|range| Family::of(range.base));
    let of_family = PROBE.iter().find(|(family, _)| Some(*family) == first);
    of_family
        .or(PROBE.first())
        .map_or("203.0.113.0/30", |(_, range)| range)
}
