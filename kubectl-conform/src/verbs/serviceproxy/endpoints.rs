//! `serviceproxy endpoints`: which endpoints of each service port a node uses.

use conform_service_proxy::PortAnswer;

use super::{flows::listed, inputs::Inputs};
use crate::{
    error::Error,
    offline::ReportFormat,
    printer::Printer,
    render::{Column, Table},
};

/// Options of `serviceproxy endpoints`.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    inputs: Inputs,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: ReportFormat,
}

/// One answer for each service port and family, sorted.
pub fn run(args: &Args, printer: &Printer) -> Result<(), Error> {
    let loaded = args.inputs.load(printer)?;
    let views = loaded.state.view(&args.inputs.node);
    let mut answers: Vec<PortAnswer> = views.iter().map(PortAnswer::from).collect();
    answers.sort_by(|a, b| {
        let key = |answer: &PortAnswer| (answer.port, answer.protocol, answer.family);
        a.service.cmp(&b.service).then_with(|| key(a).cmp(&key(b)))
    });
    args.output.write(printer, &answers, |wide| {
        table(&answers, wide, printer.terminal_width())
    })
}

fn table(answers: &[PortAnswer], wide: bool, width: Option<u16>) -> String {
    let mut columns = vec![
        Column::wrapping("SERVICE"),
        Column::left("PORT"),
        Column::left("FAMILY"),
        Column::left("ANY"),
        Column::wrapping("CLUSTER"),
        Column::wrapping("LOCAL"),
    ];
    if wide {
        columns.push(Column::wrapping("REACHABLE"));
    }
    let mut table = Table::new(columns);
    for answer in answers {
        let mut cells = vec![
            answer.service.clone(),
            format!("{}/{}", answer.port, answer.protocol.word()),
            answer.family.to_string(),
            if answer.has_any { "yes" } else { "no" }.to_owned(),
            listed(&answer.cluster),
            listed(&answer.local),
        ];
        if wide {
            cells.push(listed(&answer.reachable));
        }
        table.row(cells);
    }
    table.render(width.filter(|_| !wide))
}
