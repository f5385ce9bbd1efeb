//! Ways without a Service, asked about where nothing came back over one.

use super::{
    super::super::{
        control::{Open, controlled, controls, key},
        question::Question,
        verdict::Asked,
    },
    Measuring,
};

/// Connections of each way.
const TRIES: u32 = 3;

impl Measuring<'_> {
    /// Takes back what cells say of which the ways are closed.
    pub(super) async fn control(&mut self, rows: &mut [Vec<Asked>]) {
        let on_node = self.cluster.making.port_on_node();
        let ways = controls(rows.iter().flatten(), &self.ground, on_node);
        if ways.is_empty() {
            return;
        }
        let asked: Vec<(usize, Question)> = ways.into_iter().map(|way| (0, way)).collect();
        let made = self.ask(&asked, TRIES).await;
        let open = asked.iter().enumerate().map(|(at, (_, way))| {
            // What its agent does not tell is no way that is open.
            let is_open = made
                .get(&at)
                .is_some_and(|made| !made.answered.is_empty() && made.silent + made.refused == 0);
            (key(way), is_open)
        });
        let open: Open = open.collect();
        for asked in rows.iter_mut().flatten() {
            asked.cell = controlled(asked, &self.ground, on_node, &open);
        }
    }
}
