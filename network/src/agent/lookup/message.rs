//! The least of DNS messages (RFC 1035) that asking for addresses takes. Pure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const IN: u16 = 1;
const A: u16 = 1;
const AAAA: u16 = 28;
const HEADER: usize = 12;
const NO_ERROR: u8 = 0;
const NO_SUCH_NAME: u8 = 3;
/// Most records of an answer that are looked at.
const MAX_RECORDS: u16 = 64;

/// What a resolver said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// The name's addresses; none if it has none of this family, or if there is no such name.
    Addresses(Vec<IpAddr>),
    /// It could not tell: the code of its trouble.
    Trouble(u8),
}

/// A question for the addresses of one family of a name; none if it cannot be a name.
pub fn question(id: u16, name: &str, v4: bool) -> Option<Vec<u8>> {
    let mut message = Vec::with_capacity(HEADER + name.len() + 6);
    message.extend(id.to_be_bytes());
    // Recursion is desired; one question, nothing else.
    message.extend([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    let labels = name.trim_end_matches('.').split('.');
    for label in labels {
        let length = u8::try_from(label.len())
            .ok()
            .filter(|length| (1..64).contains(length))?;
        message.push(length);
        message.extend(label.as_bytes());
    }
    message.push(0);
    message.extend(if v4 { A } else { AAAA }.to_be_bytes());
    message.extend(IN.to_be_bytes());
    (name.len() < 254).then_some(message)
}

/// Reads the answer to the question with this id; none if it is none.
pub fn answer(id: u16, message: &[u8]) -> Option<Said> {
    let is_answer = message.get(2).is_some_and(|flags| flags & 0x80 != 0);
    if number(message, 0)? != id || !is_answer {
        return None;
    }
    match message.get(3)? & 0x0f {
        NO_ERROR => {}
        NO_SUCH_NAME => return Some(Said::Addresses(Vec::new())),
        other => return Some(Said::Trouble(other)),
    }
    let mut at = HEADER;
    for _ in 0..number(message, 4)?.min(MAX_RECORDS) {
        at = after_name(message, at)? + 4;
    }
    let mut addresses = Vec::new();
    for _ in 0..number(message, 6)?.min(MAX_RECORDS) {
        at = after_name(message, at)?;
        let length = usize::from(number(message, at + 8)?);
        let data = message.get(at + 10..at + 10 + length)?;
        match number(message, at)? {
            A => addresses.push(IpAddr::from(Ipv4Addr::from(<[u8; 4]>::try_from(data).ok()?))),
            AAAA => addresses.push(IpAddr::from(Ipv6Addr::from(<[u8; 16]>::try_from(data).ok()?))),
            _ => {}
        }
        at += 10 + length;
    }
    Some(Said::Addresses(addresses))
}

fn number(message: &[u8], at: usize) -> Option<u16> {
    let bytes = message.get(at..at + 2)?;
    Some(u16::from_be_bytes(bytes.try_into().ok()?))
}

/// Where a name ends that begins here. A pointer to an earlier name ends it.
fn after_name(message: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*message.get(at)?);
        match length {
            0 => return Some(at + 1),
            1..64 => at += 1 + length,
            192.. => return Some(at + 2),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An answer as a server makes it: the question again, and records whose name is a pointer to it.
    pub fn answered(question: &[u8], code: u8, records: &[&[u8]]) -> Vec<u8> {
        let mut message = question.to_vec();
        message[2] |= 0x80;
        message[3] = code;
        message[7] = u8::try_from(records.len()).unwrap();
        for data in records {
            let kind = if data.len() == 4 { A } else { AAAA };
            message.extend([0xc0, 12]);
            message.extend(kind.to_be_bytes());
            message.extend([0, 1, 0, 0, 0, 5, 0]);
            message.push(u8::try_from(data.len()).unwrap());
            message.extend(*data);
        }
        message
    }

    #[test]
    fn addresses_are_read() {
        let asked = question(7, "shop.market.svc.cluster.local", true).unwrap();
        let two = answered(&asked, 0, &[&[203, 0, 113, 1], &[10, 0, 0, 1]]);
        let addresses = vec!["203.0.113.1".parse().unwrap(), "10.0.0.1".parse().unwrap()];
        assert_eq!(answer(7, &two), Some(Said::Addresses(addresses)));
        let six = answered(&asked, 0, &[&[0; 16]]);
        assert_eq!(
            answer(7, &six),
            Some(Said::Addresses(vec!["::".parse().unwrap()]))
        );
    }

    #[test]
    fn no_such_name_is_no_trouble_and_trouble_is_told() {
        let asked = question(7, "a.b.", false).unwrap();
        assert_eq!(
            answer(7, &answered(&asked, 3, &[])),
            Some(Said::Addresses(Vec::new()))
        );
        assert_eq!(answer(7, &answered(&asked, 2, &[])), Some(Said::Trouble(2)));
        assert_eq!(answer(8, &answered(&asked, 0, &[])), None, "another question's");
        assert_eq!(answer(7, &asked), None, "a question");
    }

    #[test]
    fn what_is_no_name_is_not_asked() {
        for name in ["", "a..b", &"x".repeat(64), &"ab.".repeat(90)] {
            assert_eq!(question(1, name, true), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_breaks_it(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = answer(1, &bytes);
        }

        #[test]
        fn no_answer_that_begins_well_breaks_it(rest in proptest::collection::vec(any::<u8>(), 0..100)) {
            let mut bytes = question(1, "a.b", true).unwrap();
            bytes[2] |= 0x80;
            bytes[7] = 3;
            bytes.extend(rest);
            let _ = answer(1, &bytes);
        }
    }
}
