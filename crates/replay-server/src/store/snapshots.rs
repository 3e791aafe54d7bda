//! The snapshots of jobs: what a job fixes when it starts, in the tables `run`, `slice` and
//! `batch_edge`.

use replay_core::{
    JobId, Region,
    snapshot::{BatchLimits, Extent, Limits, Plan, Position, SliceBounds},
};
use time_range::{Timestamp, write_timestamp};

use super::{
    StoreError,
    parts::StoredPart,
    selections::Selection,
    slices::{self, Slice},
    sql::{Row, Sql, values},
    write::Write,
};

/// The snapshot of a job.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Snapshot {
    pub(super) high_water_seq: i64,
    pub(super) webhook_revision: i64,
    pub(super) limits: BatchLimits,
    /// `None` for a job that started before this was stored.
    pub(super) started_at: Option<Timestamp>,
    /// The job at whose edges the batches end: that job, or the first one that it resumes.
    pub(super) edges_of: JobId,
}

/// The run of a failed job, from its cursors on.
#[derive(Clone, Debug)]
pub(super) struct LeftRun {
    /// Its snapshot.
    pub(super) snapshot: Snapshot,
    /// The slices with unacknowledged lines; they start at their cursors.
    pub(super) slices: Vec<Slice>,
}

/// Takes the snapshot of a job that starts.
pub(super) fn insert(
    tx: &Write<'_>,
    region: &Region,
    id: JobId,
    selection: &Selection,
    limits: &Limits,
    now: Timestamp,
) -> Result<(), StoreError> {
    let high_water_seq = selection.reach.high_water_seq;
    insert_run(tx, region, id, high_water_seq, limits.batch, None, now)?;
    let start = Position::first_at(selection.reach.first_ns);
    let end = Position::first_at(selection.reach.last_ns.saturating_add(1));
    let parts = selection.parts(tx, region)?;
    let extent = |part: &StoredPart| Extent {
        // A block with lines that are not selected cannot be sent as it is stored.
        is_block: part.extent.is_block && selection.has_all_of(part),
        ..part.extent
    };
    let extents: Vec<_> = parts.iter().map(extent).collect();
    let plan = Plan::of(&extents, start, end, limits);
    slices::insert(tx, region, id, (0..).zip(plan.slices))?;
    insert_edges(tx, region, id, plan.edges)
}

/// Copies what is left of the run of another job as the snapshot of a job that resumes it, with the
/// current webhook: its batches are those that the other job had left, with the same edges.
pub(super) fn copy(
    tx: &Write<'_>,
    region: &Region,
    id: JobId,
    left: &LeftRun,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Snapshot { high_water_seq, limits, edges_of, .. } = left.snapshot;
    insert_run(tx, region, id, high_water_seq, limits, Some(edges_of), now)?;
    let bounds = |slice: &Slice| SliceBounds { start: slice.start, end: slice.end };
    slices::insert(tx, region, id, left.slices.iter().map(|slice| (slice.number, bounds(slice))))
}

fn insert_run(
    tx: &Write<'_>,
    region: &Region,
    id: JobId,
    high_water_seq: i64,
    limits: BatchLimits,
    edges_of: Option<JobId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO run (region, job_id, started_at, high_water_seq, webhook_revision, batch_lines,
                          batch_bytes, edges_of)
         VALUES (?1, ?2, ?3, ?4, (SELECT max(revision) FROM webhook WHERE region = ?1), ?5, ?6, ?7)",
        &values![
            region.as_str(),
            id.to_string(),
            write_timestamp(now),
            high_water_seq,
            limits.lines,
            limits.bytes,
            edges_of.map(|job| job.to_string()),
        ],
    )?;
    Ok(())
}

/// The snapshot of a job; `None` if it has not started.
pub(super) fn load(
    db: &Sql<'_>,
    region: &Region,
    id: JobId,
) -> Result<Option<Snapshot>, StoreError> {
    let row = db.optional(
        "SELECT high_water_seq, webhook_revision, batch_lines, batch_bytes, started_at, edges_of
         FROM run WHERE region = ?1 AND job_id = ?2",
        &values![region.as_str(), id.to_string()],
        |row| {
            let limits = BatchLimits { lines: row.get(2)?, bytes: row.get(3)? };
            let (started_at, edges_of): (Option<String>, Option<String>) =
                (row.get(4)?, row.get(5)?);
            Ok((row.get(0)?, row.get(1)?, limits, started_at, edges_of))
        },
    )?;
    let Some((high_water_seq, webhook_revision, limits, started_at, edges_of)) = row else {
        return Ok(None);
    };
    let started_at = started_at.as_deref().map(super::read_timestamp).transpose()?;
    let edges_of = match edges_of {
        Some(text) => JobId::read(&text).ok_or(StoreError::Corrupt("job id"))?,
        None => id,
    };
    Ok(Some(Snapshot { high_water_seq, webhook_revision, limits, started_at, edges_of }))
}

/// The region of a job; `None` if no job with this id has started.
pub(super) fn region_of(db: &Sql<'_>, id: JobId) -> Result<Option<Region>, StoreError> {
    let sql = "SELECT region FROM run WHERE job_id = ?1";
    let read = |row: &Row<'_>| super::read_region(&row.get::<String>(0)?);
    db.optional(sql, &values![id.to_string()], read)
}

/// Inserts the positions before which batches end, for a job that does not resume another one.
fn insert_edges(
    tx: &Write<'_>,
    region: &Region,
    id: JobId,
    edges: Vec<Position>,
) -> Result<(), StoreError> {
    let id = id.to_string();
    tx.execute_each(
        "INSERT INTO batch_edge (region, job_id, event_ns, seq) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO NOTHING",
        edges
            .into_iter()
            .map(|edge| values![region.as_str(), id.as_str(), edge.event_ns, edge.seq]),
    )
}

/// Inserts a position before which a batch of the job ends.
pub(super) fn insert_edge(
    tx: &Write<'_>,
    region: &Region,
    id: JobId,
    edge: Position,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO batch_edge (region, job_id, event_ns, seq)
         SELECT region, coalesce(edges_of, job_id), CAST(?3 AS BIGINT), CAST(?4 AS BIGINT) FROM run
         WHERE region = ?1 AND job_id = ?2
         ON CONFLICT DO NOTHING",
        &values![region.as_str(), id.to_string(), edge.event_ns, edge.seq],
    )?;
    Ok(())
}

/// The edges after `after` and up to `end`, in ascending order, `most` of them at most.
pub(super) fn edges(
    db: &Sql<'_>,
    region: &Region,
    id: JobId,
    (after, end): (Position, Position),
    most: usize,
) -> Result<Vec<Position>, StoreError> {
    db.all(
        "SELECT event_ns, seq FROM batch_edge
         WHERE region = ?1 AND job_id = ?2 AND (event_ns, seq) > (?3, ?4)
           AND (event_ns, seq) <= (?5, ?6)
         ORDER BY event_ns, seq LIMIT ?7",
        &values![
            region.as_str(),
            id.to_string(),
            after.event_ns,
            after.seq,
            end.event_ns,
            end.seq,
            most,
        ],
        |row| Ok(Position { event_ns: row.get(0)?, seq: row.get(1)? }),
    )
}
