//! One question to a DNS server and what its answer says: RFC 1035, as much as one name needs.

/// Type A: an IPv4 address.
pub const A: u16 = 1;
/// Type AAAA: an IPv6 address.
pub const AAAA: u16 = 28;
const CLASS_IN: u16 = 1;
const HEADER: usize = 12;

/// What a server answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// So many records.
    Records(u16),
    /// There is no such name.
    NoName,
    /// The server's error code.
    Error(u8),
}

/// The question for `name`, without a dot at its end, with this id. None if it is no name.
pub fn question(id: u16, name: &str, kind: u16) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(HEADER + name.len() + 6);
    bytes.extend(id.to_be_bytes());
    // Recursion desired; one question.
    bytes.extend([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    for label in name.split('.') {
        let length = u8::try_from(label.len())
            .ok()
            .filter(|length| (1..=63).contains(length))?;
        bytes.push(length);
        bytes.extend(label.as_bytes());
    }
    bytes.push(0);
    bytes.extend(kind.to_be_bytes());
    bytes.extend(CLASS_IN.to_be_bytes());
    (bytes.len() <= 512).then_some(bytes)
}

/// What the bytes say to the question with this id; none if they are no answer to it.
pub fn answer(id: u16, bytes: &[u8]) -> Option<Answer> {
    let &[a, b, flags, codes, _, _, c, d, ..] = bytes else {
        return None;
    };
    let is_response = flags & 0x80 != 0;
    if u16::from_be_bytes([a, b]) != id || !is_response || bytes.len() < HEADER {
        return None;
    }
    Some(match codes & 0x0f {
        0 => Answer::Records(u16::from_be_bytes([c, d])),
        3 => Answer::NoName,
        code => Answer::Error(code),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks() {
        let bytes = question(0x1234, "a.bc", A).unwrap();
        assert_eq!(
            bytes,
            [
                0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, b'a', 2, b'b', b'c', 0, 0, 1, 0, 1
            ]
        );
        assert_eq!(question(1, "a..b", A), None);
        assert_eq!(question(1, &"a".repeat(64), A), None);
    }

    #[test]
    fn hears() {
        let header = |flags, code, count| [0, 7, flags, code, 0, 1, 0, count, 0, 0, 0, 0];
        assert_eq!(answer(7, &header(0x81, 0x80, 1)), Some(Answer::Records(1)));
        assert_eq!(answer(7, &header(0x81, 0x83, 0)), Some(Answer::NoName));
        assert_eq!(answer(7, &header(0x81, 0x82, 0)), Some(Answer::Error(2)));
        assert_eq!(answer(8, &header(0x81, 0x80, 1)), None, "somebody else's");
        assert_eq!(answer(7, &header(0x01, 0x80, 1)), None, "a question");
        assert_eq!(answer(7, &[0, 7, 0x81]), None);
    }
}
