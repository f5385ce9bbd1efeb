//! JUnit files that are made to hurt: each ends in bounded time and memory, with an error that has a place.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

use std::{
    fmt::Write,
    io::{BufReader, Read},
};

use conform_suite::{Junit, JunitError, Limits, Outcome, junit};
use rstest::rstest;

/// An input that is made while it is read: a start, something again and again, and how often.
struct Lazy {
    start: &'static [u8],
    again: &'static [u8],
    times: u64,
    at: usize,
    handed_on: u64,
}

impl Lazy {
    fn new(start: &'static str, again: &'static str, times: u64) -> Self {
        Self {
            start: start.as_bytes(),
            again: again.as_bytes(),
            times,
            at: 0,
            handed_on: 0,
        }
    }
}

impl Read for Lazy {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut written = 0;
        while written < buffer.len() {
            if self.at == self.start.len() {
                if self.times == 0 {
                    break;
                }
                (self.start, self.at, self.times) = (self.again, 0, self.times - 1);
            }
            let amount = (self.start.len() - self.at).min(buffer.len() - written);
            buffer[written..written + amount].copy_from_slice(&self.start[self.at..self.at + amount]);
            written += amount;
            self.at += amount;
        }
        self.handed_on += written as u64;
        Ok(written)
    }
}

fn read(lazy: &mut Lazy) -> Result<Junit, JunitError> {
    // An eighth of what is allowed otherwise, which says the same in an eighth of the time.
    let limits = Limits {
        bytes: 16 << 20,
        text: 2 << 20,
        ..Limits::default()
    };
    junit::read(BufReader::new(lazy), &limits)
}

#[rstest]
// 2 GB each.
#[case("<testsuite><testcase name='", "0123456789abcdef", "bytes in one piece", 3 << 20)]
#[case("<testsuite><testcase classname=\"&lt;", "0123456789abcdef", "bytes in one piece", 3 << 20)]
#[case("<testsuite><", "0123456789abcdef", "bytes in one piece", 3 << 20)]
#[case("<testsuite></", "0123456789abcdef", "bytes in one piece", 3 << 20)]
#[case("<testsuite><!--", "0123456789abcdef", "bytes in one piece", 3 << 20)]
#[case("<testsuite><![CDATA[", "0123456789abcdef", "bytes in one piece", 3 << 20)]
#[case("<testsuite>", "0123456789abcdef", "bytes in one piece", 3 << 20)]
#[case("<testsuite><testcase name='a'><failure>", "0123456789abcdef", "bytes in one piece", 3 << 20)]
#[case("<testsuite><testcase name='a'><failure>", "0123456789abc&#9;", "bytes", 17 << 20)]
#[case("<testsuite>", "<a><!-- --></a>", "bytes", 17 << 20)]
#[case("<testsuite>", "<a>", "nested elements", 1 << 20)]
#[case("<testsuite>", "<property name='a' value='b'/>", "properties", 1 << 20)]
#[case("<testsuite>", "<testcase name='[sig-x] a' status='skipped'/>", "test cases", 5 << 20)]
fn what_does_not_end_is_left_at_its_bound(
    #[case] start: &'static str,
    #[case] again: &'static str,
    #[case] expected: &str,
    #[case] most: u64,
) {
    let mut lazy = Lazy::new(start, again, 1 << 27);
    match read(&mut lazy) {
        Err(JunitError::TooLarge { what, at, .. }) => {
            assert!(what == expected && at <= most, "{what} at {at}");
        }
        other => panic!("{other:?}"),
    }
    assert!(lazy.handed_on <= most, "{} bytes were read", lazy.handed_on);
}

#[test]
fn ten_million_cases_stop_at_the_bound() {
    let case = "<testcase name='[It] [sig-storage] a test of no requirement' status='skipped'><skipped message='skipped'/></testcase>";
    let mut lazy = Lazy::new("<testsuite>", case, 10_000_000);
    let error = read(&mut lazy).unwrap_err();
    let at = 11 + 100_000 * case.len() as u64;
    assert_eq!(
        error,
        JunitError::TooLarge {
            at,
            what: "test cases",
            limit: 100_000
        }
    );
    assert!(lazy.handed_on < at + (1 << 20));
}

#[test]
fn laughs_are_refused_before_the_first() {
    let mut laughs = String::from("<?xml version=\"1.0\"?>\n<!DOCTYPE lolz [<!ENTITY lol \"lol\">");
    for number in 1..10 {
        let again = "&lol;".repeat(10);
        write!(laughs, "<!ENTITY lol{number} \"{again}\">").unwrap();
    }
    laughs.push_str("]><testsuite><testcase name=\"&lol9;\"/></testsuite>");
    assert_eq!(
        junit::read(laughs.as_bytes(), &Limits::default()),
        Err(JunitError::DocumentType { at: 22 })
    );
}

#[rstest]
#[case("<testsuite><testcase name='a\u{0}b'/></testsuite>", "a\u{fffd}b")]
#[case(
    "<testsuite><testcase name='a\u{1b}]0;b\u{7}'/></testsuite>",
    "a\u{fffd}]0;b\u{fffd}"
)]
#[case(
    "<testsuite><testcase name='a&#27;[31m&#x9b;b'/></testsuite>",
    "a\u{fffd}[31m\u{fffd}b"
)]
#[case("<testsuite><testcase name='a&#x202E;b'/></testsuite>", "a\u{fffd}b")]
fn names_are_printable_whatever_they_hold(#[case] file: &str, #[case] name: &str) {
    let junit = junit::read(file.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(junit.cases[0].name.as_str(), name);
}

#[rstest]
#[case(b"<testsuite><testcase name='\xc3('/></testsuite>", 11)]
#[case(b"<testsuite><testcase name='a'>\xff</testcase></testsuite>", 30)]
#[case(b"<testsuite></testsuit\xe9>", 11)]
#[case(b"<testsuite><!-- \xf0\x28 --></testsuite>", 11)]
#[case(b"<testsuite><\xff/></testsuite>", 11)]
fn invalid_utf8_is_refused_wherever_it_is(#[case] file: &[u8], #[case] place: u64) {
    match junit::read(file, &Limits::default()) {
        Err(JunitError::Malformed { at, .. }) => assert_eq!(at, place),
        other => panic!("{other:?}"),
    }
}

#[test]
fn of_a_name_that_comes_often_the_worst_counts_whatever_is_kept() {
    let file = "<testsuite><testcase name='a' status='passed'/><testcase name='a' status='skipped'/>\
                <testcase name='b' status='passed'/><testcase name='b' status='panicked'/></testsuite>";
    let all = junit::read(file.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(
        all.cases.iter().map(|case| case.outcome).collect::<Vec<_>>(),
        [Outcome::NotRun, Outcome::Panicked]
    );
    let measured = junit::read_telling(file.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(
        measured.cases.iter().map(|case| case.outcome).collect::<Vec<_>>(),
        [Outcome::Panicked]
    );
}

#[test]
fn an_input_that_fails_is_not_a_cut_file() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is on fire"))
        }
    }
    let result = junit::read(BufReader::new(b"<testsuite>".chain(Broken)), &Limits::default());
    assert_eq!(
        result,
        Err(JunitError::Read {
            at: 11,
            message: "the disk is on fire".to_owned()
        })
    );
}
