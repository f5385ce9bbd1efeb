//! A file that is opened once and told by how it starts.

use std::{
    fs::{File, FileType},
    io::{self, BufReader, Chain, Cursor, Read},
    path::Path,
};

use flate2::{bufread::MultiGzDecoder, read};

use super::input::failed;
use crate::error::Error;

/// How much of the start of a file is looked at. The mark of a tar archive is at byte 257.
const START: u64 = 512;
/// How much of a compressed file is unpacked for that.
const PACKED_START: u64 = 4096;

/// How gzip starts.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What a file is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A tar archive, gzipped or not.
    Tarball,
    /// Ginkgo's own report, a list in JSON.
    Report,
    /// A JUnit file, or nothing that is known.
    Junit,
}

/// The whole of a file, the start that was looked at included: what comes out of a pipe can be read only once.
type Whole = Chain<Cursor<Vec<u8>>, File>;

/// A file that was opened.
pub struct Opened {
    /// What it is, once unpacked.
    pub form: Form,
    /// True if there is nothing in it.
    pub is_empty: bool,
    is_packed: bool,
    whole: Whole,
}

/// Opens a file and looks at its first bytes; of a gzipped one at those that come out of it.
pub fn open(path: &Path) -> Result<Opened, Error> {
    let mut file = File::open(path).map_err(failed("read", path))?;
    let mut start = Vec::new();
    let look = |most: u64, start: &mut Vec<u8>, file: &mut File| {
        let more = most.saturating_sub(u64::try_from(start.len()).unwrap_or(u64::MAX));
        file.take(more).read_to_end(start).map_err(failed("read", path))
    };
    look(START, &mut start, &mut file)?;
    let is_gzip = start.starts_with(&GZIP);
    let form = if is_gzip {
        look(PACKED_START, &mut start, &mut file)?;
        let mut plain = Vec::new();
        // What comes out before the end of what was read, or before something that is no gzip, is enough to tell.
        let _ = read::GzDecoder::new(start.as_slice())
            .take(START)
            .read_to_end(&mut plain);
        if plain.starts_with(&GZIP) {
            return Err(Error::Input {
                path: path.to_path_buf(),
                problem: "it is gzip within gzip: unpack it once".to_owned(),
            });
        }
        // An archive that is broken so early is for the reader of archives to refuse.
        form(&plain)
            .filter(|_| !plain.is_empty())
            .unwrap_or(Form::Tarball)
    } else {
        form(&start).unwrap_or(Form::Junit)
    };
    Ok(Opened {
        form,
        is_empty: start.is_empty(),
        is_packed: is_gzip && form != Form::Tarball,
        whole: Cursor::new(start).chain(file),
    })
}

/// What starts so; nothing if nothing known does.
fn form(start: &[u8]) -> Option<Form> {
    let text = start
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(start)
        .trim_ascii_start();
    if start.get(257..262) == Some(b"ustar") {
        Some(Form::Tarball)
    } else if text.starts_with(b"[") {
        Some(Form::Report)
    } else if text.starts_with(b"<") || text.starts_with(b"{") {
        Some(Form::Junit)
    } else {
        None
    }
}

impl Opened {
    /// All of it; a single file that is gzipped is unpacked, and a tarball's reader does that by itself.
    pub fn into_reader(self) -> Box<dyn Read> {
        if self.is_packed {
            Box::new(MultiGzDecoder::new(BufReader::with_capacity(
                64 << 10,
                self.whole,
            )))
        } else {
            Box::new(self.whole)
        }
    }
}

/// Opens a file that was found in a folder, if it is one: to open a pipe would wait for whoever writes to it, and where a link
/// leads nobody has said. None if there is nothing of the name; `left_out` is told why what there is does not count.
pub fn open_found(path: &Path, left_out: impl FnOnce(&str)) -> Result<Option<File>, Error> {
    match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("read", path)(error)),
        Ok(metadata) => match strange(metadata.file_type()) {
            Some(what) => {
                left_out(what);
                Ok(None)
            }
            None => File::open(path).map(Some).map_err(failed("read", path)),
        },
    }
}

/// What an entry of a folder is that is no file; nothing if it is one.
pub fn strange(kind: FileType) -> Option<&'static str> {
    if kind.is_file() {
        None
    } else if kind.is_symlink() {
        Some("a link")
    } else if kind.is_dir() {
        Some("a folder")
    } else {
        Some("neither a file nor a folder")
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};
    use rstest::rstest;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn tar() -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(1);
        tar.append_data(&mut header, "a", b"x".as_slice()).unwrap();
        tar.into_inner().unwrap()
    }

    #[test]
    fn gzip_within_gzip_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, gzip(&gzip(b"<a/>"))).unwrap();
        let error = open(&path).err().unwrap().to_string();
        assert!(error.contains("gzip within gzip"), "{error}");
    }

    #[rstest]
    #[case(b"<a/>".to_vec(), Form::Junit, b"<a/>")]
    #[case(gzip(b"\xef\xbb\xbf \n<a/>"), Form::Junit, b"\xef\xbb\xbf \n<a/>")]
    #[case(b" [1]".to_vec(), Form::Report, b" [1]")]
    #[case(gzip(b"[1]"), Form::Report, b"[1]")]
    #[case(gzip(b"{}"), Form::Junit, b"{}")]
    #[case(tar(), Form::Tarball, &tar())]
    #[case(gzip(&tar()), Form::Tarball, &gzip(&tar()))]
    #[case(b"\x1f\x8bnonsense".to_vec(), Form::Tarball, b"\x1f\x8bnonsense")]
    #[case(Vec::new(), Form::Junit, b"")]
    fn a_file_is_told_by_its_start_and_read_whole(
        #[case] bytes: Vec<u8>,
        #[case] form: Form,
        #[case] read: &[u8],
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, bytes).unwrap();
        let opened = open(&path).unwrap();
        assert_eq!(opened.form, form);
        assert_eq!(opened.is_empty, read.is_empty());
        let mut all = Vec::new();
        opened.into_reader().read_to_end(&mut all).unwrap();
        assert_eq!(all, read);
    }
}
