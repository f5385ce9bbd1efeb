//! What PRODUCT.yaml says, and under which names files lie there.

use super::*;

#[test]
fn a_file_in_another_case_counts_only_where_the_exact_one_is_missing() {
    let mut given = whole(RELEASE);
    given.files[1].name = "product.yaml".to_owned();
    let only = |given: &Submission| check_of(given, terms(), Check::FilesOnly).message;
    assert_eq!(
        only(&given),
        "these do not belong there: product.yaml, whose name has to be PRODUCT.yaml"
    );
    let mut second = given.files[1].clone();
    (second.name, second.bytes) = ("Product.yaml".to_owned(), Some(0));
    given.files.push(HandedIn {
        name: PRODUCT.to_owned(),
        ..given.files[1].clone()
    });
    given.files.push(second);
    assert_eq!(
        only(&given),
        "these do not belong there: product.yaml; Product.yaml"
    );
    assert_eq!(failing(&given), ["files-only"]);
}

#[rstest]
#[case("distribution", true, "distribution")]
#[case("hosted platform", true, "hosted platform")]
#[case("installer", true, "installer")]
#[case(
    "hosted",
    true,
    "hosted is taken, though the programme's instructions say: distribution, hosted platform, installer"
)]
#[case(
    "platform",
    true,
    "platform is taken, though the programme's instructions say: distribution, hosted platform, installer"
)]
#[case(
    "Distribution",
    true,
    "Distribution is taken, though the programme's instructions say: distribution, hosted platform, installer"
)]
#[case(
    "Example - Setup",
    true,
    "Example - Setup is taken, though the programme's instructions say: distribution, hosted platform, installer"
)]
#[case("", false, "type \"\" is none of: distribution, hosted platform, installer")]
fn what_real_products_are(#[case] kind: &str, #[case] taken: bool, #[case] message: &str) {
    let mut given = whole(RELEASE);
    field(&mut given, "type", kind);
    let report = check_of(&given, terms(), Check::ProductType);
    assert_eq!(
        (report.state == CheckState::Passed, report.message.as_str()),
        (taken, message)
    );
}

#[rstest]
#[case(
    "product_logo_url",
    "https://example.org/our logo.svg",
    CheckState::Passed,
    "product_logo_url: \"https://example.org/our logo.svg\" is taken, though it is no plain URL"
)]
#[case(
    "contact_email_address",
    "Example Team <team@example.org>",
    CheckState::Passed,
    "contact_email_address: \"Example Team <team@example.org>\" is taken, though it is no plain e-mail address"
)]
#[case(
    "website_url",
    "https://example.org#a",
    CheckState::Failed,
    "website_url: \"https://example.org#a\" is no URL"
)]
#[case(
    "repo_url",
    "<Not Available>",
    CheckState::Failed,
    "repo_url: \"<Not Available>\" is no URL"
)]
#[case(
    "contact_email_address",
    "team",
    CheckState::Failed,
    "contact_email_address: \"team\" is no e-mail address"
)]
#[case(
    "website_url",
    "https://example.org",
    CheckState::Passed,
    "URLs and address are well-formed"
)]
fn addresses_that_the_bot_takes_pass(
    #[case] name: &str,
    #[case] value: &str,
    #[case] state: CheckState,
    #[case] message: &str,
) {
    let mut given = whole(RELEASE);
    field(&mut given, name, value);
    let report = check_of(&given, terms(), Check::ProductSyntax);
    assert_eq!((report.state, report.message.as_str()), (state, message));
}

#[rstest]
#[case(25, CheckState::Passed)]
#[case(26, CheckState::Failed)]
fn a_contact_is_asked_for_from_a_release_on(#[case] minor: u16, #[case] state: CheckState) {
    let mut given = whole(RELEASE);
    field(&mut given, "contact_email_address", "");
    given.folder = format!("v1.{minor}/example");
    assert_eq!(check_of(&given, terms(), Check::ProductComplete).state, state);
    field(&mut given, "vendor", "");
    assert_eq!(
        check_of(&given, terms(), Check::ProductComplete).state,
        CheckState::Failed
    );
}

#[test]
fn names_of_products_are_no_markup_in_a_readme() {
    let yaml = PRODUCT_YAML.replace("Example Kubernetes", "\"<img src=x> [a](b) *c* `d` # e\"");
    let given = whole(RELEASE);
    let text = readme(&given, &Product::read(yaml.as_bytes()).unwrap(), RanBy::Others);
    let first = text.lines().next().unwrap();
    assert!(
        first.contains(r"&lt;img src=x&gt; \[a\](b) \*c\* \`d\` \# e"),
        "{first}"
    );
}
