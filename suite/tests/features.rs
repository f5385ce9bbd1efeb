//! What the catalogue of features says of upstream's tests, against the names of the tests of real suites.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::{collections::BTreeSet, fs, io::Read, path::PathBuf};

use conform_suite::{FeatureTest, Release, TestName, features};
use flate2::read::GzDecoder;

/// The names of every test of each suite that there are, without stage tags.
fn suites() -> Vec<(Release, BTreeSet<String>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/names");
    let suite = |entry: fs::DirEntry| {
        let file = entry.file_name().into_string().unwrap();
        let release = file.strip_suffix(".txt.gz").unwrap().parse().unwrap();
        let mut names = String::new();
        GzDecoder::new(fs::File::open(entry.path()).unwrap())
            .read_to_string(&mut names)
            .unwrap();
        let names = names.lines().map(|name| TestName::new(name).unwrap());
        (
            release,
            names.map(|name| name.without_stage().to_owned()).collect(),
        )
    };
    let mut suites: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| suite(entry.unwrap()))
        .collect();
    suites.sort_by_key(|(release, _)| *release);
    suites
}

fn tests() -> impl Iterator<Item = &'static FeatureTest> {
    features().flat_map(|feature| feature.tests)
}

#[test]
fn every_suite_from_the_first_on_has_the_test_under_one_of_its_names() {
    for (release, names) in suites() {
        for test in tests() {
            let of_suite: Vec<&str> = test.names().filter(|name| names.contains(*name)).collect();
            let expected = usize::from(test.first_suite.is_none_or(|first| first <= release));
            assert_eq!(
                of_suite.len(),
                expected,
                "{release}: {of_suite:?} of {}",
                test.name
            );
        }
    }
}

#[test]
fn the_name_is_the_newest_and_each_earlier_one_is_some_suite_s() {
    let suites = suites();
    let (_, newest) = suites.last().unwrap();
    for test in tests() {
        assert!(newest.contains(test.name), "{}", test.name);
        for earlier in test.earlier {
            let has = suites.iter().any(|(_, names)| names.contains(*earlier));
            assert!(has, "{earlier}");
        }
    }
}
