//! What a Gateway API suite would measure.

use conform_gateway::claim::{GatewayFeatures, ProfilePreview};

use super::{Column, Table};
use crate::text::{clean_line, hang};

/// Who claims what, a row for each profile, and what stands in the way.
pub fn gateway_features(features: &GatewayFeatures, wide: bool, width: u16) -> String {
    let width_of = usize::from(width);
    let claimant = &features.claimant;
    let mut head = vec![hang(
        "",
        &clean_line(&format!(
            "{:?} {} ({}) claims {} features",
            claimant.kind,
            claimant.name,
            claimant.controller,
            claimant.features.len()
        )),
        width_of,
    )];
    if let Some(installed) = &features.installed {
        head.push(clean_line(&format!(
            "Gateway API {}, channel {}",
            installed.version, installed.channel
        )));
    }
    let mut parts = vec![head.join("\n"), profiles(&features.profiles, width)];
    let mut list = |title: &str, names: &[String]| {
        if !names.is_empty() {
            parts.push(hang(
                "  ",
                &clean_line(&format!("{title}: {}", names.join(", "))),
                width_of,
            ));
        }
    };
    list("No such feature in this release", &features.unknown);
    list("Not counted, since another kind claims them", &features.misplaced);
    if wide {
        list("--supported-features", &[features.supported_features.join(",")]);
        for profile in &features.profiles {
            let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
            list(
                &format!("Provisional in {}", profile.name),
                &names(&profile.provisional),
            );
            list(
                &format!("Claimed in {} and without a test", profile.name),
                &names(&profile.untested),
            );
        }
    }
    if !features.obstacles.is_empty() {
        let lines = features.obstacles.iter();
        let lines: Vec<String> = lines
            .map(|line| hang("  - ", &clean_line(line), width_of))
            .collect();
        parts.push(format!("A suite should not start:\n{}", lines.join("\n")));
    }
    parts.join("\n\n")
}

fn profiles(profiles: &[ProfilePreview], width: u16) -> String {
    let mut table = Table::new([
        Column::left("PROFILE"),
        Column::right("EXTENDED"),
        Column::right("TESTS"),
        Column::right("PROVISIONAL"),
        Column::right("WITHOUT TEST"),
        Column::wrapping("CORE NOT CLAIMED"),
    ]);
    for profile in profiles {
        table.row([
            profile.name.to_owned(),
            format!("{}/{}", profile.extended, profile.of_extended),
            profile.tests.to_string(),
            profile.provisional.len().to_string(),
            profile.untested.len().to_string(),
            if profile.missing_core.is_empty() {
                "-".to_owned()
            } else {
                profile.missing_core.join(", ")
            },
        ]);
    }
    table.render(Some(width))
}
