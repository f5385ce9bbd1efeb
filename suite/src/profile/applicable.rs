//! What the nodes of a cluster leave of the profiles of a run.

use super::{Applicability, NodeOs, Profile, profile};
use crate::SelectionError;

/// What the nodes of a cluster leave of the profiles of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applicable {
    /// Those that say something of the cluster, as they were given.
    pub profiles: Vec<&'static Profile>,
    /// Each of the others, and why it does not.
    pub not_applicable: Vec<(&'static Profile, String)>,
}

impl Applicable {
    /// Looks at the profiles of these names, for a cluster whose schedulable nodes have these values of the label
    /// `kubernetes.io/os`. Other systems than those that there are profiles for say nothing.
    pub fn of<'a>(
        profiles: &[String],
        os_labels: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, SelectionError> {
        let nodes: Vec<NodeOs> = os_labels.into_iter().filter_map(NodeOs::of_label).collect();
        let mut applicable = Self {
            profiles: Vec::new(),
            not_applicable: Vec::new(),
        };
        for name in profiles {
            let profile = profile(name)?;
            match profile.applies_to(&nodes) {
                Applicability::Applicable => applicable.profiles.push(profile),
                Applicability::NotApplicable { because } => {
                    applicable.not_applicable.push((profile, because));
                }
            }
        }
        Ok(applicable)
    }

    /// Why each profile that does not apply does not.
    pub fn reasons(&self) -> Vec<&str> {
        let reasons = self.not_applicable.iter();
        reasons.map(|(_, because)| because.as_str()).collect()
    }

    /// Whether a run with these profiles says anything of the cluster: it does if one of them does. Of a run that does
    /// not nothing may be concluded, and it need not start: its tests would all skip.
    pub fn run(&self) -> Applicability {
        if self.profiles.is_empty() && !self.not_applicable.is_empty() {
            Applicability::NotApplicable {
                because: self.reasons().join("; "),
            }
        } else {
            Applicability::Applicable
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const WHY: &str = "profile windows is about Windows nodes, and this cluster has none that is schedulable";

    fn of(profiles: &[&str], labels: &[&str]) -> Applicable {
        let profiles: Vec<String> = profiles.iter().map(|name| (*name).to_owned()).collect();
        Applicable::of(&profiles, labels.iter().copied()).unwrap()
    }

    #[rstest]
    #[case(&["windows"], &["linux", "windows"], &["windows"], None)]
    #[case(&["windows"], &["linux", "plan9", ""], &[], Some(WHY))]
    #[case(&["windows"], &[], &[], Some(WHY))]
    #[case(&["kubernetes", "windows"], &["linux"], &["kubernetes"], None)]
    #[case(&["kubernetes"], &[], &["kubernetes"], None)]
    fn a_run_goes_by_the_profiles_that_apply(
        #[case] profiles: &[&str],
        #[case] labels: &[&str],
        #[case] left: &[&str],
        #[case] because: Option<&str>,
    ) {
        let applicable = of(profiles, labels);
        let names: Vec<_> = applicable.profiles.iter().map(|profile| profile.name).collect();
        assert_eq!(names, left);
        assert_eq!(
            applicable.profiles.len() + applicable.not_applicable.len(),
            profiles.len()
        );
        let expected = because.map_or(Applicability::Applicable, |because| {
            Applicability::NotApplicable {
                because: because.to_owned(),
            }
        });
        assert_eq!(applicable.run(), expected);
    }

    #[test]
    fn every_windows_profile_needs_windows_nodes_and_no_other_does() {
        for profile in crate::profiles() {
            let needs = of(&[profile.name], &["linux"]).profiles.is_empty();
            assert_eq!(needs, profile.name.starts_with("windows"), "{}", profile.name);
            assert_eq!(of(&[profile.name], &["windows"]).reasons(), [""; 0]);
        }
    }

    #[test]
    fn a_profile_that_is_none_is_an_error() {
        assert!(Applicable::of(&["quik".to_owned()], ["linux"]).is_err());
    }
}
