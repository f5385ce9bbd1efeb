//! `images`: what has to be in a registry for a run, and what the suite is to be told of a mirror.

use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum;
use conform_suite::{
    catalogue::PatchRelease,
    images::{NeededImages, SuiteImages, mirrored},
    listing::{self, Filter},
};
use kube::ResourceExt;
use serde::Serialize;

use super::{
    install,
    profiles::{self, Chosen},
};
use crate::{
    cli::Global,
    cluster::Cluster,
    error::Error,
    output,
    printer::Printer,
    render::{Column, Table},
    text::clean_line,
};

/// Options of `images`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Profile whose tests are to run; may be repeated
    #[arg(long = "profile", value_name = "NAME", default_value = "kubernetes")]
    profiles: Vec<String>,
    /// The API server's version; by default the cluster's or, without one, the newest that is known
    #[arg(long, value_name = "vX.Y.Z", value_parser = version)]
    server_version: Option<String>,
    /// A registry, with or without a path, that is to have copies
    #[arg(long, value_name = "REGISTRY", value_parser = mirror)]
    mirror: Option<String>,
    #[command(flatten)]
    own: install::ImageArgs,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Table,
    /// A JSON array
    Json,
    /// A YAML list
    Yaml,
    /// What KUBE_TEST_REPO_LIST names, for suites that are run without conform; needs --mirror
    RepoList,
}

/// An image that has to be there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    image: String,
    used_by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mirror: Option<String>,
}

/// Lists them.
pub async fn run(args: &Args, global: &Global, printer: &Printer) -> Result<(), Error> {
    let version = server_version(args, global).await?;
    let known: PatchRelease = version.parse().map_err(|_| {
        Error::Usage(format!(
            "{version:?} is no version of Kubernetes: write it like v1.36.3"
        ))
    })?;
    let release = known.release;
    let suite = SuiteImages::of(known).ok_or_else(|| {
        Error::Usage(format!(
            "no suite of {release} is known, nor of an earlier release"
        ))
    })?;
    if suite.since.release != release {
        printer.note(&format!(
            "The images of {release} are not known: these are those of {}. `e2e.test --list-images` in the suite's image prints its own.",
            suite.since.release
        ));
    }
    if args.output == Format::RepoList {
        let Some(mirror) = &args.mirror else {
            return Err(Error::Usage(
                "-o repo-list needs --mirror: where are the copies to be?".to_owned(),
            ));
        };
        let list: BTreeMap<String, String> = suite.repo_list(mirror);
        return output::yaml(printer, &list);
    }
    let chosen = profiles::chosen(&args.profiles, global).await?;
    let images = images(args, &chosen, &version, suite)?;
    match args.output {
        Format::Json => output::json(printer, &images),
        Format::Yaml => output::yaml(printer, &images),
        Format::Table | Format::RepoList => printer.out(&table(&images, printer.terminal_width())),
    }
}

/// What was given, else what the cluster says, else what is known.
async fn server_version(args: &Args, global: &Global) -> Result<String, Error> {
    if let Some(version) = &args.server_version {
        return Ok(version.clone());
    }
    if let Ok(cluster) = Cluster::connect(global).await {
        let version = cluster.client.apiserver_version().await;
        return version
            .map(|version| version.git_version)
            .map_err(|error| cluster.explain(error));
    }
    let newest = conform_suite::images::suite_images().last();
    Ok(newest.map_or_else(String::new, |newest| newest.version.clone()))
}

fn images(args: &Args, chosen: &Chosen, version: &str, suite: &SuiteImages) -> Result<Vec<Wanted>, Error> {
    let mut names = BTreeSet::new();
    for profile in &chosen.built_in {
        let filter = Filter {
            profile: Some(profile),
            ..Filter::default()
        };
        let listed = listing::listing(suite.since.release, &filter)
            .map_err(|error| Error::Usage(error.to_string()))?;
        names.extend(listed.tests.into_iter().map(|listed| listed.name));
    }
    let tests = names.iter().map(conform_suite::TestName::as_str);
    let needed = NeededImages::of(&suite.references(), tests).images;
    // What a distribution adds to its version is nothing that the suite's image is tagged with.
    let tag = version.split(['+', '-']).next().unwrap_or(version);
    let own = [
        (args.own.operator_image.clone(), "operator".to_owned()),
        (args.own.runner_image.clone(), "suite's pod".to_owned()),
        (
            format!("{}:{tag}", args.own.suite_repository),
            "suite's pod".to_owned(),
        ),
    ];
    let tests = needed.into_iter().map(|image| (image, "tests".to_owned()));
    let of_suites = chosen.own.iter().flat_map(|profile| {
        let name = profile.name_any();
        let suites = profile.spec.suites.iter();
        suites.map(move |suite| (suite.image.clone(), format!("suite {name}/{}", suite.name)))
    });
    let all = own.into_iter().chain(tests).chain(of_suites);
    Ok(all
        .map(|(image, used_by)| Wanted {
            mirror: args.mirror.as_ref().map(|mirror| mirrored(&image, mirror)),
            image,
            used_by,
        })
        .collect())
}

fn table(images: &[Wanted], width: Option<u16>) -> String {
    let with_mirror = images.iter().any(|image| image.mirror.is_some());
    let mut columns = vec![Column::left("IMAGE"), Column::left("USED BY")];
    columns.extend(with_mirror.then(|| Column::left("MIRROR")));
    let mut table = Table::new(columns);
    for image in images {
        let mut cells = vec![clean_line(&image.image), clean_line(&image.used_by)];
        cells.extend(image.mirror.clone());
        table.row(cells);
    }
    table.render(width)
}

fn version(text: &str) -> Result<String, String> {
    let version = if text.starts_with('v') {
        text.to_owned()
    } else {
        format!("v{text}")
    };
    let parts = version
        .trim_start_matches('v')
        .split(['+', '-'])
        .next()
        .unwrap_or_default();
    let numbers = parts
        .split('.')
        .filter(|part| part.parse::<u16>().is_ok())
        .count();
    if numbers == 3 && parts.split('.').count() == 3 {
        Ok(version)
    } else {
        Err("write it like v1.36.3: the suite's image has the server's version".to_owned())
    }
}

/// A registry as it stands before an image's name.
pub(super) fn mirror(text: &str) -> Result<String, String> {
    let trimmed = text.trim_end_matches('/');
    let fine = !trimmed.is_empty()
        && trimmed.len() <= 200
        && trimmed.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
        && trimmed
            .chars()
            .all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || "-._/:".contains(one))
        && !trimmed.contains("//");
    if fine {
        Ok(trimmed.to_owned())
    } else {
        Err("write it like registry.example.com/mirror, without https://".to_owned())
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn versions_are_whole() {
        assert_eq!(version("1.36.3").unwrap(), "v1.36.3");
        assert_eq!(version("v1.36.3+k3s1").unwrap(), "v1.36.3+k3s1");
        for wrong in ["1.36", "v1.36.x", "new", ""] {
            assert!(version(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn mirrors_are_registries() {
        assert_eq!(
            mirror("registry.example.com:5000/a/").unwrap(),
            "registry.example.com:5000/a"
        );
        for wrong in ["https://registry.example.com", "", "/", "Registry", "a b", "a//b"] {
            assert!(mirror(wrong).is_err(), "{wrong}");
        }
    }
}
