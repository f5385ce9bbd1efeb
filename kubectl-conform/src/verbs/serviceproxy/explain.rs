//! `serviceproxy explain`: what becomes of one packet, and by which rules.

use std::fmt::Write;

use conform_service_proxy::{Decision, Flow, NodeProxy, Rule, Source, Step};

use super::{flow_file, inputs::Inputs};
use crate::{
    error::Error,
    printer::Printer,
    text::{count, hang},
};

/// Options of `serviceproxy explain`.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    inputs: Inputs,
    /// Where the packet comes from
    #[arg(long, value_name = "IP")]
    source_ip: String,
    /// Where it goes to
    #[arg(long, value_name = "IP")]
    destination_ip: String,
    /// The port that it goes to
    #[arg(long, value_name = "PORT", allow_negative_numbers = true)]
    port: i64,
    /// Its protocol
    #[arg(long, value_name = "PROTOCOL", default_value = "TCP")]
    protocol: String,
}

/// A page about one packet.
pub fn run(args: &Args, printer: &Printer) -> Result<(), Error> {
    let flow = flow_file::flow(
        &args.source_ip,
        &args.destination_ip,
        args.port,
        Some(&args.protocol),
    )
    .map_err(Error::Usage)?;
    let loaded = args.inputs.load(printer)?;
    let local_ips = args.inputs.proxy.local_ips.clone();
    let proxy = NodeProxy::new(&loaded.state, &args.inputs.node, &loaded.settings, local_ips);
    let (decision, steps) = proxy.explain(&flow);
    let source = proxy.source(flow.source);
    printer.out(&page(
        &args.inputs.node,
        &flow,
        source,
        &decision,
        &steps,
        usize::from(printer.width()),
    ))
}

fn page(
    node: &str,
    flow: &Flow,
    source: Source,
    decision: &Decision,
    steps: &[Step],
    width: usize,
) -> String {
    let mut page = format!(
        "{} ({}) to {} {}/{} on node {node}\n",
        flow.source,
        source.words(),
        flow.destination,
        flow.port,
        flow.protocol.word(),
    );
    let line = |page: &mut String, title: &str, text: &str| {
        // Writing to a String does not fail.
        let _ = writeln!(page, "{}", hang(&format!("{title:<12}"), text, width));
    };
    line(&mut page, "Verdict", decision.verdict.word());
    if let Some(service) = &decision.service {
        line(&mut page, "Service", service);
    }
    if !decision.endpoints.is_empty() {
        line(&mut page, "Endpoints", &decision.endpoints.join(", "));
        let masquerade = decision.masquerade.map(|why| format!("yes. {}", why.sentence()));
        line(&mut page, "Masquerade", masquerade.as_deref().unwrap_or("no"));
    }
    if let Some(affinity) = decision.affinity.filter(|_| !decision.endpoints.is_empty()) {
        let seconds = count(i64::from(affinity.timeout_seconds), "second");
        line(
            &mut page,
            "Affinity",
            &format!("a client stays with its endpoint for {seconds}"),
        );
    }
    page.push_str("\nRules, in their order:\n");
    for step in steps {
        let mark = if step.decided { "=>" } else { "  " };
        let _ = writeln!(page, "{mark} {}: {}", step.rule.name(), step.found);
    }
    let _ = write!(page, "\n{}", sentence(decision.rule, width));
    page
}

fn sentence(rule: Rule, width: usize) -> String {
    hang("", rule.sentence(), width)
}
