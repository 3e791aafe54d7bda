//! The scenarios, each of which prints its rows of the table.

mod database;
mod duplicates;
mod ingest;
mod memory;
mod mixed;
mod random;
mod replay;
mod scale;
mod single;
mod slow;

use super::context::Context;
use crate::Failure;

/// A scenario.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Scenario {
    /// New lines in order.
    Ingest,
    /// Sealed lines to nginx, beside a raw sender.
    Replay,
    /// Lines that are archived already.
    Duplicates,
    /// One line per request.
    Single,
    /// A receiver that answers late.
    Slow,
    /// New lines in random order.
    Random,
    /// A replay while another region ingests.
    Mixed,
    /// A long replay: its memory, and reads meanwhile.
    Scale,
    /// Large ingests at the same time.
    Memory,
    /// PostgreSQL beside SQLite.
    Database,
}

impl Scenario {
    /// Those without a database, in the order in which they run.
    pub(super) const ALL: [Self; 9] = [
        Self::Ingest,
        Self::Replay,
        Self::Duplicates,
        Self::Single,
        Self::Slow,
        Self::Random,
        Self::Mixed,
        Self::Scale,
        Self::Memory,
    ];

    /// Its name on the command line.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Replay => "replay",
            Self::Duplicates => "duplicates",
            Self::Single => "single",
            Self::Slow => "slow",
            Self::Random => "random",
            Self::Mixed => "mixed",
            Self::Scale => "scale",
            Self::Memory => "memory",
            Self::Database => "database",
        }
    }

    /// What it measures.
    pub(super) fn description(self) -> &'static str {
        match self {
            Self::Ingest => "ingest of new lines in order, and their size on disk",
            Self::Replay => "replay of sealed lines to nginx, beside a raw sender",
            Self::Duplicates => "ingest of lines that are archived already",
            Self::Single => "replay with one line per request",
            Self::Slow => "replay to a receiver that answers after 100 ms",
            Self::Random => "ingest of new lines in random order over seven days",
            Self::Mixed => "replay while another region ingests at full speed",
            Self::Scale => "a long replay: its memory, and reads of the API meanwhile",
            Self::Memory => "memory of eight ingests of 58 MiB at the same time",
            Self::Database => {
                "ingest and replay on PostgreSQL with one and three nodes, beside SQLite"
            }
        }
    }

    /// Measures it.
    ///
    /// # Errors
    /// It cannot be measured to the end.
    pub(super) fn run(self, context: &mut Context) -> Result<(), Failure> {
        match self {
            Self::Ingest => ingest::run(context),
            Self::Replay => replay::run(context),
            Self::Duplicates => duplicates::run(context),
            Self::Single => single::run(context),
            Self::Slow => slow::run(context),
            Self::Random => random::run(context),
            Self::Mixed => mixed::run(context),
            Self::Scale => scale::run(context),
            Self::Memory => memory::run(context),
            Self::Database => database::run(context),
        }
    }
}
