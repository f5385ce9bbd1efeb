use proptest::prelude::*;

use super::*;

const LOG: &str = "\
  I1122 06:46:52.048765   11289 e2e.go:109] Starting e2e run \"b2233c7e-6704-483b-9df9-222d6824b989\" on Ginkgo node 1
Running Suite: Kubernetes e2e suite - /usr/local/bin
Random Seed: \u{1b}[1m1755822115\u{1b}[0m - will randomize all specs
Will run \u{1b}[1m441\u{1b}[0m of \u{1b}[1m7348\u{1b}[0m specs
I0822 00:21:55.1 e2e.go:146] e2e test version: v1.36.3
I0822 00:21:55.2 e2e.go:152] kube-apiserver version: v1.36.2+vendor
SSS\u{1b}[38;5;10m•\u{1b}[0mSSS

\u{1b}[38;5;10m\u{1b}[1mRan 441 of 7348 Specs in 7241.975 seconds\u{1b}[0m
\u{1b}[38;5;10m\u{1b}[1mSUCCESS!\u{1b}[0m -- \u{1b}[38;5;10m\u{1b}[1m441 Passed\u{1b}[0m | 0 Failed | 2 Flaked | 0 Pending | 6907 Skipped
PASS
";

#[test]
fn a_whole_log_says_how_it_ended() {
    let summary = LogSummary {
        run_id: Some("b2233c7e-6704-483b-9df9-222d6824b989".to_owned()),
        suite_version: Some("v1.36.3".to_owned()),
        server_version: Some("v1.36.2+vendor".to_owned()),
        random_seed: Some(1_755_822_115),
        ran: Some(441),
        of: Some(7348),
        passed: Some(441),
        failed: Some(0),
        skipped: Some(6907),
        pending: Some(0),
        flaked: Some(2),
        suite_passed: Some(true),
        told: Told {
            starts: vec![4],
            counts: vec![9],
            successes: vec![10],
            server_versions: ["v1.36.2+vendor".to_owned()].into(),
            suite_versions: ["v1.36.3".to_owned()].into(),
            seeds: [1_755_822_115].into(),
            ..Told::default()
        },
    };
    assert_eq!(read_tail(LOG), summary);
}

#[test]
fn a_cut_log_says_what_it_came_to() {
    let (start, _) = LOG.split_once("\nSSS").unwrap();
    let summary = read_tail(start);
    assert_eq!(
        (summary.ran, summary.of, summary.passed, summary.suite_passed),
        (Some(441), Some(7348), None, None)
    );
}

#[test]
fn a_failed_suite_may_give_a_reason() {
    let summary =
        read_tail("FAIL! - Interrupted by User -- 40 Passed | 13 Failed | 0 Pending | 7526 Skipped");
    assert_eq!(
        (summary.passed, summary.failed, summary.suite_passed),
        (Some(40), Some(13), Some(false))
    );
}

#[test]
fn a_long_line_in_a_log_says_nothing() {
    let (head, tail) = LOG.split_once("SSS").unwrap();
    for middle in [0, 100, LINE_BYTES, 64 << 10, 327_687] {
        let log = format!("{head}{}\nSSS{tail}", "S".repeat(middle));
        let read = read(log.as_bytes()).unwrap();
        assert_eq!(read, read_tail(&log), "{middle}");
        assert_eq!(read.told.successes, [11]);
    }
    assert_eq!(read(&b"Ran 1 of \xff"[..]).unwrap(), LogSummary::default());
}

#[test]
fn what_stands_in_the_middle_of_a_long_log_counts() {
    let noise = "  STEP: Creating a kubernetes client\n".repeat(9000);
    let failed = LOG.replace("SUCCESS!", "FAIL!").replace("1755822115", "5");
    let log = format!("{failed}{noise}{LOG}");
    let summary = read(log.as_bytes()).unwrap();
    assert_eq!(summary.suite_passed, Some(true));
    let told = summary.told;
    assert_eq!((told.failures, told.counts), (vec![10], vec![9, 9020]));
    assert_eq!((told.seeds.len(), told.starts.len()), (2, 2));
}

#[test]
fn a_failed_end_stays_failed() {
    let log =
        "FAIL! -- 444 Passed | 2 Failed | 0 Pending | 7133 Skipped\nSUCCESS! -- 446 Passed | 0 Failed\n";
    let summary = read_tail(log);
    assert_eq!((summary.suite_passed, summary.passed), (Some(true), Some(446)));
    assert_eq!(
        (summary.told.failures.as_slice(), summary.told.ends()),
        (&[1][..], 2)
    );
}

#[test]
fn a_failed_suite_leaves_signs_besides_its_end() {
    let log = "\u{1b}[91m\u{1b}[1mSummarizing 1 Failure:\u{1b}[0m\nSummarizing 2 Failures:\n--- FAIL: TestE2E (7525.65s)\n\
               Test Suite Failed\r\n";
    let told = read_tail(log).told;
    let signs: Vec<(usize, &str)> = told.signs.iter().map(|(at, line)| (*at, line.as_str())).collect();
    let expected = [
        (1, "Summarizing 1 Failure:"),
        (2, "Summarizing 2 Failures:"),
        (3, "--- FAIL: TestE2E (7525.65s)"),
        (4, "Test Suite Failed"),
    ];
    assert_eq!(signs, expected);
}

#[test]
fn what_tests_write_is_no_statement_of_the_suite() {
    for line in [
        "  Summarizing 2 Failures:",
        "  --- FAIL: TestE2E (1s)",
        "--- FAIL: TestOther (1s)",
        "Aug 24 03:00:27.845: INFO: stdout: \"Test Suite Failed\"",
        "  Ran 1 of 2 Specs in 1 seconds",
        "Ran 1 of 2 things",
        "  FAIL! -- 1 Passed | 0 Failed",
        "  I1129 07:04:56.2      41 util.go:1] pod says kube-apiserver version: v1.2.3",
        "Summarizing all Failures",
    ] {
        assert_eq!(read_tail(line), LogSummary::default(), "{line}");
    }
}

#[test]
fn a_log_says_in_how_many_processes_tests_ran() {
    let log =
        "Running in parallel across \u{1b}[1m5\u{1b}[0m processes\r\nRunning in parallel across 25 nodes\n";
    assert_eq!(read_tail(log).told.processes, [5, 25].into());
    for line in [
        "  Running in parallel across 5 processes",
        "Running in parallel across 5 pods",
        "Running in parallel across many processes",
        "I0101 00:00:00.0 40 x.go:1] Running in parallel across 5 processes",
    ] {
        assert_eq!(read_tail(line), LogSummary::default(), "{line}");
    }
}

#[test]
fn every_version_that_a_log_names_is_kept() {
    let log = "Aug 24 03:00:27.837: INFO: kube-apiserver version: v1.24.7-gke.300\n  \
               I1129 07:04:56.2      41 e2e.go:254] kube-apiserver version: v1.36.3\nkube-apiserver version: v1.36.3\n";
    let told = read_tail(log).told;
    assert_eq!(
        told.server_versions,
        ["v1.24.7-gke.300".to_owned(), "v1.36.3".to_owned()].into()
    );
}

proptest! {
    #[test]
    fn any_text_is_read(text in any::<String>()) {
        read_tail(&text);
    }
}
