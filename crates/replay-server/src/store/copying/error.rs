//! Why a copy fails. It decides nothing.

use thiserror::Error;

use super::super::StoreError;

/// Why a copy has failed. What was copied so far stays in the target.
#[derive(Debug, Error)]
pub enum CopyError {
    /// The source cannot be read.
    #[error("the source cannot be copied: {0}")]
    Source(StoreError),
    /// The target cannot be written.
    #[error("the target cannot be written: {0}")]
    Target(StoreError),
    /// Source and target are the same database.
    #[error("the source and the target are the same")]
    Same,
    /// This table of the target had rows before the copy.
    #[error("the target is not empty: its table `{0}` has rows")]
    NotEmpty(&'static str),
    /// This table of the target is not that of the source.
    #[error(
        "the table `{0}` of the target is not that of the source: the source was changed, or is \
         another one than that of the interrupted copy; empty the target and copy again"
    )]
    Differs(&'static str),
}
