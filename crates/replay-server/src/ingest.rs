//! The parts of ingest apart from the store: a spool for bodies, slots that limit concurrency, and a
//! reader of lines. The handler is in `api`.

mod lines;
mod slots;
mod spool;
mod text;

use replay_core::Region;
use tokio::sync::Semaphore;

pub(crate) use lines::{LineReader, Step};
pub use slots::Slots;
pub use spool::Spool;
pub(crate) use text::Text;

/// The state that the ingests of a server share.
#[derive(Debug)]
pub struct Ingests {
    pub(crate) spool: Spool,
    pub(crate) slots: Slots,
    /// One permit for each text that may be kept in memory.
    pub(crate) kept_texts: Semaphore,
    /// One permit for each large body that may be inflated for its check at the same time, so that
    /// threads are left for other requests.
    pub(crate) checks: Semaphore,
}

impl Ingests {
    /// The state of ingests into `regions`, with bodies in `spool`.
    pub fn new<'a>(spool: Spool, regions: impl IntoIterator<Item = &'a Region>) -> Self {
        const KEPT_TEXTS: usize = 8;
        let kept_texts = Semaphore::new(KEPT_TEXTS);
        Self { spool, slots: Slots::new(regions), kept_texts, checks: Semaphore::new(1) }
    }
}
