//! The text of the catalogue.
//!
//! A line is `RELEASES<tab>MINORS<tab>NAME`: the releases that first required and later changed a test, the minors whose
//! list has it as ranges, and its name without mark. `<` instead of releases gives an earlier name of the test above. `+N`
//! behind a range says that its suites have the mark before the last N tags of the name and not at its end, and `~` that the
//! mark is that of what is to come. `<N` says that only the lists of patch releases before N have it: it was demoted by a patch
//! release.

use super::{CatalogueError, Known, PatchRelease, Upstream, known::Mark};
use crate::Release;

impl<'a> Upstream<'a> {
    /// Reads the text of a catalogue.
    pub fn parse(text: &'a str) -> Result<Self, CatalogueError> {
        let mut upstream = Self::default();
        for (index, line) in text.lines().enumerate() {
            if !line.is_empty() && !line.starts_with('#') {
                upstream.line(line).map_err(|problem| CatalogueError::Line {
                    line: index + 1,
                    problem,
                })?;
            }
        }
        if upstream.versions.is_empty() {
            return Err(CatalogueError::NoVersions);
        }
        Ok(upstream)
    }

    fn line(&mut self, line: &'a str) -> Result<(), &'static str> {
        let (head, rest) = line.split_once('\t').ok_or("a line has fields between tabs")?;
        if head == "versions" {
            for version in rest.split(' ') {
                let release = version.parse().map_err(|_| "a version is none")?;
                self.versions.push((release, version));
            }
            return Ok(());
        }
        let (minors, name) = rest.split_once('\t').ok_or("a test has three fields")?;
        let Ranges { minors, marks, left } = ranges(minors).ok_or("the minors are none")?;
        let left_minors = left.iter().map(|left| &left.release);
        if !minors.iter().chain(left_minors).all(|minor| self.covers(*minor)) {
            return Err("a minor has no version");
        }
        if name.is_empty() {
            return Err("a test has no name");
        }
        if head == "<" {
            let known = self.known.last_mut().ok_or("an earlier name has no test above")?;
            known.names.push((name, minors));
            known.marks.extend(marks);
            known.left.extend(left);
        } else {
            let releases: Result<Vec<Release>, _> = head.split(',').map(str::parse).collect();
            self.known.push(Known {
                releases: releases.map_err(|_| "a release is none")?,
                names: vec![(name, minors)],
                marks,
                left,
            });
        }
        match self.by_name.insert(name, self.known.len().saturating_sub(1)) {
            None => Ok(()),
            Some(_) => Err("a name is there twice"),
        }
    }
}

/// What a line says of minors.
#[derive(Default)]
struct Ranges {
    /// Those whose list has the test.
    minors: Vec<Release>,
    /// Those marks among theirs that are not the usual one.
    marks: Vec<(Release, Mark)>,
    /// Those that have it no more.
    left: Vec<PatchRelease>,
}

/// The minors of `29-31,33+1,34<5`, how the mark stands in the names of those that have it elsewhere than at the end, and which
/// patch releases left it out.
fn ranges(text: &str) -> Option<Ranges> {
    let mut found = Ranges::default();
    for range in text.split(',') {
        let (range, future) = range
            .strip_suffix('~')
            .map_or((range, false), |range| (range, true));
        let (range, behind) = range.split_once('+').unwrap_or((range, "0"));
        let (range, until) = match range.split_once('<') {
            Some((range, patch)) => (range, Some(patch.parse().ok()?)),
            None => (range, None),
        };
        let mark = Mark {
            behind: behind.parse().ok().filter(|behind| *behind < 100)?,
            future,
        };
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last): (u16, u16) = (first.parse().ok()?, last.parse().ok()?);
        if last < first || last > 999 {
            return None;
        }
        let of_range = (first..=last).map(|minor| Release::new(1, minor));
        if let Some(patch) = until {
            found
                .left
                .extend(of_range.map(|release| PatchRelease { release, patch }));
            continue;
        }
        if mark != Mark::default() {
            found.marks.extend(of_range.clone().map(|minor| (minor, mark)));
        }
        found.minors.extend(of_range);
    }
    Some(found)
}
