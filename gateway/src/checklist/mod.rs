//! Checklists of AI conformance (cncf/k8s-ai-conformance): a PRODUCT.yaml that says of each requirement whether a platform
//! meets it, and how one can see that.
//!
//! A requirement starts as one that a platform *should* meet and becomes one that it *must* meet, release by release.

mod check;
mod evidence;
mod folder;
mod items;
mod metadata;
mod requirements;
mod results;

pub use folder::{Files, Folder, NoFile};
pub use requirements::{Demand, Requirement, requirements};

use crate::{
    finding::Findings,
    yaml::{Node, Place},
};

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
    /// The part of the file that it is in, such as `networking`.
    pub category: String,
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
    pub evidence: Vec<Evidence>,
    /// Whatever else there is to say.
    pub notes: String,
}

/// A page or a file that shows something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Its path, such as `spec.networking[0].evidence[0]`.
    pub path: String,
    /// Where it stands.
    pub place: Place,
    /// What is written: an address, or `file://PATH#TEST` or a path for a file of the product's folder.
    pub text: String,
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

    /// Reads and checks a checklist that lies in this folder. Files that it names are looked at if it is known what the folder
    /// holds. The rules are those of the programme's own check, `scripts/validate.go` in cncf/k8s-ai-conformance.
    pub fn read(document: Node, folder: &Folder<'_>, findings: &mut Findings) -> Self {
        let checklist = check::read(document, folder, findings);
        check::check(&checklist, folder, findings);
        checklist
    }

    /// A field of `metadata`, by its name in camel case.
    pub fn field(&self, name: &str) -> Option<&str> {
        let found = self.metadata.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The minor release of Kubernetes that the checklist is for: 36 of `v1.36` and of `v1.36.3`.
    pub fn minor(&self) -> Option<u16> {
        metadata::minor(self.field("kubernetesVersion")?)
    }
}
