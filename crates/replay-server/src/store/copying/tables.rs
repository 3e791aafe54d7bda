//! The tables that are copied, in an order in which each row comes after the rows that it refers to.

use std::collections::BTreeSet;

use super::{
    super::{StoreError, sql::Sql, write::Write},
    copied_parts::{self, CopiedPart, Place},
    digest,
    limits::ChunkLimits,
    rows::{RowTable, StoredRow},
    stored_value::StoredValue,
};

/// A table.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) enum Table {
    /// `part`, with the lines of each part in `part_data`.
    Parts,
    /// A table whose rows are copied as they are.
    Rows(RowTable),
}

/// The position after which the next rows are.
#[derive(Clone, Debug)]
pub(super) enum Position {
    Part(Place),
    Row(Vec<StoredValue>),
}

/// Some rows of a table that follow each other.
#[derive(Debug)]
pub(super) enum Chunk {
    Parts(Vec<CopiedPart>),
    Rows { table: RowTable, rows: Vec<StoredRow> },
}

const fn table(
    name: &'static str,
    key: &'static [&'static str],
    others: &'static [&'static str],
) -> Table {
    Table::Rows(RowTable { name, key, others })
}

/// All tables.
pub(in crate::store) const ALL: &[Table] = &[
    table(
        "token",
        &["id"],
        &["role", "regions", "sha256", "created_at", "expires_at", "last_used_at"],
    ),
    table("served_region", &["place"], &["label"]),
    table(
        "webhook",
        &["region", "revision"],
        &[
            "endpoint",
            "origin",
            "authorization",
            "enabled",
            "log_format",
            "skip_ssl_verification",
            "updated_at",
        ],
    ),
    table("attempt", &["region"], &["at", "code", "message", "failing_since", "is_live"]),
    table("global_put", &["one"], &["put_id"]),
    table(
        "job",
        &["region", "id"],
        &[
            "put_id",
            "start_at",
            "end_at",
            "status",
            "stop_requested",
            "reason",
            "created_at",
            "updated_at",
            "endpoint",
            "delivered_lines",
            "delivered_bytes",
            "total_lines",
            "total_bytes",
            "retries",
            "kinds",
            "heals",
            "resumes",
            "delivery_id",
            "token_id",
            "role",
            "address",
            "lines_per_second",
            "lost_lines",
        ],
    ),
    table("current_job", &["region"], &["job_id"]),
    table(
        "run",
        &["region", "job_id"],
        &[
            "started_at",
            "high_water_seq",
            "webhook_revision",
            "batch_lines",
            "batch_bytes",
            "edges_of",
        ],
    ),
    table(
        "slice",
        &["region", "job_id", "number"],
        &[
            "start_ns",
            "start_seq",
            "end_ns",
            "end_seq",
            "cursor_ns",
            "cursor_seq",
            "owner",
            "token",
        ],
    ),
    table("batch_edge", &["region", "job_id", "event_ns", "seq"], &[]),
    table("idempotency_key", &["scope", "token_id", "key"], &["body", "put_id", "created_at"]),
    table(
        "lane",
        &["region"],
        &["id", "state", "cursor_seq", "enabled_at", "first_seq", "last_seq", "is_forwarded"],
    ),
    table(
        "outage",
        &["number"],
        &[
            "region",
            "id",
            "reason",
            "detail",
            "began_at",
            "ended_at",
            "first_at",
            "last_at",
            "last_seq",
            "lines",
            "bytes",
            "lost_lines",
            "healing_job",
            "healed_at",
            "healed_by",
            "hold",
        ],
    ),
    table("outage_range", &["region", "last_seq"], &["first_seq", "outage"]),
    table("sample_range", &["region", "last_seq"], &["first_seq"]),
    table("minute_count", &["region", "minute", "kind"], &["lines", "bytes"]),
    Table::Parts,
];

impl Table {
    /// Its name.
    pub(in crate::store) const fn name(&self) -> &'static str {
        match self {
            Self::Parts => "part",
            Self::Rows(table) => table.name,
        }
    }

    /// The position of its last row; `None` if it has none.
    pub(super) fn last(&self, db: &Sql<'_>) -> Result<Option<Position>, StoreError> {
        Ok(match self {
            Self::Parts => copied_parts::last(db)?.map(Position::Part),
            Self::Rows(table) => table.last(db)?.map(Position::Row),
        })
    }

    /// The rows after a position, or the first ones.
    pub(super) fn after(
        &self,
        db: &Sql<'_>,
        last: Option<&Position>,
        limits: ChunkLimits,
    ) -> Result<Chunk, StoreError> {
        match self {
            Self::Parts => {
                let last = if let Some(Position::Part(place)) = last { Some(place) } else { None };
                copied_parts::after(db, last, limits).map(Chunk::Parts)
            }
            Self::Rows(table) => {
                let last = if let Some(Position::Row(key)) = last { Some(&**key) } else { None };
                let rows = table.after(db, last, limits)?;
                Ok(Chunk::Rows { table: *table, rows })
            }
        }
    }
}

impl Chunk {
    /// The number of its rows.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Parts(parts) => parts.len(),
            Self::Rows { rows, .. } => rows.len(),
        }
    }

    /// The position of its last row; `None` if it has none.
    pub(super) fn last(&self) -> Option<Position> {
        match self {
            Self::Parts(parts) => parts.last().map(|part| Position::Part(part.place())),
            Self::Rows { table, rows } => {
                rows.last().map(|row| Position::Row(table.key_of(row).to_vec()))
            }
        }
    }

    /// The UTC days for which partitions are needed.
    pub(super) fn days(&self) -> BTreeSet<i64> {
        match self {
            Self::Parts(parts) => parts.iter().map(CopiedPart::day).collect(),
            Self::Rows { .. } => BTreeSet::new(),
        }
    }

    /// Inserts its rows.
    pub(super) fn insert(&self, tx: &Write<'_>) -> Result<(), StoreError> {
        match self {
            Self::Parts(parts) => copied_parts::insert(tx, parts),
            Self::Rows { table, rows } => table.insert(tx, rows),
        }
    }

    /// Adds its rows to a digest.
    pub(super) fn write(&self, digest: &mut digest::Writer) {
        match self {
            Self::Parts(parts) => {
                for part in parts {
                    digest.add(part.values());
                }
            }
            Self::Rows { rows, .. } => {
                for row in rows {
                    digest.add(row.iter().map(StoredValue::value));
                }
            }
        }
    }
}
