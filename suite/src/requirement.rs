//! One behaviour that a cluster must show, and from when on.

use serde::{Deserialize, Serialize};

use crate::{Area, Authority, Release, Stage, TestName};

/// One behaviour that a cluster must show: the test that shows it, and the release that requires it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Requirement {
    /// The test that shows the behaviour.
    pub name: TestName,
    /// The first release whose clusters must show it.
    pub required_in: Release,
    /// Who says so.
    pub authority: Authority,
    /// The part of a cluster that is under test.
    pub area: Area,
}

impl Requirement {
    /// The stage of this requirement for a cluster of release `server`.
    ///
    /// Present means that the suite requires it at or before that release. What only a catalogue or a profile says
    /// stays future however old it grows: nobody but upstream can make a cluster nonconformant. What a user requires
    /// runs with the future requirements, so that the files of the present ones can be submitted; see [`Self::is_due`].
    pub fn stage(&self, server: Release) -> Stage {
        match self.authority {
            Authority::Upstream if self.required_in <= server => Stage::Present,
            Authority::Upstream | Authority::Advisory | Authority::User => Stage::Future,
        }
    }

    /// True if a user requires it of clusters of release `server`: missing it is a failure and no warning.
    pub fn is_due(&self, server: Release) -> bool {
        self.authority == Authority::User && self.required_in <= server
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(Authority::Upstream, 35, Stage::Present)]
    #[case(Authority::Upstream, 36, Stage::Present)]
    #[case(Authority::Upstream, 37, Stage::Future)]
    #[case(Authority::Advisory, 35, Stage::Future)]
    #[case(Authority::Advisory, 37, Stage::Future)]
    #[case(Authority::User, 36, Stage::Future)]
    fn only_upstream_can_require_now(#[case] authority: Authority, #[case] minor: u16, #[case] stage: Stage) {
        let name = TestName::new("[sig-network] Services serve").unwrap();
        let requirement = Requirement {
            area: Area::of(&name),
            name,
            required_in: Release::new(1, minor),
            authority,
        };
        assert_eq!(requirement.stage(Release::new(1, 36)), stage);
    }
}
