//! What is required of a cluster, now and later, as far as lists without a suite say.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    Area, Authority, Release, Requirement, RequirementList, Stage, TestName, advisory,
    catalogue::{Known, identity, upstream},
};

/// A release of which it is not known what it requires.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what release {release} requires is not known: the catalogue has {first} to {last}")]
pub struct UnknownRelease {
    /// The release.
    pub release: Release,
    /// The oldest known one.
    pub first: Release,
    /// The newest known one.
    pub last: Release,
}

/// By what inputs are judged. What a release requires is put together once, for whatever number of inputs.
#[derive(Debug, Default)]
pub struct Criteria {
    to: Option<Release>,
    lists: Vec<RequirementList>,
    known: Mutex<BTreeMap<Release, Arc<Demands>>>,
}

/// What is asked of clusters of one release, now and later, in the order of reports: by stage, release of later ones,
/// authority and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demands {
    release: Release,
    to: Option<Release>,
    listed: bool,
    lacking: Vec<TestName>,
    all: Vec<Demand>,
}

/// One requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Demand {
    pub(super) requirement: Requirement,
    pub(super) stage: Stage,
    /// The identity of the requirement, see [`identity`].
    pub(super) id: String,
}

impl Criteria {
    /// What the catalogue knows, but nothing that binds after `to`.
    pub fn new(to: Option<Release>) -> Self {
        Self {
            to,
            ..Self::default()
        }
    }

    /// Goes by these lists too. One of what is required takes the place of what the catalogue has for a release; one of
    /// what is to come adds to it.
    #[must_use]
    pub fn with_lists(mut self, lists: impl IntoIterator<Item = RequirementList>) -> Self {
        self.lists.extend(lists);
        self.known = Mutex::default();
        self
    }

    /// What is asked of clusters of this release.
    pub fn demands(&self, release: Release) -> Result<Arc<Demands>, UnknownRelease> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(demands) = known.get(&release) {
            return Ok(Arc::clone(demands));
        }
        let demands = Arc::new(Demands::new(release, self.to, &self.lists)?);
        known.insert(release, Arc::clone(&demands));
        Ok(demands)
    }
}

impl Demands {
    /// First what lists say, the given ones before upstream's, then conform's catalogue.
    fn new(release: Release, to: Option<Release>, lists: &[RequirementList]) -> Result<Self, UnknownRelease> {
        let is_listed = lists.iter().any(|list| !list.is_future());
        if !is_listed && !upstream().covers(release) {
            return Err(UnknownRelease::new(release));
        }
        let lacking = if is_listed {
            lacking(release, lists)
        } else {
            Vec::new()
        };
        let (future, given): (Vec<&RequirementList>, Vec<_>) =
            lists.iter().partition(|list| list.is_future());
        let of_release: Vec<Requirement> = if is_listed {
            let given = given.iter().flat_map(|list| list.requirements(release));
            given.collect()
        } else {
            let listed = upstream().listed(release);
            listed.filter_map(|known| known.requirement_in(release)).collect()
        };
        // What binds is not put off by a list of what is to come, while of what does not, such a list knows more.
        let (mut all, coming): (Vec<Requirement>, Vec<_>) =
            of_release.into_iter().partition(|one| one.required_in <= release);
        all.extend(future.iter().flat_map(|list| list.requirements(release)));
        all.extend(coming);
        let known = upstream().known().iter();
        all.extend(known.filter_map(|known| later(known, release)));
        all.extend(advisory().iter().map(|advisory| advisory.requirement.clone()));
        let mut said = BTreeSet::new();
        all.retain(|one| said.insert(identity(&one.name).to_owned()));
        let all = all
            .into_iter()
            .map(|requirement| Demand::new(requirement, release));
        Ok(Self {
            release,
            to,
            listed: is_listed,
            lacking,
            all: all.collect(),
        }
        .in_order())
    }

    /// What is asked besides, or by a greater authority, since the names in an input carry marks.
    pub(crate) fn with_marks(&self, marks: &BTreeMap<TestName, Release>) -> Cow<'_, Self> {
        let of_lists: BTreeSet<&str> = self
            .all
            .iter()
            .filter(|demand| demand.requirement.authority == Authority::Upstream)
            .map(|demand| demand.id.as_str())
            .collect();
        let mut marked: BTreeMap<String, Requirement> = BTreeMap::new();
        for (name, required_in) in marks {
            let id = identity(name);
            if !of_lists.contains(id) {
                marked.entry(id.to_owned()).or_insert_with(|| Requirement {
                    name: name.clone(),
                    required_in: *required_in,
                    authority: Authority::Upstream,
                    area: Area::of(name),
                });
            }
        }
        if marked.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut demands = self.clone();
        demands.all.retain(|demand| !marked.contains_key(&demand.id));
        let marked = marked.into_values();
        demands
            .all
            .extend(marked.map(|one| Demand::new(one, self.release)));
        Cow::Owned(demands.in_order())
    }

    fn in_order(mut self) -> Self {
        let (release, to) = (self.release, self.to);
        let within =
            |one: &Requirement| one.required_in <= release || to.is_none_or(|to| one.required_in <= to);
        self.all.retain(|demand| within(&demand.requirement));
        self.all.sort_by(|a, b| a.place().cmp(&b.place()));
        self
    }

    /// What the release requires today, and what will be required, each with its identity and its stage.
    pub(crate) fn staged(&self) -> impl Iterator<Item = (&str, Stage, &Requirement)> {
        let all = self.all.iter();
        all.map(|demand| (demand.id.as_str(), demand.stage, &demand.requirement))
    }

    /// True if a list was given that says what the release requires, so that the catalogue's does not count.
    pub const fn is_listed(&self) -> bool {
        self.listed
    }

    /// What the release is known to require and the list that was given lacks.
    pub fn lacking(&self) -> &[TestName] {
        &self.lacking
    }

    /// The requirements, present ones first.
    pub fn requirements(&self) -> impl Iterator<Item = &Requirement> {
        self.all.iter().map(|demand| &demand.requirement)
    }

    pub(super) fn all(&self) -> &[Demand] {
        &self.all
    }
}

impl Demand {
    fn new(requirement: Requirement, release: Release) -> Self {
        Self {
            stage: requirement.stage(release),
            id: identity(&requirement.name).to_owned(),
            requirement,
        }
    }

    fn place(&self) -> (Stage, Option<Release>, Authority, &TestName) {
        let Requirement {
            name,
            required_in,
            authority,
            ..
        } = &self.requirement;
        // That a present requirement is old makes it no more urgent.
        let later = (self.stage == Stage::Future).then_some(*required_in);
        (self.stage, later, *authority, name)
    }
}

impl UnknownRelease {
    fn new(release: Release) -> Self {
        let mut known = upstream().releases();
        let first = known.next().unwrap_or(release);
        Self {
            release,
            first,
            last: known.next_back().unwrap_or(first),
        }
    }

    /// True if newer lists than the catalogue's may say what it requires.
    pub fn is_newer(&self) -> bool {
        self.release > self.last
    }
}

/// What the catalogue has of the release, and no list of what is required says.
fn lacking(release: Release, lists: &[RequirementList]) -> Vec<TestName> {
    let given = lists.iter().filter(|list| !list.is_future());
    let given: Vec<Requirement> = given.flat_map(|list| list.requirements(release)).collect();
    let given: BTreeSet<&str> = given
        .iter()
        .filter(|one| one.required_in <= release)
        .map(|one| identity(&one.name))
        .collect();
    let known = upstream().listed(release);
    let known = known.filter_map(|known| known.requirement_in(release));
    let binding = known.filter(|one| one.required_in <= release);
    let lacking = binding.filter(|one| !given.contains(identity(&one.name)));
    lacking.map(|one| one.name).collect()
}

/// The requirement, if only releases after this one have it.
fn later(known: &Known<'_>, release: Release) -> Option<Requirement> {
    if known.is_in(release) {
        return None;
    }
    let next = known.next_listed(release)?;
    let mut requirement = known.requirement_in(next)?;
    requirement.required_in = next.max(known.first());
    Some(requirement)
}
