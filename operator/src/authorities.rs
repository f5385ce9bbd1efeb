//! Certificates of authorities, by which a server's is checked.

use std::path::Path;

use anyhow::Context;
use rustls::pki_types::{
    CertificateDer,
    pem::{Error, PemObject},
};

/// The certificates (DER) that a PEM file holds, in its order; none if it holds none. An error names the file.
pub fn certificates(file: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    let read = || -> Result<Vec<Vec<u8>>, Error> {
        CertificateDer::pem_file_iter(file)?
            .map(|one| one.map(|one| one.to_vec()))
            .collect()
    };
    read().with_context(|| format!("cannot read certificates in {}", file.display()))
}
