//! The tests of a release, by profile, stage and area.

use serde::Serialize;

use crate::{
    Area, Authority, LeadTime, Profile, Release, Requirement, Stage, TestName,
    catalogue::upstream,
    evaluation::{Criteria, REPORT_VERSION, UnknownRelease},
    windows::known_tests,
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

/// The tests of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TestList {
    /// The version of this form.
    pub api_version: &'static str,
    /// `TestList`.
    pub kind: &'static str,
    /// The release that they are listed for.
    pub release: Release,
    /// The tests, sorted by stage, release and name; those that only a profile asks for come last.
    pub tests: Vec<Listed>,
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

/// The tests that a release requires or that later ones will, and those that nobody but the profile asks for.
pub fn listing(release: Release, filter: &Filter) -> Result<TestList, UnknownRelease> {
    let demands = Criteria::new(filter.to).demands(release)?;
    let listed = demands
        .requirements()
        .filter_map(|requirement| Listed::of(requirement, release, filter));
    let mut tests: Vec<Listed> = listed.collect();
    tests.extend(own(release, filter));
    Ok(TestList {
        api_version: REPORT_VERSION,
        kind: "TestList",
        release,
        tests,
    })
}

/// What only the profile asks for: of tests that no release requires only those for Windows nodes are known without a suite.
fn own(release: Release, filter: &Filter) -> Vec<Listed> {
    let Some(profile) = filter.profile else {
        return Vec::new();
    };
    let required_in = LeadTime::YearOfNotice.earliest(upstream().newest().unwrap_or(release), None);
    if filter.to.is_some_and(|to| required_in > to) {
        return Vec::new();
    }
    let requirement = |name: TestName| Requirement {
        area: Area::of(&name),
        name,
        required_in,
        authority: Authority::Advisory,
    };
    let listed = known_tests().map(requirement).filter_map(|requirement| {
        let why = profile.own.why(&requirement.name, requirement.area)?;
        Listed::with(&requirement, release, filter, Some(why))
    });
    listed.collect()
}

impl Listed {
    fn of(requirement: &Requirement, release: Release, filter: &Filter) -> Option<Self> {
        let why = match filter.profile {
            None => None,
            Some(profile) => {
                let choice = match requirement.stage(release) {
                    Stage::Present => &profile.present,
                    Stage::Future => &profile.future,
                };
                Some(choice.why(&requirement.name, requirement.area)?)
            }
        };
        Self::with(requirement, release, filter, why)
    }

    fn with(
        requirement: &Requirement,
        release: Release,
        filter: &Filter,
        why: Option<String>,
    ) -> Option<Self> {
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
        listing(RELEASE, filter).unwrap().tests.len()
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
        let (dns, area) = (
            listing(RELEASE, &dns).unwrap().tests,
            listing(RELEASE, &area).unwrap().tests,
        );
        assert_eq!((dns.len(), dns[0].why.as_deref()), (area.len(), Some("area dns")));
        let near = Filter {
            to: Some(Release::new(1, 35)),
            ..stage(Stage::Future)
        };
        assert!(
            listing(RELEASE, &near)
                .unwrap()
                .tests
                .iter()
                .all(|one| one.required_in == Release::new(1, 35))
        );
    }

    #[test]
    fn what_only_a_profile_asks_for_is_listed_too() {
        let of = |name: &str, to: Option<Release>| {
            let filter = Filter {
                profile: Some(profile(name).unwrap()),
                to,
                ..Filter::default()
            };
            listing(RELEASE, &filter).unwrap().tests
        };
        let parts = of("windows-host-process", None);
        assert!(!parts.is_empty());
        for one in &parts {
            assert_eq!((one.stage, one.authority), (Stage::Future, Authority::Advisory));
            assert_eq!(one.why.as_deref(), Some("KEP-2578, host process"));
        }
        assert!(of("windows-host-process", Some(Release::new(1, 35))).is_empty());
        assert!(of("windows", None).len() > of("windows", Some(RELEASE)).len());
    }

    #[test]
    fn tags_are_what_a_name_carries() {
        let name =
            TestName::new("[sig-node] Pods run [Slow][LinuxOnly] [NodeConformance] [Conformance]").unwrap();
        assert_eq!(tags(&name), ["Slow", "LinuxOnly", "NodeConformance"]);
    }
}
