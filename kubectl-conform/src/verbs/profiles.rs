//! `profiles`: choices of requirements, built in and of the cluster.

use conform_crds::{ConformanceProfile, conditions};
use conform_suite::{Profile, profiles};
use kube::{ResourceExt, api::ListParams};

use crate::{
    cli::Global,
    cluster::Cluster,
    error::Error,
    printer::Printer,
    render::{Column, Table},
    text::clean_line,
};

/// Options of `profiles`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Only those that are built in: no cluster is asked
    #[arg(long)]
    built_in: bool,
}

/// Lists the profiles. Without a cluster, or without conform in it, those that are built in.
pub async fn run(args: &Args, global: &Global, printer: &Printer) -> Result<(), Error> {
    let own = if args.built_in {
        Vec::new()
    } else {
        own(global, printer).await
    };
    printer.out(&table(&own, printer.terminal_width()))
}

async fn own(global: &Global, printer: &Printer) -> Vec<ConformanceProfile> {
    let Ok(cluster) = Cluster::connect(global).await else {
        return Vec::new();
    };
    let listed = cluster.profiles().list(&ListParams::default()).await;
    match listed.map_err(|error| cluster.explain(error)) {
        Ok(found) => found.items,
        Err(Error::NotInstalled) => Vec::new(),
        Err(error) => {
            printer.note(&format!("The cluster's own profiles are not shown: {error}"));
            Vec::new()
        }
    }
}

fn table(own: &[ConformanceProfile], width: Option<u16>) -> String {
    let mut table = Table::new([
        Column::left("NAME"),
        Column::left("NODES"),
        Column::left("FROM"),
        Column::wrapping("SUMMARY"),
    ]);
    for profile in profiles() {
        table.row([
            profile.name.to_owned(),
            profile
                .nodes
                .map_or_else(|| "any".to_owned(), |os| os.to_string()),
            "built in".to_owned(),
            profile.summary.to_owned(),
        ]);
    }
    for profile in own {
        table.row([
            clean_line(&profile.name_any()),
            "any".to_owned(),
            "cluster".to_owned(),
            clean_line(&summary(profile)),
        ]);
    }
    table.render(width)
}

/// What the profile says of itself, what it takes, and why it cannot be used if it cannot.
fn summary(profile: &ConformanceProfile) -> String {
    let spec = &profile.spec;
    let mut parts = Vec::new();
    if !spec.extends.is_empty() {
        parts.push(format!("extends {}", spec.extends.join(", ")));
    }
    match spec.requirements.len() {
        0 => {}
        1 => parts.push("1 requirement".to_owned()),
        count => parts.push(format!("{count} requirements")),
    }
    match spec.suites.len() {
        0 => {}
        1 => parts.push("1 suite".to_owned()),
        count => parts.push(format!("{count} suites")),
    }
    let takes = parts.join("; ");
    let mut said = if spec.summary.is_empty() {
        takes
    } else {
        format!("{} ({takes})", spec.summary)
    };
    let conditions = profile.status.iter().flat_map(|status| &status.conditions);
    let mut flaws = conditions.filter(|one| one.type_ == conditions::READY && one.status == "False");
    if let Some(flaw) = flaws.next() {
        said = format!("{said}. Cannot be used: {}", flaw.message);
    }
    said
}

/// An error if one of the names is no profile. A cluster is asked only for names that are not built in.
pub(super) async fn known(names: &[String], global: &Global) -> Result<(), Error> {
    let Some(name) = foreign(names) else {
        return Ok(());
    };
    match Cluster::connect(global).await {
        Ok(cluster) => known_in(names, &cluster).await,
        // Without a cluster it is none.
        Err(_) => Err(unknown(name, &[])),
    }
}

/// The same, of a cluster.
pub(super) async fn known_in(names: &[String], cluster: &Cluster) -> Result<(), Error> {
    if foreign(names).is_none() {
        return Ok(());
    }
    let listed = cluster.profiles().list_metadata(&ListParams::default()).await;
    let own: Vec<String> = match listed.map_err(|error| cluster.explain(error)) {
        Ok(found) => found.items.iter().map(ResourceExt::name_any).collect(),
        // An older installation has none.
        Err(Error::NotInstalled) => Vec::new(),
        Err(error) => return Err(error),
    };
    let is_known = |name: &String| conform_suite::profile(name).is_ok() || own.contains(name);
    match names.iter().find(|name| !is_known(name)) {
        Some(name) => Err(unknown(name, &own)),
        None => Ok(()),
    }
}

/// Profiles that somebody named.
pub(super) struct Chosen {
    /// Those that are built in, and those that a user's own extends.
    pub built_in: Vec<&'static Profile>,
    /// Users' own.
    pub own: Vec<ConformanceProfile>,
}

/// The profiles of these names. A cluster is asked only for names that are not built in.
pub(super) async fn chosen(names: &[String], global: &Global) -> Result<Chosen, Error> {
    known(names, global).await?;
    let mut chosen = Chosen {
        built_in: Vec::new(),
        own: Vec::new(),
    };
    for name in names {
        if let Ok(profile) = conform_suite::profile(name) {
            chosen.built_in.push(profile);
            continue;
        }
        let cluster = Cluster::connect(global).await?;
        let own = cluster.profiles().get(name).await;
        let own = own.map_err(|error| cluster.explain(error))?;
        let extended = own.spec.extends.iter();
        chosen
            .built_in
            .extend(extended.filter_map(|name| conform_suite::profile(name).ok()));
        chosen.own.push(own);
    }
    Ok(chosen)
}

fn foreign(names: &[String]) -> Option<&String> {
    names.iter().find(|name| conform_suite::profile(name).is_err())
}

fn unknown(name: &str, own: &[String]) -> Error {
    let built_in = profiles().iter().map(|profile| profile.name);
    let known: Vec<&str> = built_in.chain(own.iter().map(String::as_str)).collect();
    Error::UnknownProfile {
        name: name.to_owned(),
        known: known.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn profile(name: &str, spec: &Value, ready: &str, message: &str) -> ConformanceProfile {
        let ready = json!({
            "type": "Ready", "status": ready, "reason": "X", "message": message,
            "lastTransitionTime": "2026-11-22T10:00:00Z",
        });
        let profile = json!({
            "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceProfile",
            "metadata": { "name": name }, "spec": spec, "status": { "conditions": [ready] },
        });
        serde_json::from_value(profile).unwrap()
    }

    #[test]
    fn a_clusters_own_profiles_stand_below_those_that_are_built_in() {
        let requirement = json!({ "name": "lb", "tag": "Feature:LoadBalancer", "requiredIn": "1.36" });
        let own = [
            profile(
                "platform",
                &json!({ "summary": "What we promise", "extends": ["quick"], "requirements": [requirement] }),
                "True",
                "",
            ),
            profile(
                "broken",
                &json!({ "extends": ["quik"] }),
                "False",
                "There is no profile \"quik\".",
            ),
        ];
        let table = table(&own, None);
        let last: Vec<&str> = table.lines().rev().take(2).collect();
        insta::assert_snapshot!(last.join("\n"), @r#"
        broken                    any      cluster   extends quik. Cannot be used: There is no profile "quik".
        platform                  any      cluster   What we promise (extends quick; 1 requirement)
        "#);
    }

    #[test]
    fn an_unknown_name_is_told_which_there_are() {
        let error = unknown("nonesuch", &["platform".to_owned()]).to_string();
        assert!(
            error.starts_with("\"nonesuch\" is no profile; the profiles are: kubernetes, "),
            "{error}"
        );
        assert!(error.ends_with(", platform"), "{error}");
    }
}
