//! From what is asked to an exact list of tests.

mod candidates;
mod error;
mod ginkgo;
mod own;
mod reason;
mod request;

pub use error::SelectionError;
pub use request::Request;

use std::fmt::Write;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Authority, Inventory, NarrowedBy, Narrowing, Requirement, Stage};

/// The requirements of one stage, and which of them are to be measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Selection {
    /// The stage.
    pub stage: Stage,
    /// Every requirement of the stage for this server, sorted by name: of the present stage every one, of the future
    /// stage those that the profiles take and that bind through the last release asked for.
    pub requirements: Vec<Candidate>,
    /// Why fewer than all are selected.
    pub narrowings: Vec<Narrowing>,
    /// `sha256:` and the digest of the selected names, sorted, each with a line feed.
    pub digest: String,
    /// True if the suite's mark `[Conformance]` selects exactly the selected tests, and no other of the suite.
    pub by_mark: bool,
}

/// A requirement, and whether it is to be measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// The requirement.
    pub requirement: Requirement,
    /// True if its test is to run.
    pub selected: bool,
    /// Why it is among the candidates: who requires it, and which profile takes it by what. Empty in selections of
    /// versions before 0.2.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// The tests that `request` asks for, of those that the suite and the catalogue know.
///
/// What the suite lacks, the profiles do not take, the focus does not match or the skip pattern matches is left out, in
/// this order, and each says how many it left out. A present stage of which nothing is left is an error, since a run
/// without tests passes vacuously; a future stage may be empty.
pub fn select(inventory: &Inventory, request: &Request) -> Result<Selection, SelectionError> {
    let profiles = request.profiles()?;
    let focus = request.focus()?;
    let skip = request.skip()?;
    let own = own::Own::of(inventory, request)?;
    let taken = |requirement: &Requirement| {
        requirement.authority == Authority::User
            || reason::taken(&profiles, request.stage, requirement).is_some()
    };

    let mut narrowed = Narrowed::new(candidates::of(inventory, request, &profiles, own));
    narrowed.keep(NarrowedBy::Suite, &inventory.version, |requirement| {
        inventory.has(&requirement.name)
    });
    narrowed.keep(NarrowedBy::Profile, &request.profiles.join(", "), taken);
    if let (Some(focus), Some(text)) = (focus, &request.focus) {
        narrowed.keep(NarrowedBy::Focus, text, |requirement| {
            focus.is_match(requirement.name.as_str())
        });
    }
    if let (Some(skip), Some(text)) = (skip, &request.skip) {
        narrowed.keep(NarrowedBy::Skip, text, |requirement| {
            !skip.is_match(requirement.name.as_str())
        });
    }
    let Narrowed {
        candidates: requirements,
        narrowings,
    } = narrowed;

    let stage = request.stage;
    if stage == Stage::Present && !requirements.iter().any(|candidate| candidate.selected) {
        return Err(SelectionError::Empty { stage, narrowings });
    }
    let mut selection = Selection {
        stage,
        requirements,
        narrowings,
        digest: String::new(),
        by_mark: false,
    };
    selection.digest = digest(&selection);
    selection.by_mark = by_mark(inventory, &selection);
    Ok(selection)
}

impl Selection {
    /// The requirements whose tests are to run.
    pub fn selected(&self) -> impl Iterator<Item = &Requirement> {
        self.requirements
            .iter()
            .filter(|candidate| candidate.selected)
            .map(|candidate| &candidate.requirement)
    }

    /// Leaves out selected tests that `keeps` does not keep, and says that `by` with `value` did so.
    #[must_use]
    pub fn narrowed(self, by: NarrowedBy, value: &str, keeps: impl Fn(&Requirement) -> bool) -> Self {
        let mut narrowed = Narrowed {
            candidates: self.requirements,
            narrowings: self.narrowings,
        };
        narrowed.keep(by, value, keeps);
        Self {
            stage: self.stage,
            requirements: narrowed.candidates,
            narrowings: narrowed.narrowings,
            digest: String::new(),
            by_mark: false,
        }
        .digested()
    }

    /// This selection and that of another stage as one, to be run together. It keeps this one's stage.
    #[must_use]
    pub fn joined(mut self, other: Self) -> Self {
        self.requirements.extend(other.requirements);
        self.requirements
            .sort_by(|a, b| a.requirement.name.cmp(&b.requirement.name));
        self.narrowings.extend(other.narrowings);
        self.by_mark = false;
        self.digested()
    }

    fn digested(mut self) -> Self {
        self.digest = digest(&self);
        self
    }

    /// True if every requirement of the stage is to be measured.
    pub fn is_whole(&self) -> bool {
        self.requirements.iter().all(|candidate| candidate.selected)
    }

    /// The arguments that make ginkgo run exactly the selected tests; none if nothing is selected, when ginkgo must
    /// not be started at all: without a focus it would run everything.
    ///
    /// A selection that the suite's mark selects is asked for by the mark, as certification wants it.
    pub fn ginkgo_args(&self) -> Vec<String> {
        if self.by_mark {
            return vec![r"--focus=\[Conformance\]".to_owned()];
        }
        ginkgo::focus_args(self.selected().map(|requirement| requirement.name.as_str()))
    }
}

/// Candidates, and why some of them are not selected.
struct Narrowed {
    candidates: Vec<Candidate>,
    narrowings: Vec<Narrowing>,
}

impl Narrowed {
    const fn new(candidates: Vec<Candidate>) -> Self {
        Self {
            candidates,
            narrowings: Vec::new(),
        }
    }

    fn keep(&mut self, by: NarrowedBy, value: &str, keeps: impl Fn(&Requirement) -> bool) {
        let mut left_out = 0;
        for candidate in self.candidates.iter_mut().filter(|candidate| candidate.selected) {
            candidate.selected = keeps(&candidate.requirement);
            left_out += i32::from(!candidate.selected);
        }
        if left_out > 0 {
            self.narrowings.push(Narrowing {
                by,
                value: value.to_owned(),
                left_out,
            });
        }
    }
}

/// True if the mark `[Conformance]` selects exactly these tests in this suite.
///
/// It does not if the suite is newer than the cluster and marks more than the cluster's release requires.
fn by_mark(inventory: &Inventory, selection: &Selection) -> bool {
    let marked = inventory.tests.iter().filter(|name| name.has_tag("Conformance"));
    selection.stage == Stage::Present
        && selection
            .requirements
            .iter()
            .all(|candidate| candidate.requirement.authority == Authority::Upstream)
        && marked.eq(selection.selected().map(|requirement| &requirement.name))
}

fn digest(selection: &Selection) -> String {
    let mut hash = Sha256::new();
    for requirement in selection.selected() {
        hash.update(requirement.name.as_str());
        hash.update("\n");
    }
    hash.finalize()
        .iter()
        .fold("sha256:".to_owned(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests;
