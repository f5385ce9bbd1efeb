//! Any bytes are read or refused as a list of requirements, and what a list says never binds before it may.

use conform_suite::{Release, RequirementList};

/// Holds it against any bytes.
pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let suite = Release::new(1, 36);
    if let Ok(list) = RequirementList::read(text) {
        for requirement in list.requirements(suite) {
            let future = list.is_future() || requirement.name.has_tag("FutureConformance");
            assert!(!future || requirement.required_in > suite);
        }
    }
}
