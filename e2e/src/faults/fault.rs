//! A fault, how it is done to a run, and what is told of it.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::{
    judge, known, objects,
    subject::{Size, Subject},
    world::{World, note},
};

/// How long a run may take to end after a fault. It turns a hang into a failure and is no measure of speed.
const LIMIT: Duration = Duration::from_mins(15);

/// One way to hurt a run.
#[derive(Clone, Copy)]
pub struct Fault {
    /// What it is called in the table and on the command line.
    pub name: &'static str,
    /// At which point of a run it strikes.
    pub when: &'static str,
    /// Whether it is one of the few that are tried with every test of conform.
    pub short: bool,
    /// What is done.
    pub(super) story: Story,
}

/// How a fault is done.
#[derive(Clone, Copy)]
pub(super) enum Story {
    /// To one run, when some of its outcomes are known; then it is waited for the run's end.
    Middle {
        /// Hurts.
        strike: fn(&World, &Subject) -> Result<()>,
        /// Puts right, after the run's end, what the world does not put right by itself.
        mend: Option<fn(&World) -> Result<()>>,
        /// How the run must end.
        ends: Ends,
    },
    /// In a way of its own.
    Own(fn(&World, &Fault) -> Result<Row>),
}

/// How a run must end.
#[derive(Clone, Copy)]
pub(super) enum Ends {
    /// With an outcome for every test that was selected.
    Measured,
    /// With one of these reasons.
    With(&'static [&'static str]),
}

/// What became of a run.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// The fault's name.
    pub fault: String,
    /// At which point of the run it struck.
    pub when: String,
    /// How the run ended.
    pub ended: String,
    /// How many outcomes were known, and how many of them were lost; none if the run was to go with them.
    pub lost: Option<(usize, usize)>,
    /// What the run left behind.
    pub leftovers: Vec<String>,
    /// How many Jobs the run took.
    pub attempts: usize,
    /// From the creation of the run to its end.
    pub seconds: u64,
    /// Everything that must not be, in sentences.
    pub missed: Vec<String>,
}

impl Fault {
    /// Does it to a run, waits for the run's end and judges. An error is a fault of the harness, or of the cluster.
    pub fn run(&self, world: &World) -> Result<Row> {
        world.settle()?;
        let row = match self.story {
            Story::Middle { strike, mend, ends } => self.middle(world, strike, mend, ends),
            Story::Own(story) => story(world, self),
        };
        // The next fault begins on a whole cluster, and a failed one must not leave a broken one behind.
        let mended = world.testbed.mend();
        let row = row?;
        mended?;
        Ok(row)
    }

    fn middle(
        &self,
        world: &World,
        strike: fn(&World, &Subject) -> Result<()>,
        mend: Option<fn(&World) -> Result<()>>,
        ends: Ends,
    ) -> Result<Row> {
        let size = if world.short { Size::Short } else { Size::Full };
        let before = objects::cluster_objects()?;
        let subject = Subject::create(world, self.name, size)?;
        subject.measured(if world.short { 1 } else { 4 })?;
        let known = known::now(&subject)?;
        let begun = Instant::now();
        let struck = strike(world, &subject);
        note(&format!(
            "struck after {} outcomes, for {:.0} s",
            known.len(),
            begun.elapsed().as_secs_f32()
        ));
        let end = if struck.is_ok() {
            subject.ended(LIMIT)
        } else {
            None
        };
        if let Some(mend) = mend {
            mend(world)?;
        }
        struck?;
        world.testbed.mend()?;
        judge::judge(self, &subject, &known, end.as_ref(), ends, &before)
    }

    /// A row with nothing but its first two columns.
    pub(super) fn row(&self) -> Row {
        Row {
            fault: self.name.to_owned(),
            when: self.when.to_owned(),
            ..Row::default()
        }
    }
}
