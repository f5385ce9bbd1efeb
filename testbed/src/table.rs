//! A cluster's status for people.

use comfy_table::{Table, presets};
use conform_testbed::Status;

/// Two tables: the nodes, and the processes.
pub(crate) fn render(status: &Status) -> String {
    let mut nodes = table(["NODE", "ADDRESS", "ZONE", "READY"]);
    for node in &status.nodes {
        let ready = match node.ready {
            Some(true) => "yes",
            Some(false) => "no",
            None => "unknown",
        };
        nodes.add_row([
            node.name.as_str(),
            &node.address,
            node.zone.as_deref().unwrap_or("-"),
            ready,
        ]);
    }
    let mut processes = table(["PLACE", "COMPONENT", "PID", "STATE"]);
    for component in &status.components {
        let pid = component
            .pid
            .map_or_else(|| "-".to_owned(), |pid| pid.to_string());
        let state = match component {
            _ if component.paused => "paused",
            _ if component.running => "running",
            _ => "gone",
        };
        processes.add_row([component.place.as_str(), &component.name, &pid, state]);
    }
    format!(
        "{}: Kubernetes {}, kube-proxy {}, {} ({})\n\n{}\n\n{}",
        status.name,
        status.kubernetes_version,
        status.proxy_mode,
        status.server,
        if status.healthy { "healthy" } else { "not healthy" },
        trimmed(&nodes),
        trimmed(&processes),
    )
}

fn table(titles: [&str; 4]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(titles);
    table
}

fn trimmed(table: &Table) -> String {
    table
        .to_string()
        .lines()
        .map(str::trim)
        .collect::<Vec<_>>()
        .join("\n")
}
