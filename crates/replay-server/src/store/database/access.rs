//! How a step uses the database: what it reads and may change, and what it relies on.

use replay_core::Region;

/// How a step reads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    /// Whether its statements see the database as it is at one moment.
    pub(super) is_of_one_moment: bool,
    /// Whether it takes long: then others do not wait for it.
    pub(super) is_long: bool,
}

/// How a step writes.
#[derive(Clone, Debug)]
pub(super) struct Writing {
    /// Whether its commit is on the disk when it is answered.
    pub(super) is_synced: bool,
    /// What it may change.
    pub(super) scope: Scope,
    /// The only region of which it changes anything. Such writes to other regions do not wait for it.
    /// `None` if it may change everything in its scope.
    pub(super) region: Option<Region>,
}

/// What a step may change. It may read everything.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Scope {
    /// Everything but the lines and the tokens. Deleted values may be secrets.
    State,
    /// The tokens, which no other write reads or changes. Deleted values may be secrets.
    Tokens,
    /// No value: it finds out whether the database can be written.
    Probe,
    /// The lines, their counts, and which of them are samples.
    Archive,
    /// What [`State`](Self::State) and [`Archive`](Self::Archive) may change, but no secret.
    Both,
    /// The leases, without a claim of one.
    Leases,
    /// The leases. No write that a lease can fence happens meanwhile.
    Claims,
}
