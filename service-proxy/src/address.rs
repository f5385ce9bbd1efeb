//! IP addresses, families and ranges, read as kube-proxy reads them.

use std::{
    fmt::{self, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use serde::{Deserialize, Serialize};

/// An IP family. A proxy works on each of them alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Family {
    /// IPv4.
    IPv4,
    /// IPv6.
    IPv6,
}

impl Family {
    /// Both, in the order in which they are shown.
    pub const ALL: [Self; 2] = [Self::IPv4, Self::IPv6];

    /// The family of an address.
    pub const fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Self::IPv4,
            IpAddr::V6(_) => Self::IPv6,
        }
    }

    /// How the API writes it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::IPv4 => "IPv4",
            Self::IPv6 => "IPv6",
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

/// Reads an address: `010.0.0.1` is 10.0.0.1 for old objects' sake, and `::ffff:10.0.0.1` is an IPv4 address.
pub fn parse_ip(text: &str) -> Option<IpAddr> {
    let strict = text.parse::<IpAddr>().ok();
    Some(strict.or_else(|| leading_zeros(text))?.to_canonical())
}

fn leading_zeros(text: &str) -> Option<IpAddr> {
    let mut octets = [0; 4];
    let mut parts = text.split('.');
    for octet in &mut octets {
        let part = parts
            .next()
            .filter(|part| part.len() <= 15 && part.bytes().all(|byte| byte.is_ascii_digit()))?;
        *octet = part.parse().ok()?;
    }
    parts
        .next()
        .is_none()
        .then_some(IpAddr::V4(Ipv4Addr::from(octets)))
}

/// A range of addresses of one family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    network: IpAddr,
    prefix: u8,
}

impl Cidr {
    /// Reads `ADDRESS/PREFIX`; white space around it is no fault, as in a Service's loadBalancerSourceRanges.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.trim().split_once('/')?;
        let address = parse_ip(address)?;
        if !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let prefix: u8 = prefix.parse().ok()?;
        let whole = match address {
            IpAddr::V4(_) => 32,
            IpAddr::V6(_) => 128,
        };
        (prefix <= whole).then_some(Self {
            network: address,
            prefix,
        })
    }

    /// The range that holds one address.
    pub const fn single(address: IpAddr) -> Self {
        let prefix = match address {
            IpAddr::V4(_) => 32,
            IpAddr::V6(_) => 128,
        };
        Self {
            network: address,
            prefix,
        }
    }

    /// The family of its addresses.
    pub const fn family(self) -> Family {
        Family::of(self.network)
    }

    /// True for a range of all addresses of its family.
    pub const fn is_everything(self) -> bool {
        self.prefix == 0
    }

    /// True if it is a part of the loopback addresses.
    pub(crate) const fn starts_in_loopback(self) -> bool {
        self.network.is_loopback()
    }

    /// True if it holds the address.
    pub fn contains(self, address: IpAddr) -> bool {
        match (self.network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let differing = network.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= u32::from(self.prefix)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let differing = network.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= u32::from(self.prefix)
            }
            _ => false,
        }
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.network, self.prefix)
    }
}

/// How an endpoint is written, and sorted: `10.0.0.1:80`, `[fd00::1]:80`.
pub fn endpoint_text(address: IpAddr, port: u16) -> String {
    SocketAddr::new(address, port).to_string()
}

/// A number that sorts IPv4 endpoints as their texts sort: four bits a character, in the order of ASCII.
pub(crate) fn text_order_v4(address: Ipv4Addr, port: u16) -> u128 {
    let [a, b, c, d] = address.octets();
    let of = |table: &[u16; 256], octet: u8| {
        u128::from(table.get(usize::from(octet)).copied().unwrap_or_default())
    };
    let address = of(&BEFORE_DOT, a) << 48 | of(&BEFORE_DOT, b) << 32 | of(&BEFORE_DOT, c) << 16;
    (address | of(&BEFORE_COLON, d)) << 20 | u128::from(digits(port, 5))
}

const DOT: u16 = 1;
const COLON: u16 = 12;
/// Octets with what follows them.
static BEFORE_DOT: [u16; 256] = octets(DOT);
static BEFORE_COLON: [u16; 256] = octets(COLON);

#[expect(
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    reason = "a table of 256 octets, made by the compiler"
)]
const fn octets(end: u16) -> [u16; 256] {
    let mut table = [0; 256];
    let mut octet = 0;
    while octet < 256 {
        let number = octet as u16;
        // The end follows the last digit; where there are fewer than three, nothing follows the end.
        let after = 4 * (3 - count(number));
        table[octet] = (digits(number, 3) as u16) << 4 | end << after;
        octet += 1;
    }
    table
}

/// The digits of a number of at most `most` digits, 2 to 11 for 0 to 9, then nothing. Where one number is the beginning of
/// another, nothing comes first, as in the text.
const fn digits(number: u16, most: u32) -> u32 {
    let count = count(number);
    let (mut rest, mut key, mut at) = (number as u32, 0, 0);
    while at < count {
        key |= (rest % 10 + 2) << (4 * at);
        rest /= 10;
        at += 1;
    }
    key << (4 * (most - count))
}

const fn count(number: u16) -> u32 {
    match number {
        0..=9 => 1,
        10..=99 => 2,
        100..=999 => 3,
        1_000..=9_999 => 4,
        _ => 5,
    }
}

/// The bytes of [`endpoint_text`] without an allocation, to sort by.
pub(crate) fn text_order(address: IpAddr, port: u16) -> [u8; 48] {
    let mut text = Text {
        bytes: [0; 48],
        length: 0,
    };
    // The longest address with brackets and port has 47 bytes.
    let _ = write!(text, "{}", SocketAddr::new(address, port));
    text.bytes
}

struct Text {
    bytes: [u8; 48],
    length: usize,
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        let place = self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?;
        place.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("10.0.0.1", Some("10.0.0.1"))]
    #[case("010.000.0.01", Some("10.0.0.1"))]
    #[case("::ffff:10.0.0.1", Some("10.0.0.1"))]
    #[case("fd00::1", Some("fd00::1"))]
    #[case("10.0.0", None)]
    #[case("10.0.0.1.2", None)]
    #[case("10.0.0.256", None)]
    #[case("fd00::1%eth0", None)]
    #[case("", None)]
    fn addresses_are_read_as_kube_proxy_reads_them(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(parse_ip(text).map(|ip| ip.to_string()).as_deref(), expected);
    }

    #[rstest]
    #[case(" 10.1.0.0/16 ", "10.1.255.255", true)]
    #[case("10.1.0.0/16", "10.2.0.0", false)]
    #[case("0.0.0.0/0", "255.255.255.255", true)]
    #[case("0.0.0.0/0", "::1", false)]
    #[case("::/0", "fd00::1", true)]
    #[case("fd00:10::/64", "fd00:10::ffff", true)]
    #[case("fd00:10::/64", "fd00:10:0:1::", false)]
    #[case("10.0.0.1/32", "10.0.0.1", true)]
    fn ranges_hold(#[case] range: &str, #[case] address: &str, #[case] held: bool) {
        assert_eq!(
            Cidr::parse(range).unwrap().contains(parse_ip(address).unwrap()),
            held
        );
    }

    #[rstest]
    #[case("10.0.0.0")]
    #[case("10.0.0.0/33")]
    #[case("10.0.0.0/+8")]
    #[case("fd00::/129")]
    #[case("x/8")]
    #[case("/")]
    fn nonsense_is_no_range(#[case] text: &str) {
        assert_eq!(Cidr::parse(text), None);
    }

    #[test]
    fn keys_sort_like_text() {
        let octets = [0, 1, 2, 9, 10, 19, 25, 99, 100, 101, 110, 192, 200, 254, 255];
        let mut v4 = Vec::new();
        for a in octets {
            for b in octets {
                v4.extend([[10, 0, a, b], [a, b, 0, 1], [1, a, 2, b]].map(Ipv4Addr::from));
            }
        }
        let ports = [1, 8, 9, 53, 80, 443, 8080, 8443, 9999, 10_000, 65_535];
        let mut all: Vec<(Ipv4Addr, u16)> = Vec::new();
        all.extend(v4.iter().flat_map(|&ip| ports.map(|port| (ip, port))));
        all.sort_by_key(|&(ip, port)| text_order_v4(ip, port));
        assert!(all.is_sorted_by_key(|&(ip, port)| endpoint_text(ip.into(), port)));
        all.sort_by_key(|&(ip, port)| text_order(ip.into(), port));
        assert!(all.is_sorted_by_key(|&(ip, port)| endpoint_text(ip.into(), port)));
        let v6 = [
            "fd00::1",
            "fd00::10",
            "fd00::2",
            "::1",
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        ];
        let mut v6: Vec<IpAddr> = v6.map(|text| parse_ip(text).unwrap()).to_vec();
        v6.sort_by_key(|&ip| text_order(ip, 80));
        assert!(v6.is_sorted_by_key(|&ip| endpoint_text(ip, 80)));
    }
}
