//! Any bytes are read or refused as a list of requirements, and what a list says never binds before it may.
#![no_main]

use conform_suite::{Release, RequirementList};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let suite = Release::new(1, 36);
    if let Ok(list) = RequirementList::read(text) {
        for requirement in list.requirements(suite) {
            let future = list.is_future() || requirement.name.has_tag("FutureConformance");
            assert!(!future || requirement.required_in > suite);
        }
    }
});
