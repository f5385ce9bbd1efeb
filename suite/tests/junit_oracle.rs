//! The JUnit reader beside a general XML reader: on well-formed files, however they are laid out, both find the same.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

mod support;

use std::{collections::BTreeMap, time::Duration};

use conform_suite::{Case, Junit, Limits, Outcome, junit};
use proptest::prelude::*;
use quick_xml::{
    Reader,
    escape::{resolve_predefined_entity, unescape},
    events::{BytesStart, Event},
};

/// What a general reader finds of one test case.
#[derive(Debug, Default)]
struct Facts {
    name: String,
    status: Option<String>,
    time: f64,
    /// Element, type, message, text.
    child: Option<(String, Option<String>, Option<String>, String)>,
}

fn attribute(tag: &BytesStart<'_>, wanted: &str) -> Option<String> {
    let attribute = tag
        .attributes()
        .map(Result::unwrap)
        .find(|attribute| attribute.key.as_ref() == wanted)?;
    Some(unescape(&attribute.value).unwrap().into_owned())
}

/// The entries of a file, by a general reader.
fn facts(file: &str) -> Vec<Facts> {
    let mut reader = Reader::from_str(file);
    let (mut found, mut path) = (Vec::new(), Vec::new());
    loop {
        let event = reader.read_event().unwrap();
        let text = match &event {
            Event::Eof => return found,
            Event::Start(tag) | Event::Empty(tag) => {
                let name = tag.name().as_ref().to_owned();
                if name == "testcase" {
                    found.push(Facts {
                        name: attribute(tag, "name").unwrap(),
                        status: attribute(tag, "status"),
                        time: attribute(tag, "time").map_or(0.0, |time| time.parse().unwrap()),
                        child: None,
                    });
                } else if path.last().is_some_and(|parent| parent == "testcase")
                    && ["failure", "error", "skipped"].contains(&name.as_str())
                {
                    let child = (
                        name.clone(),
                        attribute(tag, "type"),
                        attribute(tag, "message"),
                        String::new(),
                    );
                    found.last_mut().unwrap().child = Some(child);
                }
                if matches!(event, Event::Start(_)) {
                    path.push(name);
                }
                continue;
            }
            Event::End(_) => {
                path.pop();
                continue;
            }
            Event::Text(text) => text.to_string(),
            Event::CData(text) => text.to_string(),
            Event::GeneralRef(name) => match name.resolve_char_ref().unwrap() {
                Some(character) => character.to_string(),
                None => resolve_predefined_entity(name).unwrap().to_owned(),
            },
            _ => continue,
        };
        let child = found.last_mut().and_then(|facts| facts.child.as_mut());
        if let Some((element, .., so_far)) = child
            && path.contains(element)
        {
            so_far.push_str(&text);
        }
    }
}

/// What the facts mean: the rules once more, for files in which status and child agree.
fn expected(facts: &Facts) -> (Outcome, Duration, bool, Option<String>) {
    let (outcome, filtered, said) = match &facts.child {
        None if facts.status.as_deref() == Some("skipped") => (Outcome::NotRun, true, String::new()),
        None => (Outcome::Passed, false, String::new()),
        Some((element, kind, message, text)) => {
            let said = message
                .clone()
                .filter(|message| !message.trim().is_empty())
                .unwrap_or_else(|| text.clone());
            match (element.as_str(), kind.as_deref(), said.trim()) {
                ("skipped", _, "skipped" | "") => (Outcome::NotRun, true, String::new()),
                ("skipped", _, reason) => {
                    let reason = reason.strip_prefix("skipped - ").unwrap_or(reason);
                    (Outcome::Skipped, false, reason.to_owned())
                }
                (_, Some("panicked"), _) => (Outcome::Panicked, false, said),
                (_, Some("interrupted"), _) => (Outcome::Interrupted, false, said),
                (_, Some("timedout"), _) => (Outcome::TimedOut, false, said),
                _ => (Outcome::Failed, false, said),
            }
        }
    };
    let said = said.trim().to_owned();
    (
        outcome,
        Duration::from_secs_f64(facts.time),
        filtered,
        (!said.is_empty()).then_some(said),
    )
}

fn both_agree(file: &str) -> Junit {
    let junit =
        junit::read(file.as_bytes(), &Limits::default()).unwrap_or_else(|error| panic!("{error}\n{file}"));
    let found = facts(file);
    let ours: BTreeMap<&str, _> = junit
        .cases
        .iter()
        .chain(&junit.nodes)
        .map(|case| {
            (
                case.name.as_str(),
                (case.outcome, case.duration, case.filtered, case.message.clone()),
            )
        })
        .collect();
    let theirs: BTreeMap<&str, _> = found
        .iter()
        .map(|facts| {
            (
                facts.name.strip_prefix("[It] ").unwrap_or(&facts.name).trim_end(),
                expected(facts),
            )
        })
        .collect();
    assert_eq!(ours, theirs, "{file}");
    assert_eq!(junit.truncated, None);
    telling_agrees(file.as_bytes(), &junit);
    junit
}

/// Keeping only what tells something gives just what started and what is marked.
fn telling_agrees(file: &[u8], all: &Junit) {
    let tells = |case: &&Case| !case.filtered || case.name.has_tag("Conformance");
    let measured = junit::read_telling(file, &Limits::default()).unwrap();
    let started: Vec<&Case> = all.cases.iter().filter(tells).collect();
    assert_eq!(measured.cases.iter().collect::<Vec<_>>(), started);
    assert_eq!(
        (
            &measured.nodes,
            &measured.properties,
            measured.filtered,
            &measured.truncated
        ),
        (&all.nodes, &all.properties, all.filtered, &all.truncated)
    );
}

#[test]
fn on_whole_files_both_find_the_same() {
    let junit = both_agree(&support::interrupted_run());
    assert_eq!(junit.cases.len() + junit.nodes.len(), support::ENTRIES);
    both_agree(&support::passed_run());
}

/// Text as a file spells it, each character in one of the ways there are.
fn spelled(quotes: bool) -> impl Strategy<Value = String> {
    let special = prop::sample::select(
        &[
            "&lt;", "&gt;", "&amp;", "&#39;", "&quot;", "&#xe9;", "é", "€", "/", "=", ">", "  ",
        ][..],
    );
    let plain = if quotes {
        "[a-zA-Z0-9 ]{1,6}"
    } else {
        "[a-z']{1,6}"
    };
    prop::collection::vec(
        prop_oneof![special.prop_map(str::to_owned), plain.prop_map(|text| text)],
        0..5,
    )
    .prop_map(|parts| parts.concat())
}

fn space() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[ \n\t]{0,3}", 1 => Just(" <!-- <a> & -- > --> ".to_owned()), 1 => Just("<?pi a>b ?>".to_owned())]
}

fn blank() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&[" ", "  ", "\n ", "\t", "\r\n"][..])
}

fn child() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        spelled(true),
        "[a-z<&]{0,9}".prop_map(|text| format!("<![CDATA[{text}]]>"))
    ];
    let failure = (
        prop::sample::select(&["failed", "panicked", "interrupted", "timedout"][..]),
        spelled(true),
        text.clone(),
    )
        .prop_map(|(kind, message, text)| {
            format!("<failure message=\"{message}\" type='{kind}'>{text}</failure>")
        });
    let skipped = prop_oneof![
        Just("<skipped message=\"skipped\"></skipped>".to_owned()),
        Just("<skipped/>".to_owned()),
        spelled(true).prop_map(|said| format!("<skipped message=\"skipped - x{said}\" />")),
        spelled(true).prop_map(|said| format!("<skipped>y{said}</skipped >")),
    ];
    prop_oneof![
        Just(String::new()),
        failure,
        skipped,
        Just("<system-err>a &gt; <![CDATA[<b>]]></system-err>".to_owned())
    ]
}

prop_compose! {
    fn entry()(
        name in spelled(true), number in 0..99_999_u32, blank in blank(), child in child(), space in space(),
        status_first: bool, single: bool, time in 0..9_999_u16,
    ) -> String {
        let quote = if single { '\'' } else { '"' };
        let name = format!("name{blank}={blank}{quote}[It] [sig-x] {number} {name}.{quote}");
        let status = match child.as_str() {
            child if child.starts_with("<failure") => "",
            child if child.starts_with("<skipped") => "status=\"skipped\"",
            _ => "status='passed'",
        };
        let (first, second) = if status_first { (status, name.as_str()) } else { (name.as_str(), status) };
        format!("<testcase{blank}{first} {second}{blank}classname='a>b' time=\"{time}e-3\">{space}{child}{space}</testcase{blank}>{space}")
    }
}

proptest! {
    #[test]
    fn however_they_are_laid_out_both_find_the_same(
        entries in prop::collection::btree_map(0..999_999_u32, entry(), 0..12), space in space(), declared: bool,
    ) {
        let declaration = if declared { "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" } else { "" };
        let entries: String = entries
            .into_iter()
            .map(|(number, entry)| entry.replacen("[sig-x] ", &format!("[sig-x] {number} "), 1))
            .collect();
        both_agree(&format!("{declaration}{space}<testsuites><testsuite a='1'>{space}{entries}</testsuite></testsuites>{space}"));
    }

    #[test]
    fn what_started_is_kept_whatever_repeats(
        entries in prop::collection::vec(
            ("[a-c]( \\[Conformance\\])?", prop::sample::select(&["passed", "failed", "skipped", "glowing", "timedout"][..])), 0..9),
    ) {
        let entries: String = entries
            .into_iter()
            .map(|(name, status)| format!("<testcase name='{name}' status='{status}'/>"))
            .collect::<Vec<_>>()
            .concat();
        let file = format!("<testsuite>{entries}</testsuite>");
        let all = junit::read(file.as_bytes(), &Limits::default()).unwrap();
        telling_agrees(file.as_bytes(), &all);
    }
}
