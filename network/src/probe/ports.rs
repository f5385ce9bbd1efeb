//! Whether the end of a NetworkPolicy's range of ports counts. Pure.

use conform_crds::Component;

use super::{
    feature::{Feature, Unfit},
    verdict::{Row, Status},
};
use crate::agent::Made;

/// What one client met: without a policy, and with one that lets the first of two ports in as the end of a range.
#[derive(Clone, Debug, Default)]
pub struct Tries {
    /// In words.
    pub client: String,
    /// First and second port without the policy.
    pub before: [Option<Made>; 2],
    /// First and second port with it.
    pub after: [Option<Made>; 2],
    /// First and second port once it is gone again.
    pub again: [Option<Made>; 2],
}

fn open(made: Option<&Made>) -> Option<bool> {
    let made = made?;
    let answered = !made.answered.is_empty();
    let closed = made.silent > 0 || made.refused > 0;
    match (answered, closed) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

/// What all clients say together. Where the second port stays open, nothing enforces policies, and the end of a range has no
/// meaning.
pub fn judge(feature: &Feature, tries: &[Tries], components: &[Component]) -> Row {
    let mut row = Row::of(feature, components);
    row.cells = tries.len();
    let unclear = |why: String| Row::unfit(feature, Unfit::Unevaluated(why), components);
    let mut ignored = Vec::new();
    let mut unenforced = 0_usize;
    for tried in tries {
        let [before, after] =
            [&tried.before, &tried.after].map(|pair| pair.each_ref().map(|made| open(made.as_ref())));
        match (before, after) {
            ([Some(true), Some(true)], [Some(true), Some(false)]) => row.same += 1,
            ([Some(true), Some(true)], [Some(true), Some(true)]) => unenforced += 1,
            // Only if the policy was what closed it.
            ([Some(true), Some(true)], [Some(false), Some(_)])
                if tried.again.each_ref().map(|made| open(made.as_ref())) == [Some(true); 2] =>
            {
                ignored.push(format!(
                    "{}: the port at the end of the range is closed",
                    tried.client
                ));
            }
            _ => {
                return unclear(format!(
                    "{}: the ports could not be told open or closed",
                    tried.client
                ));
            }
        }
    }
    row.telling = row.same;
    if tries.is_empty() {
        return unclear("no client could try".to_owned());
    }
    if !ignored.is_empty() {
        (row.status, row.because) = (Status::Unsupported, ignored);
    } else if unenforced == tries.len() {
        let why = "a port that no policy lets in stays open: nothing here enforces NetworkPolicies";
        return Row::unfit(feature, Unfit::NotApplicable(why.to_owned()), components);
    } else if unenforced > 0 {
        let why = format!(
            "{unenforced} of {} clients reach a port that no policy lets in",
            tries.len()
        );
        (row.status, row.because) = (Status::Unsupported, vec![why]);
    } else {
        row.status = Status::Supported;
    }
    row
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{super::features::POLICY_PORTS, *};

    fn made(open: bool) -> Made {
        Made {
            answered: if open {
                [("a".to_owned(), 1)].into()
            } else {
                [].into()
            },
            silent: u32::from(!open),
            ..Made::default()
        }
    }

    fn tries(first: bool, second: bool) -> Tries {
        Tries {
            client: "pod on a".to_owned(),
            before: [Some(made(true)), Some(made(true))],
            after: [Some(made(first)), Some(made(second))],
            again: [Some(made(true)), Some(made(true))],
        }
    }

    #[rstest]
    #[case::counts(&[tries(true, false), tries(true, false)], Status::Supported)]
    #[case::ignored(&[tries(false, false)], Status::Unsupported)]
    #[case::nobody_enforces(&[tries(true, true)], Status::NotApplicable)]
    #[case::some_enforce(&[tries(true, true), tries(true, false)], Status::Unsupported)]
    #[case::silent(&[Tries { before: [None, None], ..tries(true, false) }], Status::Unevaluated)]
    #[case::lost_meanwhile(&[Tries { again: [Some(made(false)), Some(made(false))], ..tries(false, false) }], Status::Unevaluated)]
    #[case::isolated(&[Tries { before: [Some(made(false)), Some(made(false))], ..tries(false, false) }], Status::Unevaluated)]
    #[case::nothing(&[], Status::Unevaluated)]
    fn says(#[case] tries: &[Tries], #[case] status: Status) {
        assert_eq!(judge(&POLICY_PORTS, tries, &[]).status, status);
    }
}
