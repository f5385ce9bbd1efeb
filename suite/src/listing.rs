//! The tests of a release, by profile, stage and area.

use serde::Serialize;

use crate::{
    Area, Authority, Profile, Release, Requirement, Stage, TestName,
    evaluation::{Criteria, UnknownRelease},
};

/// Which tests to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those that this profile takes.
    pub profile: Option<&'static Profile>,
    /// Only those of this stage.
    pub stage: Option<Stage>,
    /// Only those of this area.
    pub area: Option<Area>,
    /// No future ones that bind after this release.
    pub to: Option<Release>,
}

/// One test that is required, or is going to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Listed {
    /// The test.
    pub name: TestName,
    /// Its stage for the release.
    pub stage: Stage,
    /// The release that requires it; of an advisory one the earliest that could.
    pub required_in: Release,
    /// Who says so.
    pub authority: Authority,
    /// The part of the cluster under test.
    pub area: Area,
    /// The SIG that owns it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sig: Option<String>,
    /// What its name is tagged with, besides SIG and stage.
    pub tags: Vec<String>,
    /// Why the profile takes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// The tests that a release requires or that later ones will, sorted by stage, release and name.
pub fn listing(release: Release, filter: &Filter) -> Result<Vec<Listed>, UnknownRelease> {
    let demands = Criteria::new(filter.to).demands(release)?;
    let listed = demands
        .requirements()
        .filter_map(|requirement| Listed::of(requirement, release, filter));
    Ok(listed.collect())
}

impl Listed {
    fn of(requirement: &Requirement, release: Release, filter: &Filter) -> Option<Self> {
        let stage = requirement.stage(release);
        let Requirement {
            name,
            required_in,
            authority,
            area,
        } = requirement.clone();
        if filter.stage.is_some_and(|wanted| wanted != stage)
            || filter.area.is_some_and(|wanted| wanted != area)
        {
            return None;
        }
        let why = match filter.profile {
            None => None,
            Some(profile) => {
                let choice = match stage {
                    Stage::Present => &profile.present,
                    Stage::Future => &profile.future,
                };
                Some(choice.why(&name, area)?)
            }
        };
        Some(Self {
            sig: name.sig().map(str::to_owned),
            tags: tags(&name),
            name,
            stage,
            required_in,
            authority,
            area,
            why,
        })
    }
}

/// What a name is tagged with, besides SIG and stage: `Serial`, `Slow`, `LinuxOnly` …
pub fn tags(name: &TestName) -> Vec<String> {
    let parts = name.without_stage().split('[').skip(1);
    let tags = parts.filter_map(|part| part.split_once(']')).map(|(tag, _)| tag);
    tags.filter(|tag| !tag.starts_with("sig-"))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile;

    const RELEASE: Release = Release::new(1, 34);

    fn count(filter: &Filter) -> usize {
        listing(RELEASE, filter).unwrap().len()
    }

    #[test]
    fn filters_narrow_and_say_why() {
        let all = Filter::default();
        let stage = |stage| Filter {
            stage: Some(stage),
            ..Filter::default()
        };
        assert_eq!(count(&stage(Stage::Present)), 424);
        assert_eq!(
            count(&stage(Stage::Present)) + count(&stage(Stage::Future)),
            count(&all)
        );
        let dns = Filter {
            profile: Some(profile("dns").unwrap()),
            ..stage(Stage::Present)
        };
        let area = Filter {
            area: Some(Area::Dns),
            ..stage(Stage::Present)
        };
        let (dns, area) = (listing(RELEASE, &dns).unwrap(), listing(RELEASE, &area).unwrap());
        assert_eq!((dns.len(), dns[0].why.as_deref()), (area.len(), Some("area dns")));
        let near = Filter {
            to: Some(Release::new(1, 35)),
            ..stage(Stage::Future)
        };
        assert!(
            listing(RELEASE, &near)
                .unwrap()
                .iter()
                .all(|one| one.required_in == Release::new(1, 35))
        );
    }

    #[test]
    fn tags_are_what_a_name_carries() {
        let name =
            TestName::new("[sig-node] Pods run [Slow][LinuxOnly] [NodeConformance] [Conformance]").unwrap();
        assert_eq!(tags(&name), ["Slow", "LinuxOnly", "NodeConformance"]);
    }
}
