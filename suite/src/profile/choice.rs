//! Which tests a profile takes, and why.

use crate::{
    Area, Requirement, TestName,
    catalogue::{Known, upstream},
};

/// Which tests a profile takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Every one.
    Every,
    /// None.
    Nothing,
    /// Those of one SIG, by the tag of their names.
    Sig(&'static str),
    /// Those of these areas.
    Areas(&'static [Area]),
    /// Those with these names; stage tags do not count.
    Tests(&'static [&'static str]),
    /// Those that one of these patterns takes, the first that does giving the reason.
    Names(&'static [Pattern]),
}

/// Texts that a test's name has or has not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// What the tests have in common, for the reason.
    pub about: &'static str,
    /// At least one of these is in the name; an empty text is in every name.
    pub any: &'static [&'static str],
    /// None of these is.
    pub none: &'static [&'static str],
}

impl Choice {
    /// True if the choice takes this requirement.
    pub fn takes(&self, requirement: &Requirement) -> bool {
        self.why(&requirement.name, requirement.area).is_some()
    }

    /// Why the choice takes this test; nothing if it does not.
    pub fn why(&self, name: &TestName, area: Area) -> Option<String> {
        match self {
            Self::Every => Some("every test".to_owned()),
            Self::Nothing => None,
            Self::Sig(sig) => (name.sig() == Some(sig)).then(|| format!("tag [sig-{sig}]")),
            Self::Areas(areas) => areas.contains(&area).then(|| format!("area {}", area.word())),
            Self::Tests(names) => is_one_of(names, name).then(|| "by name".to_owned()),
            Self::Names(patterns) => {
                let taken = patterns.iter().find(|pattern| pattern.takes(name.as_str()));
                taken.map(|pattern| pattern.about.to_owned())
            }
        }
    }
}

/// True if the test has or had one of these names.
fn is_one_of(names: &[&str], name: &TestName) -> bool {
    let mut of_lists = upstream().find(name).into_iter().flat_map(Known::names);
    names.contains(&name.without_stage()) || of_lists.any(|(one, _)| names.contains(&one))
}

impl Pattern {
    fn takes(&self, name: &str) -> bool {
        self.any.iter().any(|text| name.contains(text)) && !self.none.iter().any(|text| name.contains(text))
    }
}
