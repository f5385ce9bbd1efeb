//! The docker-archive format: a tar of layers, configurations and a manifest that ties them together.

use std::collections::HashMap;
use std::io::{self, BufReader, BufWriter, Seek, Write};
use std::path::Path;
use std::rc::Rc;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tar::Header;

use super::builder::Image;
use super::layer::Layer;
use crate::files::{at, folder_of, mkdir};
use crate::hash::hex;
use crate::{Error, Result};

/// Writes images into one archive, in which a layer that several of them have is only once.
pub fn write_archive(images: &[Image], path: &Path) -> Result<()> {
    let folder = folder_of(path);
    mkdir(folder)?;
    let temporary = tempfile::NamedTempFile::new_in(folder).map_err(at("write", path))?;
    let tar = tar::Builder::new(BufWriter::new(temporary.as_file()));
    Archive {
        tar,
        path,
        layers: HashMap::new(),
    }
    .write(images)?;
    temporary
        .persist(path)
        .map_err(|error| at("write", path)(error.error))?;
    Ok(())
}

struct Archive<'a, W: Write> {
    tar: tar::Builder<W>,
    path: &'a Path,
    /// The digests of the layers written so far, by their address, which is theirs alone as long as they are borrowed.
    layers: HashMap<*const Layer, String>,
}

impl<W: Write> Archive<'_, W> {
    fn write(mut self, images: &[Image]) -> Result<()> {
        let manifest = images
            .iter()
            .map(|image| self.image(image))
            .collect::<Result<Vec<Value>>>()?;
        self.json("manifest.json", &Value::Array(manifest))?;
        self.tar
            .into_inner()
            .and_then(|mut out| out.flush())
            .map_err(at("write", self.path))
    }

    fn image(&mut self, image: &Image) -> Result<Value> {
        let digests = image
            .layers
            .iter()
            .map(|layer| self.layer(layer))
            .collect::<Result<Vec<String>>>()?;
        let config = config(image, &digests);
        let text = config.to_string();
        let name = format!("{}.json", hex(&Sha256::digest(text.as_bytes())));
        self.json(&name, &config)?;
        let layers: Vec<String> = digests
            .iter()
            .map(|digest| format!("{digest}/layer.tar"))
            .collect();
        Ok(json!({ "Config": name, "RepoTags": image.tags, "Layers": layers }))
    }

    fn layer(&mut self, layer: &Rc<Layer>) -> Result<String> {
        if let Some(digest) = self.layers.get(&Rc::as_ptr(layer)) {
            return Ok(digest.clone());
        }
        // A tar entry begins with its size and its name, here a digest: neither is known before the layer is written.
        let folder = folder_of(self.path);
        let mut file = tempfile::tempfile_in(folder).map_err(at("write", self.path))?;
        let digest = {
            let mut hashing = Hashing {
                out: BufWriter::new(&mut file),
                hash: Sha256::new(),
            };
            layer.write(&mut hashing)?;
            hashing.flush().map_err(at("write", self.path))?;
            hex(&hashing.hash.finalize())
        };
        // Different layers of equal content are one.
        if !self.layers.values().any(|known| *known == digest) {
            file.rewind().map_err(at("write", self.path))?;
            let size = file.metadata().map_err(at("write", self.path))?.len();
            let name = format!("{digest}/layer.tar");
            self.tar
                .append_data(&mut header(size), &name, BufReader::new(file))
                .map_err(at("write", self.path))?;
        }
        self.layers.insert(Rc::as_ptr(layer), digest.clone());
        Ok(digest)
    }

    fn json(&mut self, name: &str, value: &Value) -> Result<()> {
        let text = value.to_string();
        self.tar
            .append_data(&mut header(text.len() as u64), name, text.as_bytes())
            .map_err(at("write", self.path))
    }
}

fn header(size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header.set_size(size);
    header
}

fn config(image: &Image, digests: &[String]) -> Value {
    let mut environment =
        vec!["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".to_owned()];
    environment.extend(image.environment.iter().cloned());
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    let digests: Vec<String> = digests.iter().map(|digest| format!("sha256:{digest}")).collect();
    json!({
        "architecture": architecture,
        "os": "linux",
        "created": "1970-01-01T00:00:00Z",
        "config": {
            "Entrypoint": image.entrypoint,
            "Cmd": image.command,
            "Env": environment,
            "User": image.user,
            "WorkingDir": image.folder,
            // Two images of the same files stay two images: tests look at which of them a container runs.
            "Labels": { "org.opencontainers.image.ref.name": image.tags.first() },
        },
        "rootfs": { "type": "layers", "diff_ids": digests },
    })
}

/// Hashes what passes through.
struct Hashing<W> {
    out: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.hash.update(bytes.get(..count).unwrap_or_default());
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The names of the images in an archive.
pub(crate) fn names_in(path: &Path) -> Result<Vec<String>> {
    let unexpected = |detail: String| Error::Unexpected {
        what: path.display().to_string(),
        detail,
    };
    let file = std::fs::File::open(path).map_err(at("read", path))?;
    let mut tar = tar::Archive::new(file);
    for entry in tar.entries_with_seek().map_err(at("read", path))? {
        let entry = entry.map_err(at("read", path))?;
        if entry
            .path()
            .is_ok_and(|name| name.as_ref() == Path::new("manifest.json"))
        {
            let manifest: Value =
                serde_json::from_reader(entry).map_err(|error| unexpected(error.to_string()))?;
            let tags = manifest
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|image| image.get("RepoTags"));
            let tags = tags
                .filter_map(Value::as_array)
                .flatten()
                .filter_map(Value::as_str);
            return Ok(tags.map(str::to_owned).collect());
        }
    }
    Err(unexpected(
        "it has no manifest.json; images are loaded from docker-archive tars".into(),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::Builder;
    use super::*;

    fn build(folder: &Path, name: &str, text: &str) -> Vec<u8> {
        let path = folder.join(name);
        Builder::new("example.org/a:1")
            .tag("example.org/a:latest")
            .bytes("/usr/bin/program", text, 0o4755)
            .directory("/tmp", 0o1777)
            .bytes("/data", "d", 0o600)
            .owner("/data", 65532, 65532)
            .entrypoint(&["/usr/bin/program"])
            .user("65532")
            .write(&path)
            .unwrap();
        std::fs::read(path).unwrap()
    }

    #[test]
    fn the_same_content_gives_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let first = build(folder.path(), "a.tar", "x");
        assert_eq!(first, build(folder.path(), "b.tar", "x"));
        assert_ne!(first, build(folder.path(), "c.tar", "y"));
        assert_eq!(
            names_in(&folder.path().join("a.tar")).unwrap(),
            ["example.org/a:1", "example.org/a:latest"]
        );
    }

    #[test]
    fn modes_and_owners_are_kept_and_parents_are_made() {
        let mut layer = Layer::new();
        layer
            .bytes("/usr/bin/program", "x", 0o4755)
            .owner("/usr/bin/program", 7, 8)
            .link("/bin", "usr/bin");
        let mut bytes = Vec::new();
        layer.write(&mut bytes).unwrap();
        let mut tar = tar::Archive::new(bytes.as_slice());
        let found: Vec<(String, u32, u64)> = tar
            .entries()
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                let header = entry.header();
                let path = entry.path().unwrap().display().to_string();
                (
                    path.trim_end_matches('/').to_owned(),
                    header.mode().unwrap(),
                    header.uid().unwrap(),
                )
            })
            .collect();
        let expected = [
            ("bin", 0o777, 0),
            ("usr", 0o755, 0),
            ("usr/bin", 0o755, 0),
            ("usr/bin/program", 0o4755, 7),
        ];
        assert_eq!(
            found,
            expected.map(|(path, mode, owner)| (path.to_owned(), mode, owner))
        );
    }

    #[test]
    fn a_shared_layer_is_written_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("two.tar");
        let mut layer = Layer::new();
        layer.bytes("/big", vec![7; 100_000], 0o644);
        let layer = Rc::new(layer);
        let image = |name: &str| Image::named(name).layer(&layer).command(&[name]);
        write_archive(&[image("a:1"), image("b:1")], &path).unwrap();
        assert!(std::fs::metadata(&path).unwrap().len() < 150_000);
        assert_eq!(names_in(&path).unwrap(), ["a:1", "b:1"]);
    }

    #[test]
    fn another_tar_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.tar");
        tar::Builder::new(std::fs::File::create(&path).unwrap())
            .finish()
            .unwrap();
        assert!(names_in(&path).unwrap_err().to_string().contains("manifest.json"));
    }
}
