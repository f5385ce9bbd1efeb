//! The page: whole, bounded, and never more than text where files and clusters speak.

use conform_suite::{
    Answer, Area, Outcome, TestName, TruthTable,
    evaluation::{Evaluation, Fact, Feature, InputReport, Look, Part, TestReport, Unreadable},
};

use super::{
    evaluation_badge, evaluation_html,
    offline_tests::{failing, report, run},
};

const HOSTILE: &str = "[sig-x] <script>alert(1)</script> \"' & </li><img src=x onerror=alert(1)> \u{202e}\u{1b}[2J [Conformance]";

/// What was measured of a network: a feature that is there with its table, and one that is not.
fn features(hostile: &str) -> [Feature; 2] {
    let way = |from: &str, to: &str, answer| (from.to_owned(), format!("{to}{hostile}"), answer);
    let table = TruthTable::new([
        way("pod on a", "cluster IP 10.96.0.9:80 TCP of local", Answer::Same),
        way(
            "node b",
            "cluster IP 10.96.0.9:80 TCP of local",
            Answer::Different,
        ),
        way(
            "node b",
            "node port 192.168.0.3:30000 TCP of local",
            Answer::NotMeasured,
        ),
    ]);
    let feature = |name: &str, status: &str, because: &[&str], table| Feature {
        name: format!("{name}{hostile}"),
        source: "KEP-2086".to_owned(),
        status: status.to_owned(),
        component: "kube-proxy nftables".to_owned(),
        same: 1,
        cells: 3,
        because: because.iter().map(|why| format!("{why}{hostile}")).collect(),
        table,
    };
    [
        feature(
            "internal-traffic-policy",
            "Unsupported",
            &["node b: expected refused, got a 96×"],
            table,
        ),
        feature("topology-aware", "NotApplicable", &["one zone"], None),
    ]
}

fn page(inputs: Vec<InputReport>) -> String {
    evaluation_html(&Evaluation::new(inputs, Vec::new())).unwrap()
}

/// The page without its style, its script and the long list.
fn told(page: &str) -> String {
    let lines = page
        .lines()
        .filter(|line| !line.starts_with("<li>[") && !line.starts_with("<meta"));
    let page: String = lines.collect::<Vec<_>>().join("\n");
    let (head, body) = (page.find("<style>").unwrap(), page.find("</style>").unwrap());
    format!("{}{}", &page[..head], &page[body..page.find("<script>").unwrap()])
}

#[test]
fn the_page_is_whole_and_asks_for_nothing() {
    let mut input = report(&failing());
    input.missed[0].component = Some("kube-proxy nftables".to_owned());
    input.context.components.push(Part {
        area: Area::ServiceProxy,
        name: "kube-proxy".to_owned(),
        mode: Some("nftables".to_owned()),
        version: None,
        nodes: 2,
        basis: "measured".to_owned(),
        evidence: "pods of DaemonSet kube-system/kube-proxy".to_owned(),
    });
    input.context.service_ranges.push(Look {
        topic: "Rights".to_owned(),
        state: "Warned".to_owned(),
        component: Some("Cilium".to_owned()),
        message: "may not read ServiceCIDRs".to_owned(),
    });
    input.context.capabilities.extend(features(""));
    let page = page(vec![input]);
    for outside in [
        "http://", "https://", "src=", "url(", "@import", "fetch(", "import(", "style=",
    ] {
        assert!(!page.contains(outside), "{outside}");
    }
    insta::assert_snapshot!(told(&page));
}

#[test]
fn the_end_of_a_log_is_in_the_excerpt() {
    let mut input = report(&failing());
    input.missed[0].message = Some("no answer\nat x.go:1".to_owned());
    input.missed[0].log = Some("I 1 asked\n<b>I 2</b> \u{1b}[2Jgave up".to_owned());
    let text = page(vec![input.clone()]);
    let excerpt = "no answer\nat x.go:1\n\nI 1 asked\n&#60;b&#62;I 2&#60;/b&#62; \u{fffd}[2Jgave up</pre>";
    assert!(text.contains(excerpt), "{text}");
    // The room for logs is bounded, whatever the files hold.
    let missed = TestReport {
        log: Some("x".repeat(2000)),
        ..input.missed[0].clone()
    };
    input.missed = vec![missed; 7000];
    let text = page(vec![input]);
    assert_eq!(text.matches("<article").count(), 200);
    assert!(text.len() < 1_000_000, "{}", text.len());
}

#[test]
fn the_search_is_there_whichever_input_has_tests() {
    let mut without = report(&run("a", &[]));
    without.tests = None;
    let with = || report(&run("b", &[]));
    let text = page(vec![without.clone(), with(), with()]);
    assert_eq!(text.matches("id=\"words\"").count(), 1);
    assert!(!page(vec![without]).contains("id=\"words\""));
}

#[test]
fn several_inputs_are_a_table_and_a_section_each() {
    let broken = Unreadable {
        source: "broken.xml".to_owned(),
        error: "byte 0: no".to_owned(),
    };
    let inputs = vec![report(&run("good", &[])), report(&failing())];
    let page = evaluation_html(&Evaluation::new(inputs, vec![broken])).unwrap();
    assert_eq!(page.matches("<section").count(), 3);
    assert_eq!(page.matches("id=\"words\"").count(), 1, "one search for all");
    for link in ["#input-1\"", "#input-2\"", "#unreadable-1\""] {
        assert!(page.contains(link), "{link}");
    }
}

#[test]
fn what_others_say_stays_text() {
    let mut input = report(&run("</title><script>alert(1)</script>", &[]));
    let mut test: TestReport = input.tests.as_ref().unwrap()[0].clone();
    test.name = TestName::new(HOSTILE).unwrap();
    test.outcome = Outcome::Failed;
    test.message = Some("]]></pre><script>alert(2)</script>\n\u{1b}[31mred".to_owned());
    test.component = Some("<b>cni</b>".to_owned());
    input.missed.push(test.clone());
    input.tests.as_mut().unwrap().push(test);
    input.certifiable.brief.push("<b>bold</b>".to_owned());
    input.certifiable.value = false;
    input.context.remarks.push("<b>remark</b>\u{1b}[2J".to_owned());
    input.context.capabilities.extend(features("<b>feature"));
    input.context.evidence.push(Fact::new("<b>", "<b>\" onload=\"x"));
    let broken = Unreadable {
        source: "<i>x</i>".to_owned(),
        error: "byte 0: <u>no</u>".to_owned(),
    };
    let page = evaluation_html(&Evaluation::new(vec![input], vec![broken])).unwrap();
    assert_eq!(page.matches("<script").count(), 1, "only the page's own");
    for tag in [
        "<img",
        "<b>bold",
        "<b>remark",
        "<b>cni",
        "<b>feature",
        "<b>\"",
        "<i>",
        "<u>",
        "\" onload",
    ] {
        assert!(!page.contains(tag), "{tag}");
    }
    assert!(!page.contains('\u{1b}') && !page.contains('\u{202e}'));
    assert!(page.contains("\u{fffd}[31mred"), "what was replaced is visible");
}

#[test]
fn a_whole_suite_fits() {
    let mut input = report(&run("a", &[]));
    let one = input.tests.as_ref().unwrap()[0].clone();
    let name = |number: usize| {
        format!(
            "[sig-storage] In-tree Volumes [Driver: local] [Testpattern: Dynamic PV (ext4)] volumes should store data {number:04}"
        )
    };
    let tests = (0..7600).map(|number| TestReport {
        name: TestName::new(&name(number)).unwrap(),
        ..one.clone()
    });
    input.tests = Some(tests.collect());
    let page = page(vec![input]);
    assert!(page.len() < 1_000_000, "{}", page.len());
    assert_eq!(page.matches("<li>[").count(), 7600);
}

#[test]
fn many_failures_are_bounded() {
    let mut input = report(&failing());
    let one = input.missed[0].clone();
    input.missed = vec![one; 450];
    let page = page(vec![input]);
    assert_eq!(page.matches("<article").count(), 200);
    assert!(page.contains("250 further failures: see the list of every requirement."));
}

#[test]
fn a_badge_says_the_verdict() {
    let of = |input: InputReport| evaluation_badge(&Evaluation::new(vec![input], Vec::new()));
    insta::assert_snapshot!(of(report(&failing())));
    let good = of(report(&run("<x>", &[])));
    assert!(
        good.contains("aria-label=\"Kubernetes 1.34: conformant\"") && !good.contains("<x>"),
        "{good}"
    );
    assert!(
        evaluation_badge(&Evaluation::new(Vec::new(), Vec::new()))
            .contains("Kubernetes conformance: undecided")
    );
}
