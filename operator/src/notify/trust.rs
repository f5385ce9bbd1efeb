//! Whom a receiver's certificate has to be signed by.

use std::path::PathBuf;

use anyhow::Context;
use kube::{Client, Config};

use crate::authorities::certificates;

/// Makes a client that trusts whom the system trusts. It fails if the system trusts nobody.
pub type System = fn(Config) -> Result<Client, kube::Error>;

/// A client for a receiver. None if there is no authority to check its certificate by, as in the operator's image, which has
/// none of a system's.
pub fn client(
    mut config: Config,
    authorities: Option<PathBuf>,
    system: System,
) -> anyhow::Result<Option<Client>> {
    if config.cluster_url.scheme_str() == Some("http") {
        // There is no certificate to check, and who asks the system fails where there is none.
        config.root_cert = Some(Vec::new());
    } else if let Some(file) = authorities {
        let found = certificates(&file)?;
        if found.is_empty() {
            mute(&format!("there is no certificate in {}", file.display()));
            return Ok(None);
        }
        config.root_cert = Some(found);
    } else {
        let client = system(config).inspect_err(|error| mute(&error.to_string()));
        return Ok(client.ok());
    }
    let client = Client::try_from(config).context("cannot speak to the webhook")?;
    Ok(Some(client))
}

/// Says once that nothing will be delivered: runs are worth more than news of them, so they go on.
fn mute(why: &str) {
    tracing::error!(
        why,
        "the webhook is told nothing: there is no authority to check its certificate by; name a ConfigMap whose key ca.crt has it in \
         notifications.caConfigMapName (--notify-ca-file)"
    );
}
