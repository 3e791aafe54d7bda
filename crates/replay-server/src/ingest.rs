//! What ingest needs beside the store: a spool for bodies, slots for their turns, and a reader of
//! their lines. The request itself is answered in `api`.

mod lines;
mod slots;
mod spool;
mod text;

use replay_core::Region;
use tokio::sync::Semaphore;

pub(crate) use lines::LineReader;
pub use slots::Slots;
pub use spool::Spool;
pub(crate) use text::Text;

/// What the ingests of a server share.
#[derive(Debug)]
pub struct Ingests {
    pub(crate) spool: Spool,
    pub(crate) slots: Slots,
    /// How many texts may be kept in memory.
    pub(crate) kept_texts: Semaphore,
}

impl Ingests {
    /// Ingests into `regions` whose bodies wait in `spool`.
    pub fn new<'a>(spool: Spool, regions: impl IntoIterator<Item = &'a Region>) -> Self {
        const KEPT_TEXTS: usize = 8;
        let kept_texts = Semaphore::new(KEPT_TEXTS);
        Self { spool, slots: Slots::new(regions), kept_texts }
    }
}
