//! Whatever is written can be read, and is the same; whatever is read does no harm.

use conform_gateway::{
    ConformanceReport, Findings,
    report::{self, API_V1, Implementation, KIND, Level, LevelResult, ProfileReport, Statistics},
    validate,
    yaml::{self, Entry, Node, Place, Scalar, Value},
};
use proptest::prelude::*;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,24}",
        "\\PC{0,12}",
        "[a-z:#@'\"\\\\\n\t -]{0,12}",
        Just("1.20".to_owned()),
        Just("no".to_owned()),
        Just("~".to_owned()),
        Just("2026-11-02T09:30:00Z".to_owned()),
        Just("- a".to_owned()),
        Just("\u{85}\u{2028}\u{feff}x".to_owned()),
    ]
}

fn names() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(text().prop_filter("a name", |text| !text.is_empty()), 0..4)
}

fn number() -> impl Strategy<Value = Option<u32>> {
    prop::option::weighted(0.9, any::<u32>())
}

/// What is there and says something: an empty field is an error of its own.
fn field() -> impl Strategy<Value = Option<String>> {
    prop::option::weighted(0.9, text())
}

/// Fields that no report has.
fn others() -> impl Strategy<Value = Vec<Entry>> {
    let scalar = prop_oneof![
        text().prop_map(Node::text),
        any::<u32>().prop_map(Node::number),
        Just(Node::of(Value::Scalar(Scalar::unquoted(String::new())))),
    ];
    let node = scalar.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|items| Node::of(Value::List(items))),
            prop::collection::btree_map("[a-z]{1,4}", inner, 0..3).prop_map(|fields| {
                let entries = fields.into_iter().map(|(key, value)| entry(key, value));
                Node::of(Value::Map(entries.collect()))
            }),
        ]
    });
    let fields = prop::collection::btree_map("x[a-zA-Z .:@-]{0,6}", node, 0..2);
    fields.prop_map(|fields| fields.into_iter().map(|(key, value)| entry(key, value)).collect())
}

fn entry(key: String, value: Node) -> Entry {
    Entry {
        key,
        place: Place::default(),
        value,
    }
}

prop_compose! {
    fn level()(
        result in prop_oneof![Just("success"), Just("partial"), Just("failure"), Just("odd")],
        passed in number(), skipped in number(), failed in number(),
        summary in field(), lists in (names(), names(), names(), names()), others in others(),
    ) -> Level {
        Level {
            result: Some(LevelResult::of(result)),
            statistics: Statistics { passed, skipped, failed, others: Vec::new() },
            summary,
            skipped_tests: lists.0,
            failed_tests: lists.1,
            supported_features: lists.2,
            unsupported_features: lists.3,
            others,
        }
    }
}

prop_compose! {
    fn profile()(name in field(), summary in field(), core in level(), extended in prop::option::of(level()), others in others())
        -> ProfileReport {
        ProfileReport { name, summary, core, extended, others }
    }
}

prop_compose! {
    fn any_report()(
        texts in (field(), field(), field(), field()),
        of in (field(), field(), field(), field(), names(), others()),
        profiles in prop::collection::vec(profile(), 0..3),
        provisional in names(), others in others(),
    ) -> ConformanceReport {
        ConformanceReport {
            api_version: Some(API_V1.to_owned()),
            kind: Some(KIND.to_owned()),
            date: texts.0,
            gateway_api_version: texts.1,
            gateway_api_channel: texts.2,
            mode: texts.3,
            implementation: Implementation {
                organization: of.0, project: of.1, url: of.2, version: of.3, contact: of.4, others: of.5,
            },
            profiles,
            succeeded_provisional_tests: provisional,
            others,
        }
    }
}

proptest! {
    // Reports are large: so many of them take a second.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_was_written_is_read_as_it_was(report in any_report()) {
        let written = report.to_yaml();
        let documents = yaml::read(written.as_bytes());
        prop_assert!(documents.is_ok(), "{documents:?}\n{written}");
        let mut documents = documents.unwrap_or_default();
        prop_assert_eq!(documents.len(), 1);
        if let Some(document) = documents.pop() {
            let (read, _) = report::read(document, &mut Findings::default());
            prop_assert_eq!(&read, &report, "{}", written);
            prop_assert_eq!(read.to_yaml(), written);
        }
    }

    #[test]
    fn nothing_makes_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        validate("v1.7/a-b/x-report.yaml", &bytes);
    }

    #[test]
    fn no_text_in_the_form_of_yaml_makes_the_reader_panic(
        lines in prop::collection::vec("[ ]{0,4}(- )?(apiVersion|profiles|core|name|spec|metadata|kubernetesVersion)?:? ?[a-z0-9@*&'\\[{|>-]{0,6}", 0..20)
    ) {
        let text = lines.join("\n");
        let mut validated = validate("v1.7/a-b/x-report.yaml", text.as_bytes());
        // Every place is in the file.
        let lines = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
        let findings = std::mem::take(&mut validated.findings).into_sorted();
        prop_assert!(findings.iter().all(|one| one.line <= lines + 1), "{findings:?}\n{text}");
    }
}
