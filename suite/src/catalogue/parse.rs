//! The text of the catalogue.
//!
//! A line is `RELEASES<tab>MINORS<tab>NAME`: the releases that first required and later changed a test, the minors whose
//! list has it as ranges, and its name. `<` instead of releases gives an earlier name of the test above.

use super::{CatalogueError, Known, Upstream};
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
        let minors = ranges(minors).ok_or("the minors are none")?;
        if !minors.iter().all(|minor| self.covers(*minor)) {
            return Err("a minor has no version");
        }
        if name.is_empty() {
            return Err("a test has no name");
        }
        if head == "<" {
            let known = self.known.last_mut().ok_or("an earlier name has no test above")?;
            known.names.push((name, minors));
        } else {
            let releases: Result<Vec<Release>, _> = head.split(',').map(str::parse).collect();
            self.known.push(Known {
                releases: releases.map_err(|_| "a release is none")?,
                names: vec![(name, minors)],
            });
        }
        match self.by_name.insert(name, self.known.len().saturating_sub(1)) {
            None => Ok(()),
            Some(_) => Err("a name is there twice"),
        }
    }
}

/// The minors of `29-31,33`.
fn ranges(text: &str) -> Option<Vec<Release>> {
    let mut minors = Vec::new();
    for range in text.split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last): (u16, u16) = (first.parse().ok()?, last.parse().ok()?);
        if last < first || last > 999 {
            return None;
        }
        minors.extend((first..=last).map(|minor| Release::new(1, minor)));
    }
    Some(minors)
}
