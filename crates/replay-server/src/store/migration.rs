//! Converts the rows of the table `line`, in which versions before 4 kept the archive, into blocks.
//! Each step is a transaction, so that a conversion that was interrupted goes on where it stopped.

use core::{ops::ControlFlow, slice, time::Duration};
use std::time::Instant;

use bytes::Bytes;
use replay_core::{Region, job::Amount, snapshot::Position};
use rusqlite::Connection;

use super::{
    StoreError,
    counts::{self, MinuteCounts},
    part_contents,
    parts::{self, Reach},
    slices,
    sql::{Sql, values},
    transaction::commit,
    write::Write,
};
use crate::archive::{EncodedPart, Line, SealLimits, seal};

/// The number of lines that a step converts.
const STEP: usize = 64_000;

/// The bytes of lines after which a step ends.
const STEP_BYTES: usize = 16 * 1024 * 1024;

/// The value of `auto_vacuum` with which free pages can be given back.
const INCREMENTAL: i64 = 2;

/// How often the progress is logged.
const LOG_INTERVAL: Duration = Duration::from_secs(5);

/// Converts all rows, if there is a table `line`, and makes free space of the file removable.
pub(super) fn convert_lines(db: &mut Connection) -> Result<(), StoreError> {
    if exists(&Sql::from(&*db))? {
        convert_all(db)?;
    }
    if db.pragma_query_value(None, "auto_vacuum", |row| row.get::<_, i64>(0))? != INCREMENTAL {
        tracing::info!("compacting the database file");
        if let Err(error) = db.execute_batch("PRAGMA auto_vacuum = INCREMENTAL; VACUUM") {
            tracing::warn!(%error, "the database file could not be compacted; the next start tries again");
        }
    }
    Ok(())
}

fn convert_all(db: &mut Connection) -> Result<(), StoreError> {
    let sql = Sql::from(&*db);
    let total: u64 = sql.one("SELECT count(*) FROM line", &[], |row| row.get(0))?;
    let regions = regions_with_rows(&sql)?;
    let (mut converted, mut logged_at) = (0, Instant::now());
    if total > 0 {
        tracing::info!(lines = total, "converting the archive to blocks");
    }
    loop {
        let step = commit(db, None, |tx| convert_step(tx, &regions, STEP))?.value;
        let Some(lines) = step else { break };
        converted += lines;
        if logged_at.elapsed() >= LOG_INTERVAL {
            tracing::info!(converted, of = total, "converting the archive to blocks");
            logged_at = Instant::now();
        }
    }
    commit(db, None, finish)?;
    if total > 0 {
        tracing::info!(lines = total, "converted the archive to blocks");
    }
    Ok(())
}

fn exists(db: &Sql<'_>) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'line'";
    Ok(db.optional(sql, &[], |_| Ok(()))?.is_some())
}

/// Converts up to `step` rows of the first region that has some, and more than a block; returns their
/// number, or `None` if all are converted.
pub(super) fn convert_step(
    tx: &Write<'_>,
    regions: &[Region],
    step: usize,
) -> Result<Option<usize>, StoreError> {
    if !exists(tx)? {
        return Ok(None);
    }
    for region in regions {
        let (lines, is_end) = next_rows(tx, region, step)?;
        if lines.is_empty() {
            continue;
        }
        // Unless the region ends, lines that fill no block are converted with the next step.
        let sealed = seal(&lines, &SealLimits::DEFAULT, true);
        let parts = sealed.blocks.into_iter().chain(sealed.recent.filter(|_| is_end));
        let mut converted = 0;
        for part in parts {
            converted += convert(tx, region, &part, &lines[converted..])?;
        }
        return Ok(Some(converted));
    }
    Ok(None)
}

/// Inserts a part that has the first of these lines; returns their number.
fn convert(
    tx: &Write<'_>,
    region: &Region,
    part: &EncodedPart,
    lines: &[Line],
) -> Result<usize, StoreError> {
    let count = usize::try_from(part.extent.lines).unwrap_or(lines.len()).min(lines.len());
    let mut minutes = MinuteCounts::default();
    for line in &lines[..count] {
        minutes.add_line(line);
    }
    counts::add(tx, region, &minutes)?;
    parts::insert(tx, region, slice::from_ref(part))?;
    Ok(count)
}

/// The regions that have rows.
pub(super) fn regions_with_rows(db: &Sql<'_>) -> Result<Vec<Region>, StoreError> {
    super::regions(db, "SELECT DISTINCT region FROM line ORDER BY region")
}

/// The next rows of a region after the last part, in order, and whether they are the last ones.
fn next_rows(db: &Sql<'_>, region: &Region, step: usize) -> Result<(Vec<Line>, bool), StoreError> {
    let last = db.optional(
        "SELECT last_ns, last_seq FROM part WHERE region = ?1
         ORDER BY last_ns DESC, last_seq DESC LIMIT 1",
        &values![region.as_str()],
        |row| Ok(Position { event_ns: row.get(0)?, seq: row.get(1)? }),
    )?;
    let last = last.unwrap_or(Position { event_ns: i64::MIN, seq: 0 });
    let (mut lines, mut bytes) = (Vec::new(), 0);
    db.each(
        "SELECT event_ns, seq, text FROM line WHERE region = ?1 AND event_ns = ?2 AND seq > ?3
         UNION ALL
         SELECT event_ns, seq, text FROM line WHERE region = ?1 AND event_ns > ?2
         ORDER BY event_ns, seq LIMIT ?4",
        &values![region.as_str(), last.event_ns, last.seq, step],
        |row| {
            let position = Position { event_ns: row.get(0)?, seq: row.get(1)? };
            let text = Bytes::from(row.get::<Vec<u8>>(2)?);
            bytes += text.len();
            lines.push(Line { position, text });
            let goes_on = bytes < STEP_BYTES;
            Ok(if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        },
    )?;
    if bytes >= STEP_BYTES {
        return Ok((lines, false));
    }
    let is_end = lines.len() < step;
    Ok((lines, is_end))
}

/// Counts the lines of running jobs, and drops the table.
fn finish(tx: &Write<'_>) -> Result<(), StoreError> {
    let jobs = tx.all(
        "SELECT job.region, id, high_water_seq
         FROM job JOIN run ON run.region = job.region AND run.job_id = job.id
         WHERE total_lines IS NULL AND status = 'running'",
        &[],
        |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?, row.get(2)?)),
    )?;
    for (label, id, high_water_seq) in jobs {
        let region = super::read_region(&label)?;
        let job = replay_core::JobId::read(&id).ok_or(StoreError::Corrupt("job id"))?;
        let mut total = Amount::default();
        let mut delivered = Amount::default();
        for slice in slices::load(tx, &region, job)? {
            let (first_ns, last_ns) = (slice.start.event_ns, slice.end.event_ns);
            let reach = Reach { first_ns, last_ns, high_water_seq };
            for part in parts::reached(tx, &region, reach)? {
                for line in part_contents::lines(tx, &part)? {
                    let is_selected = (slice.start..slice.end).contains(&line.position)
                        && line.position.seq <= high_water_seq;
                    if is_selected {
                        let line_amount = Amount { lines: 1, bytes: line.text.len() as u64 };
                        total += line_amount;
                        if line.position < slice.cursor {
                            delivered += line_amount;
                        }
                    }
                }
            }
        }
        tx.execute(
            "UPDATE job SET total_lines = ?1, total_bytes = ?2, delivered_bytes = ?3
             WHERE region = ?4 AND id = ?5",
            &values![total.lines, total.bytes, delivered.bytes, label, id],
        )?;
    }
    tx.execute("DROP TABLE IF EXISTS line", &[])?;
    Ok(())
}
