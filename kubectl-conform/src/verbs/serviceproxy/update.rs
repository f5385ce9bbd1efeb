//! Changes of a node's state, as they are printed.

use std::fmt::Write;

use conform_proxy_api::{Change, Update};
use serde::Serialize;

use super::{
    flows::listed,
    item::{Item, NodeItem},
};
use crate::{
    error::Error,
    offline::ReportFormat,
    output,
    printer::Printer,
    render::{Column, Table},
    text::count,
};

/// One line of `-o json`.
#[derive(Debug, Serialize)]
#[serde(tag = "change", rename_all = "camelCase")]
enum Line<'a> {
    Created { key: &'a str, item: Item },
    Updated { key: &'a str, item: Item },
    Deleted { key: &'a str, item: Item },
    Synced(Synced),
}

/// All changes of a batch have been printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Synced {
    /// In JSON a number cannot be so large.
    instance: String,
    revision: u64,
    /// The server sent everything anew.
    reset: bool,
}

/// Prints what a batch has changed.
pub fn print(update: &Update, format: ReportFormat, printer: &Printer) -> Result<(), Error> {
    match format {
        ReportFormat::Table | ReportFormat::Wide => {
            let wide = format == ReportFormat::Wide;
            let width = printer.terminal_width().filter(|_| !wide);
            printer.out(&page(update, width))
        }
        ReportFormat::Json => {
            let mut text = String::new();
            for line in lines(update) {
                let line =
                    serde_json::to_string(&line).map_err(|error| Error::Serialize(error.to_string()))?;
                text.push_str(&line);
                text.push('\n');
            }
            printer.data(text.as_bytes())
        }
        ReportFormat::Yaml => lines(update).try_for_each(|line| {
            printer.data(b"---\n")?;
            output::yaml(printer, &line)
        }),
    }
}

fn lines(update: &Update) -> impl Iterator<Item = Line<'_>> {
    let changes = update.changes.iter().map(|(key, change)| match change {
        Change::Created(value) => Line::Created {
            key,
            item: value.into(),
        },
        Change::Updated(value) => Line::Updated {
            key,
            item: value.into(),
        },
        Change::Deleted(value) => Line::Deleted {
            key,
            item: value.into(),
        },
    });
    changes.chain([Line::Synced(Synced {
        instance: format!("{:016x}", update.position.instance),
        revision: update.position.revision,
        reset: update.reset,
    })])
}

/// A table of the service ports, and a line for each other item.
fn page(update: &Update, width: Option<u16>) -> String {
    let mut table = Table::new([
        Column::left("CHANGE"),
        Column::wrapping("SERVICE"),
        Column::left("PORT"),
        Column::left("FAMILY"),
        Column::left("ANY"),
        Column::wrapping("CLUSTER"),
        Column::wrapping("LOCAL"),
    ]);
    let (mut rows, mut others) = (0_usize, String::new());
    for (_, change) in &update.changes {
        let (word, value) = match change {
            Change::Created(value) => ("new", value),
            Change::Updated(value) => ("changed", value),
            Change::Deleted(value) => ("gone", value),
        };
        // Writing to a String does not fail.
        let _ = match Item::from(value) {
            Item::ServicePort(port) => {
                rows += 1;
                table.row([
                    word.to_owned(),
                    port.service,
                    format!("{}/{}", port.port, port.protocol),
                    port.family.to_owned(),
                    if port.has_any { "yes" } else { "no" }.to_owned(),
                    listed(&port.cluster),
                    listed(&port.local),
                ]);
                Ok(())
            }
            Item::HealthCheck(check) => writeln!(
                others,
                "{word}: health check on port {} ({}) of {}: {} here",
                check.port,
                check.family,
                check.service,
                count(i64::from(check.local_endpoints), "ready endpoint")
            ),
            Item::Node(node) => writeln!(others, "{word}: {}", about(&node)),
        };
    }
    let mut page = format!("Revision {}\n", update.position.revision);
    if update.changes.is_empty() {
        page.push_str("nothing has changed\n");
    }
    page.push_str(&others);
    if rows > 0 {
        page.push_str(&table.render(width));
        page.push('\n');
    }
    page
}

fn about(node: &NodeItem) -> String {
    if !node.exists {
        return format!("node {}, of which there is no object", node.name);
    }
    let zone = if node.zone.is_empty() {
        "no zone"
    } else {
        &node.zone
    };
    let eligible = if node.eligible {
        "gets new connections"
    } else {
        "gets no new connections"
    };
    format!(
        "node {} in {zone}, at {}; {eligible}",
        node.name,
        listed(&node.addresses)
    )
}
