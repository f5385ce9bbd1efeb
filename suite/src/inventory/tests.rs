use rstest::rstest;

use super::*;

const TESTS: &str = "\
I1122 06:46:52.048455   11289 test_context.go:528] a line of the log
The following spec names can be used:
    test/e2e/network/service.go:733: [sig-network] Services should serve [Conformance]
    test/e2e/network/dns.go:41: [sig-network] DNS should resolve: names [Conformance]
    test/e2e/network/service.go:4116: [sig-network] Services should support ports [FutureConformance] [Conformance: [>=1.40]]
    test/e2e/network/service.go:4200: [sig-network] Services should do more [FutureConformance]
    test/e2e/network/service.go:4300: [sig-network] Services may do something
    test/e2e/network/service.go:4300: [sig-network] Services may do something

";

const REQUIRED: &str = "
- testname: Serve
  codename: '[sig-network] Services should serve
    [Conformance]'
  description: free text
  release: v1.9, v1.37
  file: test/e2e/network/service.go
- testname: Serve
  codename: '[sig-network] DNS should resolve: names [Conformance]'
  release: \"1.25\"
";

fn read(tests: &str, required: &str) -> Result<Inventory, InventoryError> {
    Inventory::read("v1.36.3\n", tests, required)
}

fn life(inventory: &Inventory) -> Vec<(&str, Release)> {
    inventory
        .required
        .iter()
        .map(|requirement| (requirement.name.as_str(), requirement.required_in))
        .collect()
}

#[test]
fn a_requirement_is_in_force_from_its_first_release_on() {
    let inventory = read(TESTS, REQUIRED).unwrap();
    assert_eq!(
        (inventory.release, inventory.version.as_str()),
        (Release::new(1, 36), "v1.36.3")
    );
    assert_eq!(inventory.tests.len(), 5);
    let expected = [
        (
            "[sig-network] DNS should resolve: names [Conformance]",
            Release::new(1, 25),
        ),
        (
            "[sig-network] Services should do more [FutureConformance]",
            Release::new(1, 37),
        ),
        (
            "[sig-network] Services should serve [Conformance]",
            Release::new(1, 9),
        ),
        (
            "[sig-network] Services should support ports [FutureConformance]",
            Release::new(1, 40),
        ),
    ];
    assert_eq!(life(&inventory), expected);
    assert!(
        inventory
            .required
            .iter()
            .all(|requirement| requirement.authority == Authority::Upstream)
    );
}

#[rstest]
#[case("'a [Conformance]'", "v1.38", 38)]
#[case("'a [FutureConformance]'", "v1.40", 40)]
#[case("'a [FutureConformance] [Conformance: [>=1.41]]'", "''", 41)]
#[case("'a [FutureConformance]'", "v1.20", 37)]
fn every_proposed_shape_of_a_future_requirement_is_understood(
    #[case] name: &str,
    #[case] release: &str,
    #[case] minor: u16,
) {
    let inventory = read(TESTS, &format!("- {{codename: {name}, release: {release}}}")).unwrap();
    let own = inventory
        .required
        .iter()
        .find(|requirement| requirement.name.as_str().starts_with("a "))
        .unwrap();
    assert_eq!(own.required_in, Release::new(1, minor));
    assert_eq!(own.stage(Release::new(1, 36)), crate::Stage::Future);
    assert_eq!(own.stage(Release::new(1, minor)), crate::Stage::Present);
}

#[rstest]
#[case("a [FutureConformance]", 37)]
#[case("a [FutureConformance] [Conformance: [>=1.40]]", 40)]
#[case("a [FutureConformance: [>=1.40]]", 40)]
#[case("a [Conformance] [Conformance: [>=1.40]]", 40)]
fn a_name_alone_can_say_that_its_test_is_to_come(#[case] name: &str, #[case] minor: u16) {
    let inventory = read(&format!("{TESTS}    a.go:1: {name}\n"), REQUIRED).unwrap();
    let own = inventory
        .required
        .iter()
        .find(|one| one.name.as_str().starts_with('a'));
    let own = own.unwrap();
    assert_eq!(own.required_in, Release::new(1, minor));
    assert_eq!(own.stage(Release::new(1, 36)), crate::Stage::Future);
}

#[test]
fn a_constraint_serves_where_the_list_has_no_release() {
    let list = "- {codename: 'a [Conformance] [Conformance: [>=1.21]]'}";
    assert_eq!(
        life(&read(TESTS, list).unwrap())[2],
        ("a [Conformance]", Release::new(1, 21))
    );
}

#[rstest]
#[case("", REQUIRED, "--list-tests: names no test")]
#[case(
    "    no place\n",
    REQUIRED,
    "--list-tests, line 1: \"no place\" is not a place and a test's name"
)]
#[case("    a.go:7: [It] \n", REQUIRED, "--list-tests, line 1: a test name is empty")]
#[case(TESTS, "[]", "--list-conformance-tests: names no test")]
#[case(
    TESTS,
    "- {codename: a, release: x}",
    "--list-conformance-tests, entry 1 at line 1 (a): \"x\" is not a Kubernetes release: write it like 1.36"
)]
#[case(
    TESTS,
    "- {codename: '', release: v1.9}",
    "--list-conformance-tests, entry 1 at line 1: a test name is empty"
)]
fn an_error_names_the_input_and_the_place(
    #[case] tests: &str,
    #[case] required: &str,
    #[case] message: &str,
) {
    assert_eq!(read(tests, required).unwrap_err().to_string(), message);
}

#[test]
fn yaml_that_is_no_list_is_an_error_with_its_place() {
    for text in ["{", "a: b", "- 1", "- codename: [", "&a [*a]"] {
        assert!(
            matches!(read(TESTS, text), Err(InventoryError::Yaml { .. })),
            "{text}"
        );
    }
}

#[test]
fn a_suite_without_a_version_is_refused() {
    let error = Inventory::read("v0.0.0-master+$Format:%H$", TESTS, REQUIRED).unwrap_err();
    assert!(matches!(error, InventoryError::Unversioned { .. }));
    assert!(matches!(
        Inventory::read("", TESTS, REQUIRED),
        Err(InventoryError::Version(_))
    ));
}

#[test]
fn sizes_are_bounded() {
    let many = "    a.go:1: a\n".repeat(MAX_ENTRIES + 1);
    assert!(matches!(
        read(&many, REQUIRED),
        Err(InventoryError::TooMany { .. })
    ));
    assert!(matches!(
        read(&" ".repeat(MAX_BYTES + 1), REQUIRED),
        Err(InventoryError::TooLarge { .. })
    ));
}
