//! The size of the chunks of a copy. It knows no table.

/// What is copied in one transaction, at most, but at least one row.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ChunkLimits {
    /// The number of rows.
    pub rows: usize,
    /// The size of their values.
    pub bytes: u64,
}

impl ChunkLimits {
    /// Chunks that take well below a second.
    pub const DEFAULT: Self = Self { rows: 1_000, bytes: 8 * 1024 * 1024 };
}
