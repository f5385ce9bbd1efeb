//! The identity of a test.

use std::{borrow::Cow, fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Release, text::printable};

/// Longest name that is accepted, in bytes. The longest upstream name seen has 410.
pub const MAX_BYTES: usize = 1024;

/// The tags that say at which stage a requirement is. Suites up to v1.36 put them last; those from v1.37 on sort them in among
/// the tags that they put last: `[Conformance] [NodeConformance] [Serial]`.
const STAGE_TAGS: [&str; 2] = ["[Conformance]", "[FutureConformance]"];

/// The other tags that suites from v1.37 on put last, in the order in which they do.
const LAST_TAGS: [&str; 8] = [
    "[Alpha]",
    "[Beta]",
    "[Disruptive]",
    "[Feature:OffByDefault]",
    "[Flaky]",
    "[NodeConformance]",
    "[Serial]",
    "[Slow]",
];

/// The full name of a test as the suite knows it: no `[It] ` in front, no component constraints behind.
///
/// Identity within a release is this text and never a position in a file: the JUnit of Kubernetes puts `[It] ` before
/// the name and appends Ginkgo's component constraints (` [kubelet: [>=1.36]]`), which the list of the suite does not.
/// Characters that steer a terminal are replaced by U+FFFD, so that a name may be printed anywhere.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TestName {
    text: Arc<str>,
    /// The text without stage tags, if they are not at its end, so that no part of it is that.
    unmarked: Option<Arc<str>>,
}

/// The text cannot be a test's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTestName {
    /// Nothing is left of it.
    #[error("a test name is empty")]
    Empty,
    /// It is longer than any suite's.
    #[error("a test name of {bytes} bytes is longer than {MAX_BYTES}")]
    TooLong {
        /// Its length in bytes.
        bytes: usize,
    },
}

impl TestName {
    /// Normalises a name as a JUnit file, a test list or a progress event spells it.
    pub fn new(text: &str) -> Result<Self, InvalidTestName> {
        normalised(text).map(|text| Self::of_normalised(&text))
    }

    /// The name that [`normalised`] has given.
    pub(crate) fn of_normalised(text: &str) -> Self {
        Self {
            text: text.into(),
            unmarked: unmarked(text).map(Into::into),
        }
    }

    /// The normalised name.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// True if nothing else may run beside the test: it is marked `[Serial]` or `[Disruptive]`.
    pub fn runs_alone(&self) -> bool {
        self.has_tag("Serial") || self.has_tag("Disruptive")
    }

    /// True if the name carries `[tag]`, as in `has_tag("Serial")`.
    pub fn has_tag(&self, tag: &str) -> bool {
        self.text
            .split('[')
            .any(|part| part.strip_prefix(tag).is_some_and(|rest| rest.starts_with(']')))
    }

    /// The name without the stage tags among the tags at its end: what stays the same when a test is promoted or demoted.
    pub fn without_stage(&self) -> &str {
        self.unmarked
            .as_deref()
            .unwrap_or_else(|| without_last_marks(&self.text))
    }

    /// How many tags stand behind the stage tag, if there is one among the tags at the end.
    pub fn tags_behind_stage(&self) -> Option<usize> {
        let (mut head, mut behind) = (self.as_str(), 0);
        while let Some((before, tag)) = last_tag(head) {
            if STAGE_TAGS.contains(&tag) {
                return Some(behind);
            }
            behind += 1;
            head = before;
        }
        None
    }

    /// The name without stage tags, its other tags of those that suites put last at its end, sorted: what suites from v1.37 on
    /// make of a name that had them elsewhere. For tests that no list of renames has.
    pub(crate) fn settled(&self) -> String {
        let mut head = self.without_stage().to_owned();
        let mut last = String::new();
        for tag in LAST_TAGS.iter().filter(|tag| head.contains(**tag)) {
            last.push(' ');
            last.push_str(tag);
        }
        for tag in LAST_TAGS {
            head = head.replace(tag, "");
        }
        let words: Vec<&str> = head.split_whitespace().collect();
        words.join(" ") + &last
    }

    /// The SIG that owns the test, from its `[sig-NAME]` tag: `network` of `[sig-network]`.
    pub fn sig(&self) -> Option<&str> {
        self.text
            .strip_prefix("[sig-")?
            .split_once(']')
            .map(|(sig, _)| sig)
    }
}

fn without_last_marks(mut name: &str) -> &str {
    while let Some(rest) = STAGE_TAGS.iter().find_map(|tag| name.strip_suffix(tag)) {
        name = rest.trim_end();
    }
    name
}

/// The name without the stage tags among the tags at its end, if other tags stand behind one of them.
fn unmarked(name: &str) -> Option<String> {
    // Nearly all names have none.
    if !name.contains("Conformance] [") {
        return None;
    }
    let name = without_last_marks(name);
    let mut head = name;
    // Of a name that is nothing but tags the first is the name.
    while let Some((before, tag)) = last_tag(head).filter(|(before, _)| !before.is_empty()) {
        if STAGE_TAGS.contains(&tag) {
            let mut rest = without_last_marks(before).to_owned();
            rest.push_str(name.get(head.len()..).unwrap_or_default());
            return Some(unmarked(&rest).unwrap_or(rest));
        }
        head = before;
    }
    None
}

/// What stands before the last tag of a name that ends with one, and the tag.
fn last_tag(name: &str) -> Option<(&str, &str)> {
    let start = name.strip_suffix(']')?.rfind('[')?;
    let (before, tag) = name.split_at_checked(start)?;
    Some((before.trim_end(), tag))
}

/// The name `unmarked` with a stage tag before the last `behind` of its tags.
pub(crate) fn with_stage(unmarked: &str, tag: &str, behind: usize) -> String {
    let mut head = unmarked;
    for _ in 0..behind {
        let Some((before, _)) = last_tag(head) else { break };
        head = before;
    }
    let tail = unmarked.get(head.len()..).unwrap_or_default();
    format!("{head} {tag}{tail}")
}

/// The text of a name as a file spells it, normalised. Apart from [`TestName::new`], for readers that look at thousands of
/// names and keep few.
pub(crate) fn normalised(text: &str) -> Result<Cow<'_, str>, InvalidTestName> {
    if text.len() > MAX_BYTES {
        return Err(InvalidTestName::TooLong { bytes: text.len() });
    }
    let text = text.strip_prefix("[It] ").unwrap_or(text);
    let text = strip_labels(strip_component_constraints(text.trim_end()));
    if text.is_empty() {
        return Err(InvalidTestName::Empty);
    }
    Ok(printable(text))
}

/// The release of a constraint ` [Conformance: [>=1.40]]` or ` [FutureConformance: [>=1.40]]` behind a name as a file
/// spells it: KEP-5922 has proposed both. Of several releases the first is the one that requires the test.
pub(crate) fn required_in(text: &str) -> Option<Release> {
    // Nearly all names have no constraint at all.
    if !text.ends_with("]]") {
        return None;
    }
    let (_, after) = text.rsplit_once("Conformance: [>=")?;
    let release = after.split([',', ']']).next()?;
    release.trim().parse().ok()
}

/// Removes the list of labels that Ginkgo's own `--junit-report` puts behind a name, ` [sig-node, Conformance]`, and the suite's
/// `--report-dir` does not. Its first label is the SIG, which the name begins with.
fn strip_labels(text: &str) -> &str {
    let sig = || text.strip_prefix('[')?.split_once(']').map(|(sig, _)| sig);
    let Some((name, labels)) = text.strip_suffix(']').and_then(|text| text.rsplit_once(" [")) else {
        return text;
    };
    let is_list = labels
        .split_once(", ")
        .is_some_and(|(first, _)| Some(first) == sig());
    if is_list { name } else { text }
}

/// Removes every trailing ` [component: [constraint]]`.
fn strip_component_constraints(mut text: &str) -> &str {
    while let Some(inner) = text.strip_suffix("]]") {
        let Some(start) = inner.rfind(" [").filter(|_| inner.contains(": [")) else {
            break;
        };
        // The last " [" opens the constraint itself ("[kubelet: [>=1.36" has it before the version);
        // the component's bracket is the one before it.
        let Some(component) = inner.get(..start).and_then(|head| head.rfind(" [")) else {
            break;
        };
        let is_component = inner
            .get(component + 2..start)
            .is_some_and(|middle| middle.ends_with(':'));
        if !is_component {
            break;
        }
        text = inner.get(..component).unwrap_or_default().trim_end();
    }
    text
}

impl fmt::Display for TestName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl fmt::Debug for TestName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, formatter)
    }
}

impl Serialize for TestName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for TestName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for TestName {
    fn schema_name() -> Cow<'static, str> {
        "TestName".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX_BYTES })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("[It] [sig-node] Pods run [Conformance]", "[sig-node] Pods run [Conformance]")]
    #[case(
        "[It] [sig-node] Pods run [Conformance] [sig-node, Conformance]",
        "[sig-node] Pods run [Conformance]"
    )]
    #[case("[sig-node] Pods run [a, b]", "[sig-node] Pods run [a, b]")]
    #[case("[sig-node] Pods run [sig-node]", "[sig-node] Pods run [sig-node]")]
    #[case(
        "[sig-node] Pods run [KubeletMinVersion:1.36] [kubelet: [>=1.36]]",
        "[sig-node] Pods run [KubeletMinVersion:1.36]"
    )]
    #[case("a [x] [Conformance: [>=1.40]] [kubelet: [>=1.36]]", "a [x]")]
    #[case("a [x: y]", "a [x: y]")]
    #[case("a [[x]]", "a [[x]]")]
    #[case("a \u{1b}[31m", "a \u{fffd}[31m")]
    fn one_test_has_one_name(#[case] text: &str, #[case] name: &str) {
        assert_eq!(TestName::new(text).unwrap().as_str(), name);
    }

    #[rstest]
    #[case("a [x] [Conformance: [>=1.40]] [kubelet: [>=1.36]]", Some(40))]
    #[case("a [FutureConformance] [FutureConformance: [>=1.41.0]]", Some(41))]
    #[case("a [Conformance: [>=1.21, >=1.35]]", Some(21))]
    #[case("a [kubelet: [>=1.36]]", None)]
    #[case("a [Conformance: [>=x]]", None)]
    #[case("a [Conformance: [>=1.40]] b", None)]
    fn a_constraint_says_from_when_on(#[case] text: &str, #[case] minor: Option<u16>) {
        assert_eq!(required_in(text), minor.map(|minor| Release::new(1, minor)));
    }

    #[test]
    fn refuses_what_no_suite_has() {
        assert_eq!(TestName::new("[It]  "), Err(InvalidTestName::Empty));
        assert!(matches!(
            TestName::new(&"x".repeat(2000)),
            Err(InvalidTestName::TooLong { bytes: 2000 })
        ));
    }

    #[rstest]
    #[case("a b [Conformance]", "a b")]
    #[case("a b [Slow] [FutureConformance]", "a b [Slow]")]
    #[case("a [Conformance] b", "a [Conformance] b")]
    #[case(
        "a b [Conformance] [NodeConformance] [Serial]",
        "a b [NodeConformance] [Serial]"
    )]
    #[case("a b [FutureConformance] [Serial]", "a b [Serial]")]
    #[case("a [Slow] [Conformance] [Serial]", "a [Slow] [Serial]")]
    #[case("a [NodeConformance] [Serial]", "a [NodeConformance] [Serial]")]
    #[case("a [Slow][LinuxOnly]  [Conformance]", "a [Slow][LinuxOnly]")]
    #[case("[x] [Conformance] [Serial]", "[x] [Serial]")]
    #[case("a [x][y] [Conformance] [Serial] [FutureConformance]", "a [x][y] [Serial]")]
    fn a_promoted_test_stays_the_same(#[case] text: &str, #[case] identity: &str) {
        assert_eq!(TestName::new(text).unwrap().without_stage(), identity);
    }

    #[rstest]
    #[case("a b [Conformance]", Some(0))]
    #[case("a b [Conformance] [Slow] [Serial]", Some(2))]
    #[case("a b [FutureConformance] [Serial]", Some(1))]
    #[case("a [Conformance] b", None)]
    #[case("a [Slow]", None)]
    fn a_mark_is_put_back_where_it_stood(#[case] text: &str, #[case] behind: Option<usize>) {
        let name = TestName::new(text).unwrap();
        assert_eq!(name.tags_behind_stage(), behind);
        if let Some(behind) = behind {
            let tag = if name.has_tag("FutureConformance") {
                "[FutureConformance]"
            } else {
                "[Conformance]"
            };
            assert_eq!(with_stage(name.without_stage(), tag, behind), text);
        }
    }

    #[rstest]
    #[case(
        "[sig-windows] Density [Serial] [Slow] create pods",
        "[sig-windows] Density create pods [Serial] [Slow]"
    )]
    #[case(
        "[sig-node] Pods [NodeConformance] run [Slow] [Conformance]",
        "[sig-node] Pods run [NodeConformance] [Slow]"
    )]
    #[case("[sig-node] Pods run [LinuxOnly]", "[sig-node] Pods run [LinuxOnly]")]
    fn tags_that_moved_make_no_other_test(#[case] before: &str, #[case] after: &str) {
        assert_eq!(TestName::new(before).unwrap().settled(), after);
        assert_eq!(TestName::new(after).unwrap().settled(), after);
    }

    #[test]
    fn knows_tags_and_sig() {
        let name = TestName::new("[sig-network] Services serve [Slow][LinuxOnly] [Conformance]").unwrap();
        assert_eq!(name.sig(), Some("network"));
        assert!(name.has_tag("LinuxOnly") && name.has_tag("Slow") && !name.has_tag("Linux"));
    }
}
