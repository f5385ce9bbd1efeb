//! Checklists of AI conformance (cncf/k8s-ai-conformance): a PRODUCT.yaml that says of each requirement whether a platform
//! meets it, and how one can see that.
//!
//! A requirement starts as one that a platform *should* meet and becomes one that it *must* meet, release by release.

mod check;
mod requirements;

pub use requirements::{Demand, Requirement, requirements};

use crate::{
    finding::Findings,
    yaml::{Node, Place},
};

/// Fields of `metadata` that have to be there, in both forms in which real files have them.
const METADATA: [(&str, &str, bool); 11] = [
    ("kubernetesVersion", "kubernetes_version", true),
    ("platformName", "platform_name", true),
    ("platformVersion", "platform_version", true),
    ("vendorName", "vendor_name", true),
    ("websiteUrl", "website_url", true),
    ("repoUrl", "repo_url", false),
    ("documentationUrl", "documentation_url", true),
    ("productLogoUrl", "product_logo_url", false),
    ("description", "description", true),
    ("contactEmailAddress", "contact_email_address", true),
    ("k8sConformanceUrl", "k8s_conformance_url", true),
];

/// What a checklist says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checklist {
    /// Fields of `metadata` by their names in camel case.
    pub metadata: Vec<(&'static str, String)>,
    /// Every requirement, in the order of the file.
    pub items: Vec<Item>,
}

/// What a checklist says of one requirement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// Its path, such as `spec.networking[0]`.
    pub path: String,
    /// Where it stands.
    pub place: Place,
    /// Its name, such as `gang_scheduling`.
    pub id: String,
    /// `MUST` or `SHOULD`.
    pub level: String,
    /// `Implemented`, `Not Implemented`, `Partially Implemented` or `N/A`; empty if nobody filled it in.
    pub status: String,
    /// Pages or files that show it.
    pub evidence: Vec<String>,
    /// Whatever else there is to say.
    pub notes: String,
}

impl Checklist {
    /// True if a document is a checklist, by its fields.
    pub fn is_one(document: &Node) -> bool {
        let metadata = document.get("metadata");
        let names = [
            "kubernetesVersion",
            "kubernetes_version",
            "platformName",
            "platform_name",
        ];
        document.get("spec").is_some()
            && metadata.is_some_and(|metadata| names.iter().any(|name| metadata.get(name).is_some()))
    }

    /// Reads and checks a checklist.
    pub fn read(document: Node, findings: &mut Findings) -> Self {
        let checklist = check::read(document, findings);
        check::check(&checklist, findings);
        checklist
    }

    /// A field of `metadata`, by its name in camel case.
    pub fn field(&self, name: &str) -> Option<&str> {
        let found = self.metadata.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The minor release of Kubernetes that the checklist is for: 36 of `v1.36` and of `v1.36.3`.
    pub fn minor(&self) -> Option<u16> {
        let rest = self.field("kubernetesVersion")?.strip_prefix("v1.")?;
        rest.split('.').next()?.parse().ok()
    }
}
