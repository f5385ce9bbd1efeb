//! Files that a run left: their names, put together from their chunks, unpacked, and compared with what the runner says they are.

use std::{
    fmt::Write as _,
    io::{self, Read, Write},
};

use conform_crds::{Artifact, names};
use flate2::read::MultiGzDecoder;
use k8s_openapi::api::core::v1::ConfigMap;
use sha2::{Digest, Sha256};

/// Most bytes of one file as it is kept, compressed. What a runner keeps is smaller.
pub const MAX_COMPRESSED: u64 = 17 << 20;

/// No suite writes files near this size. Anything bigger is a mistake or an attack.
const MAX_BYTES: u64 = 1 << 30;

/// A stored file is not what its result says.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    /// Its name could lead out of the folder that it is to be written to.
    #[error("the result lists a file named {0:?}, which cannot be a file of the suite")]
    Name(String),
    /// A chunk is not there.
    #[error(
        "{name}: chunk {missing} of {chunks} is missing in the cluster. If the run has just ended, try again"
    )]
    MissingChunk {
        /// The file.
        name: String,
        /// Number of the first missing chunk, from 0.
        missing: usize,
        /// How many there should be.
        chunks: i32,
    },
    /// It is larger than anything that a suite writes.
    #[error("{name}: {bytes} bytes are more than a suite writes")]
    TooLarge {
        /// The file.
        name: String,
        /// Its size as the result says.
        bytes: i64,
    },
    /// Its chunks are no gzip stream.
    #[error("{name}: cannot be unpacked: {source}")]
    Gzip {
        /// The file.
        name: String,
        /// What is wrong.
        source: std::io::Error,
    },
    /// It has another length or digest than the runner saw.
    #[error("{name}: its content is not what the suite wrote (expected {expected}, found {found})")]
    Differs {
        /// The file.
        name: String,
        /// What the result says.
        expected: String,
        /// What the chunks hold.
        found: String,
    },
}

/// Which ConfigMaps hold a file of an attempt.
pub fn selector(run: &str, attempt: &str, file: &str) -> String {
    format!(
        "{}={run},{}={attempt},{}={file}",
        names::LABEL_RUN,
        names::LABEL_ATTEMPT,
        names::LABEL_ARTIFACT
    )
}

/// The name, if it is a plain file name.
pub fn safe_name(name: &str) -> Result<&str, ArtifactError> {
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
    if plain && !name.is_empty() && !name.starts_with('.') {
        Ok(name)
    } else {
        Err(ArtifactError::Name(name.chars().take(80).collect()))
    }
}

/// Puts the chunks in order. Their names and the order of the answer mean nothing.
pub fn join(artifact: &Artifact, maps: Vec<ConfigMap>) -> Result<Vec<u8>, ArtifactError> {
    let mut chunks: Vec<(usize, Vec<u8>)> = maps.into_iter().filter_map(chunk).collect();
    chunks.sort_by_key(|(place, _)| *place);
    let expected = usize::try_from(artifact.chunks).unwrap_or(0);
    let missing = |missing| ArtifactError::MissingChunk {
        name: artifact.name.clone(),
        missing,
        chunks: artifact.chunks,
    };
    let gap = (0..expected).find(|place| chunks.get(*place).is_none_or(|(found, _)| found != place));
    match gap {
        Some(place) => Err(missing(place)),
        None => Ok(chunks
            .into_iter()
            .take(expected)
            .flat_map(|(_, bytes)| bytes)
            .collect()),
    }
}

fn chunk(mut map: ConfigMap) -> Option<(usize, Vec<u8>)> {
    let place = map
        .metadata
        .annotations
        .as_ref()?
        .get(names::ANNOTATION_CHUNK)?
        .parse()
        .ok()?;
    let bytes = map.binary_data.as_mut()?.remove(names::CHUNK_KEY)?;
    Some((place, bytes.0))
}

/// Unpacks no more than the file is said to hold, and compares.
pub fn unpack(artifact: &Artifact, compressed: &[u8]) -> Result<Vec<u8>, ArtifactError> {
    let mut bytes = Vec::new();
    compare(artifact, compressed, &mut bytes)?;
    Ok(bytes)
}

/// Compares without keeping what is unpacked.
pub fn check(artifact: &Artifact, compressed: &[u8]) -> Result<(), ArtifactError> {
    compare(artifact, compressed, &mut io::sink())
}

/// Unpacks into `to`, no more than the file is said to hold, and compares length and digest.
fn compare(artifact: &Artifact, compressed: &[u8], to: &mut impl Write) -> Result<(), ArtifactError> {
    let name = artifact.name.clone();
    let expected = u64::try_from(artifact.bytes)
        .ok()
        .filter(|bytes| *bytes <= MAX_BYTES);
    let Some(expected) = expected else {
        return Err(ArtifactError::TooLarge {
            name,
            bytes: artifact.bytes,
        });
    };
    let mut meter = Meter {
        to,
        digest: Sha256::new(),
        bytes: 0,
    };
    let mut unpacked = MultiGzDecoder::new(compressed).take(expected.saturating_add(1));
    io::copy(&mut unpacked, &mut meter).map_err(|source| ArtifactError::Gzip {
        name: name.clone(),
        source,
    })?;
    let found = meter.bytes;
    if found != expected {
        let found = if found > expected {
            "more".to_owned()
        } else {
            format!("{found} bytes")
        };
        return Err(ArtifactError::Differs {
            name,
            expected: format!("{expected} bytes"),
            found,
        });
    }
    let found = hex(&meter.digest.finalize());
    if found.eq_ignore_ascii_case(&artifact.sha256) {
        Ok(())
    } else {
        Err(ArtifactError::Differs {
            name,
            expected: format!("SHA-256 {}", artifact.sha256),
            found,
        })
    }
}

/// Counts and digests what goes through it.
struct Meter<'a, W> {
    to: &'a mut W,
    digest: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Meter<'_, W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.to.write_all(piece)?;
        self.digest.update(piece);
        self.bytes += piece.len() as u64;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Bytes in hexadecimal digits, as digests are written.
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use flate2::{Compression, write::GzEncoder};
    use k8s_openapi::ByteString;

    use super::*;

    fn stored(content: &[u8], chunk_size: usize) -> (Artifact, Vec<ConfigMap>) {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(content).unwrap();
        let compressed = encoder.finish().unwrap();
        let maps: Vec<ConfigMap> = compressed
            .chunks(chunk_size)
            .enumerate()
            .map(|(place, bytes)| {
                let mut map = ConfigMap::default();
                map.metadata.annotations = Some(
                    [(names::ANNOTATION_CHUNK.to_owned(), place.to_string())]
                        .into_iter()
                        .collect(),
                );
                map.binary_data = Some(
                    [(names::CHUNK_KEY.to_owned(), ByteString(bytes.to_vec()))]
                        .into_iter()
                        .collect(),
                );
                map
            })
            .collect();
        let artifact = Artifact {
            name: names::JUNIT.to_owned(),
            bytes: content.len().try_into().unwrap(),
            compressed_bytes: compressed.len().try_into().unwrap(),
            sha256: hex(&Sha256::digest(content)),
            chunks: maps.len().try_into().unwrap(),
        };
        (artifact, maps)
    }

    #[test]
    fn round_trip_whatever_the_order() {
        let content: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        let (artifact, mut maps) = stored(&content, 1000);
        assert!(maps.len() > 11);
        maps.reverse();
        let compressed = join(&artifact, maps).unwrap();
        check(&artifact, &compressed).unwrap();
        assert_eq!(unpack(&artifact, &compressed).unwrap(), content);
    }

    #[test]
    fn a_missing_chunk_is_named() {
        let (artifact, mut maps) = stored(&vec![7; 100_000], 20);
        maps.remove(1);
        assert!(matches!(
            join(&artifact, maps),
            Err(ArtifactError::MissingChunk { missing: 1, .. })
        ));
    }

    #[test]
    fn unpacks_no_more_than_was_announced() {
        let (mut artifact, maps) = stored(&vec![0; 1_000_000], 10_000);
        artifact.bytes = 10;
        let compressed = join(&artifact, maps).unwrap();
        assert!(matches!(
            unpack(&artifact, &compressed),
            Err(ArtifactError::Differs { .. })
        ));
        artifact.bytes = i64::MAX;
        assert!(matches!(
            unpack(&artifact, &compressed),
            Err(ArtifactError::TooLarge { .. })
        ));
    }

    #[test]
    fn a_changed_file_is_refused() {
        let (mut artifact, maps) = stored(b"junit", 100);
        artifact.sha256 = "00".repeat(32);
        let compressed = join(&artifact, maps).unwrap();
        assert!(matches!(
            unpack(&artifact, &compressed),
            Err(ArtifactError::Differs { .. })
        ));
        assert!(matches!(
            unpack(&artifact, b"no gzip"),
            Err(ArtifactError::Gzip { .. })
        ));
        let said = check(&artifact, &compressed).unwrap_err().to_string();
        let digest = hex(&Sha256::digest(b"junit"));
        assert!(
            said.contains(&"00".repeat(32)) && said.contains(&digest),
            "{said}"
        );
    }

    #[test]
    fn names_stay_in_their_folder() {
        assert!(safe_name("junit_01.xml").is_ok());
        for name in ["", "..", ".x", "a/b", "a\\b", "a\nb"] {
            assert!(safe_name(name).is_err(), "{name:?}");
        }
    }
}
