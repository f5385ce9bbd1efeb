//! HMAC-SHA256 (RFC 2104), so that a receiver knows who speaks.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// Length of the blocks that SHA-256 works on, in bytes.
const BLOCK: usize = 64;

/// The value of the signature's header: the time in seconds since 1970, and what was signed with the secret: this time, a dot,
/// and the body. A receiver that looks at the time cannot be told an old event again.
pub fn signature(secret: &[u8], seconds: i64, body: &[u8]) -> String {
    let mut message = format!("{seconds}.").into_bytes();
    message.extend_from_slice(body);
    format!("t={seconds},v1={}", hex(&hmac(secret, &message)))
}

fn hmac(secret: &[u8], message: &[u8]) -> Vec<u8> {
    let mut key = if secret.len() > BLOCK {
        Sha256::digest(secret).to_vec()
    } else {
        secret.to_vec()
    };
    key.resize(BLOCK, 0);
    let padded = |pad: u8| key.iter().map(|byte| byte ^ pad).collect::<Vec<u8>>();
    let inner = Sha256::new()
        .chain_update(padded(0x36))
        .chain_update(message)
        .finalize();
    let outer = Sha256::new()
        .chain_update(padded(0x5c))
        .chain_update(inner)
        .finalize();
    outer.to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// RFC 4231, test cases 1, 2, 3 and 6.
    #[rstest]
    #[case(&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")]
    #[case(
        b"Jefe",
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )]
    #[case(&[0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe")]
    #[case(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First", "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")]
    fn the_rfcs_own_cases(#[case] secret: &[u8], #[case] message: &[u8], #[case] expected: &str) {
        assert_eq!(hex(&hmac(secret, message)), expected);
    }
}
