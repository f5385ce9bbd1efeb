//! What is told of a test or a feature.

use serde::Serialize;

use super::needs::needs;
use crate::{
    Area, Feature, FeatureTest, LeadTime, Needs, Release, TestName,
    advisory::feature_of,
    catalogue::{Life, identity, standing, upstream},
    listing,
};

/// What is known of a test or a feature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Explanation {
    /// The version of this form.
    pub api_version: &'static str,
    /// `Explanation`.
    pub kind: &'static str,
    /// The release that it is told for.
    pub release: Release,
    /// The test, if one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<TestStory>,
    /// The feature that was asked for, or that the test is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feature: Option<FeatureStory>,
}

/// The story of a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TestStory {
    /// Its newest name, without marks.
    pub id: String,
    /// The part of the cluster under test.
    pub area: Area,
    /// The SIG that owns it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sig: Option<String>,
    /// What its name is tagged with.
    pub tags: Vec<String>,
    /// What its tags say that a cluster or a run must have, or it skips or fails.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// What it is for the release that was asked for.
    pub standing: Life,
    /// The releases that changed what it looks at.
    pub changed_in: Vec<Release>,
    /// Its names, the newest first.
    pub names: Vec<NameStory>,
    /// What it is for each known release.
    pub stages: Vec<StageStory>,
}

/// A name of a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NameStory {
    /// The name, without marks.
    pub name: String,
    /// The releases whose lists use it.
    pub releases: Vec<Release>,
}

/// What a test is for one release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StageStory {
    /// The release.
    pub release: Release,
    /// What the test is for it.
    pub standing: Life,
}

/// The story of a feature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FeatureStory {
    /// Where it is discussed.
    pub reference: String,
    /// What it is.
    pub title: String,
    /// The parts of a cluster that it asks something of.
    pub areas: Vec<Area>,
    /// A cluster need not have it.
    pub optional: bool,
    /// What it is for the release that was asked for.
    pub standing: Life,
    /// What it is for each known release.
    pub stages: Vec<StageStory>,
    /// The rule that gives its earliest release.
    pub lead_time: LeadTime,
    /// The rule in words.
    pub rule: String,
    /// What a cluster must have before its tests can measure it.
    pub needs: Needs,
    /// What happened when, the oldest first.
    pub history: Vec<Event>,
    /// Upstream's tests of it.
    pub tests: Vec<FeatureTestStory>,
    /// What else is to be known.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub remark: String,
}

/// Something that happened to a feature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Event {
    /// The release.
    pub release: Release,
    /// What happened.
    pub event: String,
}

/// A test of a feature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FeatureTestStory {
    /// Its name, without marks.
    pub name: String,
    /// What it is for the release that was asked for.
    pub standing: Life,
    /// Why it could not be required as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obstacle: Option<String>,
}

impl TestStory {
    pub(super) fn of(name: &TestName, release: Release) -> Self {
        let known = upstream().find(name);
        let id = identity(name).to_owned();
        let newest = TestName::new(&id).unwrap_or_else(|_| name.clone());
        let names = known.map(|known| {
            known.names().map(|(name, releases)| NameStory {
                name: name.to_owned(),
                releases: releases.to_vec(),
            })
        });
        let stages = upstream().releases().map(|release| StageStory {
            release,
            standing: standing(name, release),
        });
        Self {
            id,
            area: Area::of(&newest),
            sig: newest.sig().map(str::to_owned),
            needs: needs(&newest),
            tags: listing::tags(&newest),
            standing: standing(name, release),
            changed_in: known.map(|known| known.changed().to_vec()).unwrap_or_default(),
            names: names.map(Iterator::collect).unwrap_or_default(),
            stages: stages.collect(),
        }
    }

    pub(super) fn feature(name: &TestName, release: Release) -> Option<FeatureStory> {
        feature_of(name).map(|(feature, _)| FeatureStory::of(feature, release))
    }
}

impl FeatureStory {
    pub(super) fn of(feature: &'static Feature, release: Release) -> Self {
        let events = feature.history().into_iter();
        Self {
            reference: feature.reference.to_owned(),
            title: feature.title.to_owned(),
            areas: feature.areas.to_vec(),
            optional: feature.optional,
            standing: feature.standing(release),
            stages: upstream()
                .releases()
                .map(|release| StageStory {
                    release,
                    standing: feature.standing(release),
                })
                .collect(),
            lead_time: feature.lead_time,
            rule: format!(
                "{}; its first draft: {} releases after the mark",
                feature.lead_time,
                feature.lead_time.first_draft()
            ),
            needs: feature.needs,
            history: events.map(|(release, event)| Event { release, event }).collect(),
            tests: feature
                .tests
                .iter()
                .map(|test| FeatureTestStory::of(test, release))
                .collect(),
            remark: feature.remark.to_owned(),
        }
    }
}

impl FeatureTestStory {
    fn of(test: &FeatureTest, release: Release) -> Self {
        Self {
            name: test.name.to_owned(),
            standing: TestName::new(test.name).map_or(Life::Optional, |name| standing(&name, release)),
            obstacle: test.fitness.obstacle().map(str::to_owned),
        }
    }
}
