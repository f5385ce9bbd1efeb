//! `serviceproxy flows`: what becomes of packets.

use std::path::PathBuf;

use conform_service_proxy::{NodeProxy, Rule, Verdict};
use serde::Serialize;

use super::{flow_file, inputs::Inputs};
use crate::{
    error::Error,
    offline::ReportFormat,
    printer::Printer,
    render::{Column, Table},
};

/// Options of `serviceproxy flows`.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    inputs: Inputs,
    /// A list of packets: name, sourceIP, destinationIP, port, protocol; YAML or JSON
    #[arg(long, value_name = "FILE")]
    flows: PathBuf,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: ReportFormat,
}

/// What becomes of one packet.
#[derive(Debug, Serialize)]
struct Answer {
    name: String,
    verdict: Verdict,
    endpoints: Vec<String>,
    masquerade: bool,
    rule: Rule,
}

/// Answers in the order of the questions.
pub fn run(args: &Args, printer: &Printer) -> Result<(), Error> {
    let loaded = args.inputs.load(printer)?;
    let flows = flow_file::read(&args.flows)?;
    let local_ips = args.inputs.proxy.local_ips.clone();
    let proxy = NodeProxy::new(&loaded.state, &args.inputs.node, &loaded.settings, local_ips);
    let answers = flows.into_iter().map(|named| {
        let decision = proxy.decide(&named.flow);
        Answer {
            name: named.name,
            verdict: decision.verdict,
            endpoints: decision.endpoints,
            masquerade: decision.masquerade.is_some(),
            rule: decision.rule,
        }
    });
    let answers: Vec<Answer> = answers.collect();
    args.output.write(printer, &answers, |wide| {
        table(&answers, printer.terminal_width().filter(|_| !wide))
    })
}

fn table(answers: &[Answer], width: Option<u16>) -> String {
    let mut table = Table::new([
        Column::wrapping("NAME"),
        Column::left("VERDICT"),
        Column::left("MASQUERADE"),
        Column::left("RULE"),
        Column::wrapping("ENDPOINTS"),
    ]);
    for answer in answers {
        table.row([
            answer.name.clone(),
            answer.verdict.word().to_owned(),
            if answer.masquerade { "yes" } else { "no" }.to_owned(),
            answer.rule.name().to_owned(),
            listed(&answer.endpoints),
        ]);
    }
    table.render(width)
}

/// Some of many endpoints, for a table.
pub fn listed(endpoints: &[String]) -> String {
    const SHOWN: usize = 4;
    if endpoints.is_empty() {
        return "-".to_owned();
    }
    let mut text = endpoints
        .iter()
        .take(SHOWN)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if endpoints.len() > SHOWN {
        text = format!("{text} and {} more", endpoints.len() - SHOWN);
    }
    text
}
