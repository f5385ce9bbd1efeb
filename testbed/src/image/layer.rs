//! A layer: files and what the file system says about them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tar::{EntryType, Header};

use crate::Result;
use crate::files::at;

#[derive(Debug, Clone)]
enum Content {
    Directory,
    Bytes(Vec<u8>),
    File(PathBuf),
    Link(PathBuf),
}

#[derive(Debug, Clone)]
struct Entry {
    content: Content,
    mode: u32,
    owner: (u64, u64),
}

/// Files at paths, of which a later one replaces an earlier one. Parent folders come of themselves.
#[derive(Debug, Clone, Default)]
pub struct Layer {
    entries: BTreeMap<PathBuf, Entry>,
}

impl Layer {
    /// An empty layer.
    pub fn new() -> Self {
        Self::default()
    }

    fn put(&mut self, path: &str, content: Content, mode: u32) -> &mut Self {
        let path = PathBuf::from(path.trim_start_matches('/'));
        for parent in path
            .ancestors()
            .skip(1)
            .filter(|parent| !parent.as_os_str().is_empty())
        {
            let folder = || Entry {
                content: Content::Directory,
                mode: 0o755,
                owner: (0, 0),
            };
            self.entries.entry(parent.to_path_buf()).or_insert_with(folder);
        }
        self.entries.insert(
            path,
            Entry {
                content,
                mode,
                owner: (0, 0),
            },
        );
        self
    }

    /// A copy of a file of this machine, which must still be there when the image is written.
    pub fn file(&mut self, path: &str, source: impl Into<PathBuf>, mode: u32) -> &mut Self {
        self.put(path, Content::File(source.into()), mode)
    }

    /// A file with that content.
    pub fn bytes(&mut self, path: &str, content: impl Into<Vec<u8>>, mode: u32) -> &mut Self {
        self.put(path, Content::Bytes(content.into()), mode)
    }

    /// A folder.
    pub fn directory(&mut self, path: &str, mode: u32) -> &mut Self {
        self.put(path, Content::Directory, mode)
    }

    /// A symbolic link.
    pub fn link(&mut self, path: &str, target: impl Into<PathBuf>) -> &mut Self {
        self.put(path, Content::Link(target.into()), 0o777)
    }

    /// Gives what is at the path to another user and group than root.
    pub fn owner(&mut self, path: &str, user: u64, group: u64) -> &mut Self {
        if let Some(entry) = self.entries.get_mut(Path::new(path.trim_start_matches('/'))) {
            entry.owner = (user, group);
        }
        self
    }

    /// Whether something is at the path.
    pub fn contains(&self, path: &str) -> bool {
        self.entries.contains_key(Path::new(path.trim_start_matches('/')))
    }

    /// A copy of a folder of this machine and of what is in it, but for what `leave_out` says of the path inside it.
    pub fn tree(&mut self, source: &Path, leave_out: impl Fn(&str) -> bool) -> Result<&mut Self> {
        let mut folders = vec![PathBuf::new()];
        while let Some(folder) = folders.pop() {
            let path = source.join(&folder);
            for entry in fs::read_dir(&path).map_err(at("read", &path))? {
                let entry = entry.map_err(at("read", &path))?;
                let inside = folder.join(entry.file_name());
                let name = inside.to_string_lossy().into_owned();
                if leave_out(&name) {
                    continue;
                }
                let full = entry.path();
                let about = fs::symlink_metadata(&full).map_err(at("read", &full))?;
                let mode = about.permissions().mode() & 0o7777;
                if about.is_symlink() {
                    self.link(&name, fs::read_link(&full).map_err(at("read", &full))?);
                } else if about.is_dir() {
                    self.directory(&name, mode);
                    folders.push(inside);
                } else if about.is_file() {
                    self.file(&name, full, mode);
                }
            }
        }
        Ok(self)
    }

    /// Writes the layer as a tar: sorted, with no times and no names of users, hence always the same.
    pub(crate) fn write(&self, out: impl Write) -> Result<()> {
        let mut tar = tar::Builder::new(out);
        for (path, entry) in &self.entries {
            append(&mut tar, path, entry).map_err(at("write to the image", path))?;
        }
        tar.finish()
            .map_err(at("write the end of", Path::new("the layer")))
    }
}

fn append(tar: &mut tar::Builder<impl Write>, path: &Path, entry: &Entry) -> io::Result<()> {
    let mut header = Header::new_gnu();
    header.set_mode(entry.mode);
    header.set_uid(entry.owner.0);
    header.set_gid(entry.owner.1);
    header.set_mtime(0);
    header.set_size(0);
    match &entry.content {
        Content::Directory => {
            header.set_entry_type(EntryType::Directory);
            tar.append_data(&mut header, path, io::empty())
        }
        Content::Link(target) => {
            header.set_entry_type(EntryType::Symlink);
            tar.append_link(&mut header, path, target)
        }
        Content::Bytes(bytes) => {
            header.set_size(bytes.len() as u64);
            tar.append_data(&mut header, path, bytes.as_slice())
        }
        Content::File(source) => {
            let named =
                |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", source.display()));
            let file = File::open(source).map_err(named)?;
            header.set_size(file.metadata().map_err(named)?.len());
            tar.append_data(&mut header, path, file)
        }
    }
}
