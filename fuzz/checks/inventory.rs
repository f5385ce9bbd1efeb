//! Any texts are read or refused as what a suite prints of itself, and what is to come does not bind before it may.

use conform_suite::Inventory;

/// What parts the three texts: the version, the list of tests, the list of requirements.
const PART: &str = "\n---\n";

/// Holds it against any bytes.
pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let mut parts = text.splitn(3, PART);
    let mut part = || parts.next().unwrap_or_default();
    let Ok(inventory) = Inventory::read(part(), part(), part()) else {
        return;
    };
    assert!(inventory.tests.is_sorted_by(|a, b| a < b));
    assert!(inventory.required.is_sorted_by(|a, b| a.name < b.name));
    for requirement in &inventory.required {
        let future = requirement.name.has_tag("FutureConformance");
        assert!(!future || requirement.required_in > inventory.release);
    }
}
