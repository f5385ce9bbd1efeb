//! Tarballs and folders of other tools, whole, cut and hostile. They are made here, byte by byte.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

mod support;

use std::io::{Read, Write};

use conform_suite::{
    ArchiveError, ArchiveLimits, Evidence, JunitError, Limits, Outcome,
    archive::{is_wanted, read_files, read_tarball},
};
use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use rstest::rstest;
use tar::{Builder, EntryType, Header};

const JUNIT: &str = "<testsuites><testsuite><testcase name='[It] [sig-apps] a' status='passed'/>\
    <testcase name='[It] [sig-apps] b' status='failed'><failure type='failed'>x</failure></testcase>\
    <testcase name='[It] [sig-apps] c' status='skipped'><skipped message='skipped'/></testcase></testsuite></testsuites>";
const LOG: &str = "Will run 2 of 3 specs\nRan 2 of 3 Specs in 7.5 seconds\nFAIL! -- 1 Passed | 1 Failed | 0 Pending | 1 Skipped\n";
const SERVER: &str = r#"{"major":"1","minor":"36","gitVersion":"v1.36.3"}"#;
const CONFIG: &str = r#"{"Description":"DEFAULT","UUID":"x","Version":"v0.57.3","ResultsDir":"/tmp"}"#;

#[derive(Default)]
struct Tar(Vec<u8>);

impl Tar {
    /// The header is written as bytes: the builder refuses the paths that matter here.
    fn entry(mut self, kind: EntryType, path: &str, content: &[u8]) -> Self {
        let mut header = Header::new_ustar();
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        self.0.extend_from_slice(header.as_bytes());
        self.0.extend_from_slice(content);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.entry(EntryType::Regular, path, content.as_ref())
    }

    fn plain(mut self) -> Vec<u8> {
        self.0.resize(self.0.len() + 1024, 0);
        self.0
    }

    fn packed(self) -> Vec<u8> {
        gzip(&self.plain())
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn read(bytes: impl AsRef<[u8]>) -> Result<Evidence, ArchiveError> {
    read_tarball(bytes.as_ref(), &ArchiveLimits::default())
}

fn outcomes(evidence: &Evidence) -> Vec<(String, Outcome)> {
    let files = evidence.suite_junit();
    files
        .iter()
        .flat_map(|junit| &junit.cases)
        .map(|case| (case.name.to_string(), case.outcome))
        .collect()
}

fn a_and_b() -> Vec<(String, Outcome)> {
    vec![
        ("[sig-apps] a".to_owned(), Outcome::Passed),
        ("[sig-apps] b".to_owned(), Outcome::Failed),
    ]
}

fn sonobuoy() -> Tar {
    Tar::default()
        .entry(EntryType::Directory, "plugins/", b"")
        .file("hosts/node-1/healthz.json", "{}")
        .file("meta/config.json", CONFIG)
        .file("plugins/e2e/definition.json", "{}")
        .file("plugins/e2e/results/global/e2e.log", LOG)
        .file("plugins/e2e/results/global/junit_01.xml", JUNIT)
        .file("plugins/systemd-logs/results/node-1/systemd_logs", "{}")
        .file("podlogs/sonobuoy/e2e/logs/junit_01.xml", "not read")
        .file("serverversion.json", SERVER)
}

#[test]
fn a_tarball_of_sonobuoy_says_what_happened() {
    for bytes in [sonobuoy().packed(), sonobuoy().plain()] {
        let evidence = read(bytes).unwrap();
        assert_eq!(outcomes(&evidence), a_and_b());
        assert_eq!(evidence.junit[0].path, "plugins/e2e/results/global/junit_01.xml");
        assert_eq!(evidence.junit[0].value.filtered, 1);
        assert_eq!(evidence.suite_log().unwrap().passed, Some(1));
        assert_eq!(evidence.versions.server.as_deref(), Some("v1.36.3"));
        assert_eq!(evidence.versions.tool.as_deref(), Some("v0.57.3"));
        assert_eq!((evidence.truncated, evidence.notes), (None, vec![]));
    }
}

#[test]
fn so_does_one_of_old() {
    let old = Tar::default()
        .file("./config.json", CONFIG)
        .file("./plugins/e2e/results/e2e.log", LOG)
        .file("./plugins/e2e/results/junit_01.xml", JUNIT)
        .file(
            "./plugins/e2e/results/junit_02.xml",
            JUNIT.replace("skipped", "passed"),
        )
        .file("./serverversion/serverversion.json", SERVER);
    let evidence = read(old.packed()).unwrap();
    assert_eq!(evidence.suite_junit().len(), 2);
    assert_eq!(evidence.versions.server.as_deref(), Some("v1.36.3"));
}

#[test]
fn a_real_size_is_no_trouble() {
    let file = support::interrupted_run();
    let evidence = read(
        Tar::default()
            .file("plugins/e2e/results/global/junit_01.xml", file)
            .packed(),
    )
    .unwrap();
    assert_eq!(outcomes(&evidence).len(), 446);
}

#[test]
fn a_folder_of_hydrophone_says_the_same() {
    let files = [
        ("e2e.log", LOG),
        ("./junit_01.xml", JUNIT),
        ("notes.txt", "not read"),
    ];
    let evidence = read_files(
        files.map(|(path, text)| (path, text.as_bytes())),
        &ArchiveLimits::default(),
    )
    .unwrap();
    assert_eq!(outcomes(&evidence), a_and_b());
    assert_eq!(evidence.suite_log().unwrap().failed, Some(1));
    assert!(is_wanted("e2e.log") && !is_wanted("notes.txt") && !is_wanted("../junit_01.xml"));
}

#[test]
fn what_is_packed_once_more_is_read_once() {
    let inner = Tar::default()
        .file("junit_01.xml", JUNIT)
        .file("e2e.tar.gz", Tar::default().packed());
    let inside = sonobuoy()
        .file("plugins/e2e/results/global/e2e.tar.gz", inner.packed())
        .packed();
    let evidence = read(inside).unwrap();
    assert_eq!(
        evidence
            .junit
            .iter()
            .map(|found| found.nested)
            .collect::<Vec<_>>(),
        [false, true]
    );
    assert_eq!(evidence.junit[1].plugin.as_deref(), Some("e2e"));
    assert_eq!(outcomes(&evidence), a_and_b());
    assert_eq!(evidence.notes.len(), 1, "{:?}", evidence.notes);

    let only = Tar::default().file("junit_01.xml", JUNIT).packed();
    let evidence = read(Tar::default().file("results/e2e.tar.gz", only).packed()).unwrap();
    assert_eq!(outcomes(&evidence), a_and_b());
}

#[test]
fn which_plugin_ran_the_suite_is_never_guessed() {
    let of = |names: [&str; 2]| {
        let paths = names.map(|name| format!("plugins/{name}/results/global/junit_01.xml"));
        let [first, second] = &paths;
        read(
            Tar::default()
                .file(first, JUNIT)
                .file(second, "<testsuite/>")
                .packed(),
        )
        .unwrap()
    };
    assert_eq!(outcomes(&of(["e2e", "other"])), a_and_b());
    assert_eq!(outcomes(&of(["mine", "mine"])), a_and_b());
    assert!(of(["mine", "other"]).suite_junit().is_empty());
}

#[rstest]
#[case("../junit_01.xml")]
#[case("plugins/../../junit_01.xml")]
#[case("/etc/junit_01.xml")]
#[case("a\\..\\..\\junit_01.xml")]
fn no_path_leads_out(#[case] path: &str) {
    let expected = ArchiveError::Path {
        path: path.to_owned(),
        at: 1024,
    };
    assert_eq!(
        read(Tar::default().file("a", "b").file(path, JUNIT).packed()),
        Err(expected)
    );
    let folder = read_files([(path, JUNIT.as_bytes())], &ArchiveLimits::default());
    assert!(matches!(folder, Err(ArchiveError::Path { .. })));
}

#[test]
fn a_long_name_is_a_path_like_any_other() {
    let deep = format!("plugins/e2e/results/global/{}/junit_01.xml", "x".repeat(200));
    let mut gnu = Builder::new(Vec::new());
    let mut header = Header::new_gnu();
    header.set_size(JUNIT.len() as u64);
    gnu.append_data(&mut header, &deep, JUNIT.as_bytes()).unwrap();
    assert_eq!(read(gnu.into_inner().unwrap()).unwrap().junit[0].path, deep);

    let record = |path: &str| {
        let length = path.len() + 10;
        format!("{length} path={path}\n")
    };
    let extended = |path: &str| {
        Tar::default()
            .entry(EntryType::XHeader, "pax", record(path).as_bytes())
            .file("short", JUNIT)
            .packed()
    };
    assert_eq!(read(extended(&deep)).unwrap().junit[0].path, deep);
    let out = "../".repeat(40);
    assert!(
        matches!(read(extended(&out)), Err(ArchiveError::Path { at: 1024, .. })),
        "{:?}",
        read(extended(&out))
    );
    let long = "x/".repeat(2000);
    assert!(matches!(
        read(extended(&long)),
        Err(ArchiveError::TooLarge {
            what: "bytes of a path",
            ..
        })
    ));
    let endless = Tar::default()
        .entry(EntryType::GNULongName, "name", &vec![b'x'; 100_000])
        .file("a", JUNIT);
    assert!(matches!(
        read(endless.packed()),
        Err(ArchiveError::TooLarge {
            what: "bytes of a path",
            ..
        })
    ));
}

#[rstest]
#[case(EntryType::Symlink, "a link")]
#[case(EntryType::Link, "a link")]
#[case(EntryType::Char, "neither a file nor a folder")]
#[case(EntryType::Block, "neither a file nor a folder")]
#[case(EntryType::Fifo, "neither a file nor a folder")]
fn links_and_devices_are_left_out(#[case] kind: EntryType, #[case] why: &str) {
    let evidence = read(
        Tar::default()
            .entry(kind, "junit_01.xml", b"")
            .file("junit_02.xml", JUNIT)
            .packed(),
    )
    .unwrap();
    assert_eq!(evidence.junit.len(), 1);
    assert_eq!(
        (evidence.notes[0].path.as_str(), evidence.notes[0].why),
        ("junit_01.xml", why)
    );
}

#[test]
fn names_are_printable() {
    let evidence = read(
        Tar::default()
            .entry(EntryType::Symlink, "a\u{1b}[2J\nb", b"")
            .packed(),
    )
    .unwrap();
    assert_eq!(evidence.notes[0].path, "a\u{fffd}[2J\u{fffd}b");
}

fn small() -> ArchiveLimits {
    ArchiveLimits {
        packed: 1 << 20,
        unpacked: 1 << 20,
        entries: 50,
        path: 100,
        files: 3,
        file: Limits::default(),
    }
}

#[test]
fn every_limit_holds() {
    let what = |tar: Vec<u8>| match read_tarball(&*tar, &small()) {
        Err(ArchiveError::TooLarge { what, entry, .. }) => (what, entry),
        other => panic!("{other:?}"),
    };
    let many = (0..60).fold(Tar::default(), |tar, number| tar.file(&number.to_string(), ""));
    assert_eq!(what(many.packed()), ("entries", "49".to_owned()));
    let files = (0..4).fold(Tar::default(), |tar, number| {
        tar.file(&format!("junit_{number}.xml"), JUNIT)
    });
    assert_eq!(what(files.packed()).0, "results files");
    let noise: Vec<u8> = (0..2_000_000_u32)
        .map(|number| number.wrapping_mul(2_654_435_761).to_be_bytes()[1])
        .collect();
    assert_eq!(what(Tar::default().file("noise", &noise).packed()).1, "noise");
    let folder = read_files([("e2e.log", std::io::repeat(b'x'))], &small());
    assert!(
        matches!(
            folder,
            Err(ArchiveError::TooLarge {
                what: "bytes, unpacked",
                ..
            })
        ),
        "{folder:?}"
    );
}

#[rstest]
#[case("plugins/e2e/results/global/junit_01.xml")]
#[case("plugins/e2e/results/global/e2e.log")]
#[case("plugins/e2e/results/global/report.json")]
#[case("serverversion.json")]
#[case("not/read")]
fn a_bomb_stops_at_the_limit(#[case] path: &str) {
    let bomb = Tar::default()
        .file("before", "x")
        .file(path, vec![b' '; 64 << 20])
        .packed();
    assert!(bomb.len() < 1 << 20);
    let error = read_tarball(&*bomb, &small()).unwrap_err();
    let ArchiveError::TooLarge {
        entry,
        at,
        what,
        limit,
    } = error
    else {
        panic!("{error:?}")
    };
    assert_eq!((entry.as_str(), what, limit), (path, "bytes, unpacked", 1 << 20));
    assert!(at <= (1 << 20) + (64 << 10), "{at}");
}

#[test]
fn a_bomb_in_a_bomb_shares_the_limit() {
    let inner = Tar::default().file("junit_01.xml", vec![b' '; 32 << 20]).packed();
    let bomb = Tar::default().file("e2e.tar.gz", inner).packed();
    assert!(matches!(
        read_tarball(&*bomb, &small()),
        Err(ArchiveError::TooLarge {
            what: "bytes, unpacked",
            ..
        })
    ));
}

#[test]
fn a_bad_file_is_named() {
    let error = read(
        Tar::default()
            .file("junit_01.xml", "<!DOCTYPE x><testsuite/>")
            .packed(),
    )
    .unwrap_err();
    let source = JunitError::DocumentType { at: 0 };
    assert_eq!(
        error,
        ArchiveError::Junit {
            path: "junit_01.xml".to_owned(),
            source
        }
    );
}

#[test]
fn what_is_no_archive_is_refused() {
    let mut damaged = Tar::default().file("a", "b").plain();
    damaged[3] = b'!';
    for bytes in [damaged.clone(), gzip(&damaged), vec![b'x'; 2000]] {
        assert!(
            matches!(read(&bytes), Err(ArchiveError::Malformed { .. })),
            "{:?}",
            read(&bytes)
        );
    }
    let mut packed = sonobuoy().packed();
    packed[12] ^= 0xff;
    assert!(read(&packed).is_err() || read(&packed).unwrap().truncated.is_some());
}

#[test]
fn an_input_that_fails_is_an_error() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is on fire"))
        }
    }
    let half = sonobuoy().packed();
    let result = read_tarball((&half[..half.len() / 2]).chain(Broken), &ArchiveLimits::default());
    assert!(
        matches!(
            result,
            Err(ArchiveError::Read { .. } | ArchiveError::Junit { .. })
        ),
        "{result:?}"
    );
}

#[test]
fn a_tarball_cut_anywhere_gives_what_it_holds() {
    for whole in [sonobuoy().packed(), sonobuoy().plain()] {
        let end = if whole.starts_with(&[0x1f, 0x8b]) {
            whole.len()
        } else {
            whole.len() - 1024
        };
        for at in (0..end).step_by(3) {
            let evidence = read(&whole[..at]).unwrap_or_else(|error| panic!("cut at {at}: {error}"));
            let cut_junit = evidence.junit.iter().any(|found| found.value.truncated.is_some());
            // Between two entries of a plain tarball nothing tells its end from a cut.
            let seamless = whole.len() != end && at % 512 == 0;
            assert!(
                evidence.truncated.is_some() || cut_junit || seamless,
                "cut at {at}: {evidence:?}"
            );
            for junit in evidence.suite_junit() {
                assert!(
                    junit
                        .cases
                        .iter()
                        .all(|case| a_and_b().contains(&(case.name.to_string(), case.outcome)))
                );
            }
        }
    }
}

proptest! {
    #[test]
    fn any_damage_is_read_or_refused(at in 0..9000_usize, byte: u8, length in 0..600_usize) {
        for mut bytes in [sonobuoy().packed(), sonobuoy().plain()] {
            let at = at % bytes.len();
            let end = (at + length).min(bytes.len());
            bytes.splice(at..end, [byte]);
            let _ = read_tarball(&*bytes, &small());
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = read_tarball(&*bytes, &small());
        let _ = read_tarball(&*gzip(&bytes), &small());
    }
}
