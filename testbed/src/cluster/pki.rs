//! The cluster's certificates and keys.

use std::net::{IpAddr, Ipv4Addr};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, SanType,
};

use super::layout::{Layout, SERVICE_API};
use crate::{Error, Result, files};

/// A certificate and its key, as PEM.
pub(crate) struct Pair {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

/// An authority that signs others.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// The names that a server answers to.
pub(crate) struct Names<'a> {
    pub(crate) dns: &'a [&'a str],
    pub(crate) addresses: &'a [Ipv4Addr],
}

fn failed(subject: &str) -> impl FnOnce(rcgen::Error) -> Error {
    let subject = subject.to_owned();
    move |source| Error::Certificate { subject, source }
}

impl Authority {
    pub(crate) fn new(name: &str) -> Result<Self> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![
            KeyUsagePurpose::KeyCertSign,
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::CrlSign,
        ];
        let key = KeyPair::generate().map_err(failed(name))?;
        CertifiedIssuer::self_signed(params, key)
            .map(Self)
            .map_err(failed(name))
    }

    pub(crate) fn certificate(&self) -> String {
        self.0.pem()
    }

    /// A certificate for a user, with the groups that the user is in.
    pub(crate) fn client(&self, user: &str, group: Option<&str>) -> Result<Pair> {
        self.sign(
            user,
            group,
            ExtendedKeyUsagePurpose::ClientAuth,
            &Names {
                dns: &[],
                addresses: &[],
            },
        )
    }

    pub(crate) fn server(&self, name: &str, names: &Names<'_>) -> Result<Pair> {
        self.sign(name, None, ExtendedKeyUsagePurpose::ServerAuth, names)
    }

    fn sign(
        &self,
        name: &str,
        group: Option<&str>,
        usage: ExtendedKeyUsagePurpose,
        names: &Names<'_>,
    ) -> Result<Pair> {
        let names_dns: Vec<String> = names.dns.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(names_dns).map_err(failed(name))?;
        params.subject_alt_names.extend(
            names
                .addresses
                .iter()
                .map(|address| SanType::IpAddress(IpAddr::V4(*address))),
        );
        params.distinguished_name.push(DnType::CommonName, name);
        if let Some(group) = group {
            params.distinguished_name.push(DnType::OrganizationName, group);
        }
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![usage];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().map_err(failed(name))?;
        let certificate = params.signed_by(&key, &self.0).map_err(failed(name))?;
        Ok(Pair {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        })
    }
}

/// Makes what the control plane reads from files, and returns the authority that users and nodes are signed by.
pub(crate) fn make(layout: &Layout) -> Result<Authority> {
    let authority = Authority::new("conform-testbed")?;
    let save = |name: &str, pair: &Pair| -> Result<()> {
        files::write(&layout.path(&format!("pki/{name}.crt")), &pair.certificate)?;
        files::write(&layout.path(&format!("pki/{name}.key")), &pair.key)
    };
    let own = Pair {
        certificate: authority.certificate(),
        key: authority.0.key().serialize_pem(),
    };
    save("ca", &own)?;
    let names = Names {
        dns: &[
            "localhost",
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
            "kubernetes.default.svc.cluster.local",
        ],
        addresses: &[Ipv4Addr::LOCALHOST, layout.gateway(), SERVICE_API],
    };
    save("apiserver", &authority.server("kube-apiserver", &names)?)?;
    save(
        "apiserver-kubelet-client",
        &authority.client("kube-apiserver-kubelet-client", Some("system:masters"))?,
    )?;

    // Aggregated API servers believe whoever this other authority signed about who the user is, so it signs nobody else.
    let front = Authority::new("conform-testbed-front-proxy")?;
    files::write(&layout.path("pki/front-proxy-ca.crt"), front.certificate())?;
    save("front-proxy-client", &front.client("front-proxy-client", None)?)?;

    let accounts = KeyPair::generate().map_err(failed("service accounts"))?;
    files::write(&layout.path("pki/sa.key"), accounts.serialize_pem())?;
    files::write(&layout.path("pki/sa.pub"), accounts.public_key_pem())?;
    Ok(authority)
}
