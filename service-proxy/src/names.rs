//! Names of nodes and zones as numbers, and sets of them: an endpoint then needs a few bytes for its hints.

use std::{collections::HashMap, sync::Arc};

/// A node or zone by its number. 0 stands for no name at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NameId(u32);

impl NameId {
    /// No name.
    pub(crate) const NONE: Self = Self(0);

    pub(crate) const fn is_none(self) -> bool {
        self.0 == 0
    }
}

/// A set of names by its number. 0 stands for the empty set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SetId(u32);

impl SetId {
    /// As many bits hold every number.
    pub(crate) const BITS: u32 = 29;
    const LARGEST: u32 = (1 << Self::BITS) - 1;

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) const fn bits(self) -> u32 {
        self.0
    }

    pub(crate) const fn from_bits(bits: u32) -> Self {
        Self(bits & Self::LARGEST)
    }

    /// 500 million sets do not fit into memory.
    fn nth(count: usize) -> Self {
        Self(u32::try_from(count).unwrap_or(u32::MAX).min(Self::LARGEST))
    }
}

/// Names of one sort. What was once a name keeps its number as long as the state lives.
#[derive(Debug, Default)]
pub(crate) struct Names {
    ids: HashMap<Arc<str>, NameId>,
    texts: Vec<Arc<str>>,
    sets: Vec<Box<[NameId]>>,
    set_ids: HashMap<Box<[NameId]>, SetId>,
    /// The set that holds a name alone.
    alone: HashMap<NameId, SetId>,
    /// Every set that holds a name.
    holding: HashMap<NameId, Vec<SetId>>,
}

impl Names {
    /// The number of a name, which may be new.
    pub(crate) fn id(&mut self, name: &str) -> NameId {
        if let Some(&id) = self.ids.get(name) {
            return id;
        }
        // Four thousand million names do not fit into memory.
        let id = NameId(u32::try_from(self.ids.len() + 1).unwrap_or(u32::MAX));
        let text: Arc<str> = Arc::from(name);
        self.texts.push(Arc::clone(&text));
        self.ids.insert(text, id);
        id
    }

    /// The same, if it is most likely `guess`: to compare two names is cheaper than to look one up.
    pub(crate) fn id_near(&mut self, name: &str, guess: NameId) -> NameId {
        if self.is(guess, name) {
            guess
        } else {
            self.id(name)
        }
    }

    fn is(&self, id: NameId, name: &str) -> bool {
        let at = usize::try_from(id.0)
            .ok()
            .and_then(|number| number.checked_sub(1));
        at.and_then(|at| self.texts.get(at))
            .is_some_and(|text| **text == *name)
    }

    /// The number of a name, if it has one.
    pub(crate) fn known(&self, name: &str) -> NameId {
        self.ids.get(name).copied().unwrap_or(NameId::NONE)
    }

    /// The number of a set of names.
    pub(crate) fn set(&mut self, names: &[String]) -> SetId {
        match names {
            [] => SetId::default(),
            [only] => {
                let id = self.id(only);
                if let Some(&set) = self.alone.get(&id) {
                    return set;
                }
                let set = self.set_of([id].into());
                self.alone.insert(id, set);
                set
            }
            several => {
                let mut ids: Vec<NameId> = several.iter().map(|name| self.id(name)).collect();
                ids.sort_unstable();
                ids.dedup();
                self.set_of(ids.into())
            }
        }
    }

    /// The same, if it is most likely `guess`.
    pub(crate) fn set_near(&mut self, names: &[String], guess: SetId) -> SetId {
        match (names, self.members(guess)) {
            ([name], &[id]) if self.is(id, name) => guess,
            _ => self.set(names),
        }
    }

    fn set_of(&mut self, ids: Box<[NameId]>) -> SetId {
        if let Some(&set) = self.set_ids.get(&ids) {
            return set;
        }
        let set = SetId::nth(self.sets.len() + 1);
        for &id in &ids {
            self.holding.entry(id).or_default().push(set);
        }
        self.sets.push(ids.clone());
        self.set_ids.insert(ids, set);
        set
    }

    /// Every set that holds the name.
    pub(crate) fn sets_with(&self, name: NameId) -> &[SetId] {
        self.holding.get(&name).map_or(&[], Vec::as_slice)
    }

    /// The names of a set.
    pub(crate) fn members(&self, set: SetId) -> &[NameId] {
        let at = usize::try_from(set.0)
            .ok()
            .and_then(|number| number.checked_sub(1));
        at.and_then(|at| self.sets.get(at)).map_or(&[], |members| members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_sets() {
        let mut names = Names::default();
        let texts = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<String>>();
        let ab = names.set(&texts(&["a", "b"]));
        assert_eq!(names.set(&texts(&["b", "a", "b"])), ab);
        assert!(names.set(&[]).is_empty() && !ab.is_empty());
        let (a, c) = (names.known("a"), names.id("c"));
        assert_eq!(names.sets_with(a), [ab]);
        assert!(names.sets_with(c).is_empty() && names.sets_with(NameId::NONE).is_empty());
        assert_eq!((names.id_near("a", a), names.id_near("a", c)), (a, a));
        let only_a = names.set(&texts(&["a"]));
        assert_eq!(names.set(&texts(&["a"])), only_a);
        assert_eq!(names.sets_with(a), [ab, only_a]);
        for guess in [only_a, ab, SetId::default()] {
            assert_eq!(names.set_near(&texts(&["a"]), guess), only_a);
            assert_eq!(names.set_near(&texts(&["b", "a"]), guess), ab);
            assert!(names.set_near(&[], guess).is_empty());
        }
        assert_eq!(names.members(ab), [a, names.known("b")]);
        assert!(names.known("d").is_none());
    }
}
