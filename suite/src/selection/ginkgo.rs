//! The arguments that make ginkgo run exactly the tests of a list.

/// Most bytes of names in one argument. Linux takes 128 KiB in one, and quoting is counted in.
const ARGUMENT_BYTES: usize = 48 << 10;

/// What ginkgo puts before a full name when it matches a focus: the description of the suite and a blank.
const SUITE: &str = "Kubernetes e2e suite ";

/// Focus arguments that match these names and no others; ginkgo runs what any of them matches.
///
/// Both ends are anchored: the front by the suite's description, since a `^` matches before it, the end by `$`.
pub(super) fn focus_args<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut args = Vec::new();
    let mut alternatives = String::new();
    for name in names {
        let quoted = regex::escape(name);
        if !alternatives.is_empty() && alternatives.len() + quoted.len() > ARGUMENT_BYTES {
            args.push(focus(&alternatives));
            alternatives.clear();
        }
        if !alternatives.is_empty() {
            alternatives.push('|');
        }
        alternatives.push_str(&quoted);
    }
    if !alternatives.is_empty() {
        args.push(focus(&alternatives));
    }
    args
}

fn focus(alternatives: &str) -> String {
    format!("--focus={SUITE}({alternatives})$")
}
