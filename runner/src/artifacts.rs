//! Turns a file, without the tokens in it, into compressed chunks that fit into ConfigMaps. The same file always gives
//! the same bytes.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use flate2::{Compression, GzBuilder, write::GzEncoder};
use rustix::fs::OFlags;
use sha2::{Digest, Sha256};

use crate::redact;

/// Bytes of one chunk. With its base64 it stays well under the limits of a request and of etcd.
pub const CHUNK: usize = 512 << 10;
/// Most bytes of one compressed file: what a run may put into etcd.
pub const MAX_COMPRESSED: usize = 16 << 20;
/// Most bytes of one file as the suite wrote it: what fills up well is not worth minutes of compression.
const MAX_BYTES: u64 = 2 << 30;

/// A file, compressed and cut.
#[derive(Debug, PartialEq, Eq)]
pub struct Packed {
    /// Length of the file as it is kept.
    pub bytes: u64,
    /// SHA-256 of the same, in hexadecimal.
    pub sha256: String,
    /// The gzip stream, in pieces of [`CHUNK`] bytes; the last one may be shorter.
    pub chunks: Vec<Vec<u8>>,
}

/// A file is not kept.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The suite did not write it.
    #[error("the suite wrote none")]
    Missing,
    /// It is too large.
    #[error("it is larger than {MAX_COMPRESSED} bytes compressed or {MAX_BYTES} as it is")]
    TooLarge,
    /// It cannot be read.
    #[error("cannot read {path}: {source}", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl Packed {
    /// Length of the gzip stream.
    pub fn compressed_bytes(&self) -> usize {
        self.chunks.iter().map(Vec::len).sum()
    }
}

/// Compresses the file at `path`. Holds the compressed bytes once and the file never.
pub fn pack(path: &Path) -> Result<Packed, PackError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => PackError::Missing,
        io::ErrorKind::FileTooLarge => PackError::TooLarge,
        _ => PackError::Read {
            path: path.to_owned(),
            source,
        },
    };
    open_file(path).and_then(pack_from).map_err(failed)
}

/// Opens a file of a suite, and nothing else: what it wrote may be a link to what only the runner may read, or a pipe.
pub fn open_file(path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = File::options()
        .read(true)
        .custom_flags(i32::try_from(flags.bits()).unwrap_or(0))
        .open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"))
    }
}

fn pack_from(file: impl Read) -> io::Result<Packed> {
    let mut packing = Packing {
        digest: Sha256::new(),
        bytes: 0,
        encoder: encoder(),
    };
    redact::copy(file, &mut packing)?;
    let sha256 = packing
        .digest
        .finalize()
        .iter()
        .fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        });
    Ok(Packed {
        bytes: packing.bytes,
        sha256,
        chunks: packing.encoder.finish()?.0,
    })
}

/// Counts, digests and compresses what is written to it.
struct Packing {
    digest: Sha256,
    bytes: u64,
    encoder: GzEncoder<Chunks>,
}

impl Write for Packing {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.bytes += piece.len() as u64;
        if self.bytes > MAX_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.digest.update(piece);
        self.encoder.write_all(piece)?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.encoder.flush()
    }
}

fn encoder() -> GzEncoder<Chunks> {
    // No name, no time: the bytes depend on the file's content alone.
    GzBuilder::new()
        .mtime(0)
        .write(Chunks::default(), Compression::default())
}

/// Cuts what is written to it.
#[derive(Default)]
struct Chunks(Vec<Vec<u8>>);

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.last().is_none_or(|last| last.len() == CHUNK) {
            if self.0.len() == MAX_COMPRESSED / CHUNK {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            self.0.push(Vec::new());
        }
        let Some(last) = self.0.last_mut() else {
            return Ok(0);
        };
        let room = bytes.len().min(CHUNK - last.len());
        last.extend_from_slice(bytes.get(..room).unwrap_or_default());
        Ok(room)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use flate2::read::GzDecoder;

    use super::*;

    /// Bytes that do not compress, always the same.
    fn noise(length: usize) -> Vec<u8> {
        let mut state = 1_u64;
        std::iter::repeat_with(|| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[0]
        })
        .take(length)
        .collect()
    }

    #[test]
    fn the_chunks_together_are_the_file() {
        let file = noise(CHUNK * 2 + 4321);
        let packed = pack_from(file.as_slice()).unwrap();
        assert_eq!(packed.chunks.len(), 3);
        assert!(packed.chunks[..2].iter().all(|chunk| chunk.len() == CHUNK));
        let stream = packed.chunks.concat();
        assert_eq!(stream.len(), packed.compressed_bytes());
        let mut back = Vec::new();
        GzDecoder::new(stream.as_slice()).read_to_end(&mut back).unwrap();
        assert!(back == file);
        assert_eq!(packed.bytes, file.len() as u64);
    }

    #[test]
    fn tokens_are_not_kept() {
        let file = format!(
            "token eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrIn0.{} end",
            "s".repeat(100_000)
        );
        let packed = pack_from(file.as_bytes()).unwrap();
        let mut back = String::new();
        GzDecoder::new(packed.chunks.concat().as_slice())
            .read_to_string(&mut back)
            .unwrap();
        assert_eq!(back, "token [redacted] end");
        assert_eq!(packed.bytes, back.len() as u64);
    }

    #[test]
    fn the_same_file_gives_the_same_bytes() {
        let first = pack_from(b"abc".as_slice()).unwrap();
        assert_eq!(first, pack_from(b"abc".as_slice()).unwrap());
        assert_eq!(
            first.sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        // The time of a gzip header.
        assert_eq!(first.chunks[0][4..8], [0; 4]);
    }

    #[test]
    fn an_empty_file_is_a_file() {
        let packed = pack_from(io::empty()).unwrap();
        assert_eq!((packed.bytes, packed.chunks.len()), (0, 1));
    }

    #[test]
    fn what_is_too_large_is_refused() {
        let mut chunks = Chunks::default();
        chunks.write_all(&vec![0; MAX_COMPRESSED]).unwrap();
        assert_eq!(
            chunks.write_all(&[0]).unwrap_err().kind(),
            io::ErrorKind::FileTooLarge
        );
    }

    #[test]
    fn a_missing_file_is_told_from_an_unreadable_one() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(
            pack(&dir.path().join("e2e.log")),
            Err(PackError::Missing)
        ));
        assert!(matches!(pack(dir.path()), Err(PackError::Read { .. })));
    }
}
