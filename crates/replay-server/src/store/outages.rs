//! The beginning, the end and the healing of outages, with the counts of their undelivered lines. What
//! follows from an event is decided by `replay-core`.

use chrono::DateTime;
use replay_core::{
    Configured, JobStatus, OutageId, Region, Timeframe, healing,
    job::Amount,
    lane::{Lane, OutageChange},
    outage::{Healed, Hold, OutageCause, OutageReason, SeqRange},
};
use time_range::Timestamp;

use super::{
    StoreError,
    changes::Change,
    job_rows,
    line_numbers::last_seq,
    outage_ranges,
    outage_rows::{self, OutageTimes, StoredOutage},
    selections::{Measured, Selection, SpanNs},
    snapshots,
    sql::Sql,
    write::Write,
};

/// Stores a change of the outages of a region. `id` is that of a new outage.
pub(super) fn apply(
    tx: &Write<'_>,
    region: &Region,
    change: OutageChange,
    id: OutageId,
    now: Timestamp,
) -> Result<(), StoreError> {
    match change {
        OutageChange::None => Ok(()),
        OutageChange::Begins(cause) => {
            let times = OutageTimes { began_at: now, ended_at: None };
            outage_rows::insert(tx, region, id, &cause, times)?;
            log(tx, region, id)
        }
        OutageChange::Ends(rest) => {
            let open = outage_rows::open(tx, region)?.ok_or(StoreError::Corrupt("open outage"))?;
            let undelivered = match rest {
                Some(rest) => outage_ranges::unlisted(tx, region, rest)?,
                None => Vec::new(),
            };
            end(tx, region, open, undelivered, now)
        }
        OutageChange::Listed { cause, undelivered } => {
            let undelivered = outage_ranges::unlisted(tx, region, undelivered)?;
            // A receiver that refuses one batch after another makes one outage of them.
            let latest = outage_rows::page(tx, region, i64::MAX, 1)?.pop();
            let is_same = |latest: &StoredOutage| {
                latest.outage.cause == cause && latest.outage.is_untouched()
            };
            match latest.filter(is_same) {
                Some(latest) => add(tx, region, latest, undelivered, now),
                None => list(tx, region, id, &cause, undelivered, now),
            }
        }
    }
}

/// Lists lines that are dated before the webhook was enabled. They are added to the latest such outage,
/// unless a job was submitted for it.
pub(super) fn list_dated_before_enabling(
    tx: &Write<'_>,
    region: &Region,
    id: OutageId,
    undelivered: Vec<SeqRange>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let reason = OutageReason::DatedBeforeEnabling;
    let mut unlisted = Vec::new();
    for range in undelivered {
        // Some may be listed already: the lane reads them again after its batch was halved.
        unlisted.extend(outage_ranges::unlisted(tx, region, range)?);
    }
    let undelivered = unlisted;
    if undelivered.is_empty() {
        return Ok(());
    }
    match outage_rows::latest_untouched(tx, region, reason)? {
        Some(latest) => add(tx, region, latest, undelivered, now),
        None => list(tx, region, id, &OutageCause::plain(reason), undelivered, now),
    }
}

/// The number and size of the lines after the lane's cursor that belong to no outage which has ended.
/// During an outage, these are its undelivered lines.
pub(super) fn waiting(db: &Sql<'_>, region: &Region, lane: &Lane) -> Result<Amount, StoreError> {
    let rest = SeqRange { first: lane.cursor_seq + 1, last: last_seq(db, region)? };
    let ranges = outage_ranges::unlisted(db, region, rest)?;
    Ok(Selection::of_ranges(ranges).measure(db, region)?.amount)
}

/// The number of undelivered lines of an outage that the retention has removed.
pub(super) fn lost_lines(db: &Sql<'_>, region: &Region, id: OutageId) -> Result<u64, StoreError> {
    let stored = outage_rows::load(db, region, id)?;
    Ok(stored.map_or(0, |stored| stored.outage.lost_lines))
}

/// Stores what follows from a job that has settled: the outage that it healed, those that it covered,
/// or how many lines of its outage are left.
pub(super) fn note_settled(
    tx: &Write<'_>,
    region: &Region,
    job: &Configured,
) -> Result<(), StoreError> {
    if job.status == JobStatus::Failed {
        return note_failed(tx, region, job);
    }
    for mut stored in outage_rows::unhealed(tx, region)? {
        let lost_before = stored.outage.lost_lines;
        if note_healed(tx, region, job, &mut stored, job.updated_at)? {
            let lines = stored.outage.lost_lines - lost_before;
            if lines > 0 {
                tx.log_after_commit(Change::LinesLost { region: region.clone(), lines });
            }
            outage_rows::update(tx, &stored)?;
            log(tx, region, stored.outage.id)?;
        }
    }
    Ok(())
}

/// Sets why the server does not heal the job's outage by itself.
pub(super) fn hold(tx: &Write<'_>, job: &Configured, hold: Hold) -> Result<(), StoreError> {
    match job.request.heals {
        Some(outage) => outage_rows::set_hold(tx, outage, hold),
        None => Ok(()),
    }
}

/// Subtracts the lines that a failed healing job has delivered from those of its outage.
fn note_failed(tx: &Write<'_>, region: &Region, job: &Configured) -> Result<(), StoreError> {
    let (Some(id), Some(progress)) = (job.request.heals, &job.progress) else { return Ok(()) };
    let Some(mut stored) = outage_rows::load(tx, region, id)? else { return Ok(()) };
    let Amount { lines, bytes } = progress.delivered;
    let undelivered = &mut stored.outage.undelivered;
    undelivered.lines = undelivered.lines.saturating_sub(lines);
    undelivered.bytes = undelivered.bytes.saturating_sub(bytes);
    outage_rows::update(tx, &stored)
}

/// Marks an outage as healed if `job` has delivered its undelivered lines; returns whether it did.
fn note_healed(
    db: &Sql<'_>,
    region: &Region,
    job: &Configured,
    stored: &mut StoredOutage,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(snapshot) = snapshots::load(db, region, job.id)? else { return Ok(false) };
    let StoredOutage { outage, last_seq, .. } = stored;
    if !healing::is_healed_by(outage, job, snapshot.high_water_seq, *last_seq) {
        return Ok(false);
    }
    // What the healing job did not deliver was removed before it started.
    let delivered = job.progress.as_ref().map_or(0, |progress| progress.delivered.lines);
    if job.request.heals.is_some() {
        outage.lost_lines += outage.undelivered.lines.saturating_sub(delivered);
    }
    outage.healed = Some(Healed { at: now, by: Some(job.id) });
    outage.undelivered = Amount::default();
    Ok(true)
}

/// Ends an outage with these undelivered lines. It is healed at once if there are none, or if the
/// region's last job has delivered them.
fn end(
    tx: &Write<'_>,
    region: &Region,
    mut stored: StoredOutage,
    undelivered: Vec<SeqRange>,
    now: Timestamp,
) -> Result<(), StoreError> {
    outage_ranges::insert(tx, region, stored.outage.id, &undelivered)?;
    let measured = Selection::of_ranges(undelivered).measure(tx, region)?;
    stored.outage.ended_at = Some(now);
    count(&mut stored, &measured);
    if measured.amount.lines == 0 && stored.outage.lost_lines == 0 {
        stored.outage.healed = Some(Healed { at: now, by: None });
    } else if let Some(job) = job_rows::current(tx, region)?.configured() {
        note_healed(tx, region, job, &mut stored, now)?;
    }
    outage_rows::update(tx, &stored)?;
    log(tx, region, stored.outage.id)
}

/// Inserts an outage that has ended already.
fn list(
    tx: &Write<'_>,
    region: &Region,
    id: OutageId,
    cause: &OutageCause,
    undelivered: Vec<SeqRange>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let times = OutageTimes { began_at: now, ended_at: Some(now) };
    outage_rows::insert(tx, region, id, cause, times)?;
    match outage_rows::load(tx, region, id)? {
        Some(stored) => end(tx, region, stored, undelivered, now),
        None => Ok(()),
    }
}

/// Adds undelivered lines to an outage that has ended.
fn add(
    tx: &Write<'_>,
    region: &Region,
    mut stored: StoredOutage,
    undelivered: Vec<SeqRange>,
    now: Timestamp,
) -> Result<(), StoreError> {
    stored.outage.ended_at = Some(now);
    outage_ranges::insert(tx, region, stored.outage.id, &undelivered)?;
    count(&mut stored, &Selection::of_ranges(undelivered).measure(tx, region)?);
    outage_rows::update(tx, &stored)
}

/// Counts undelivered lines of an outage.
fn count(stored: &mut StoredOutage, measured: &Measured) {
    stored.outage.undelivered += measured.amount;
    stored.last_seq = stored.last_seq.max(measured.last_seq);
    let at = DateTime::from_timestamp_nanos;
    let Some(SpanNs { first, last }) = measured.span_ns else { return };
    let (mut first, mut last) = (at(first), at(last));
    if let Some(span) = stored.outage.span {
        (first, last) = (first.min(span.start()), last.max(span.end()));
    }
    stored.outage.span = Timeframe::new(first, last).ok();
}

/// Logs the outage after the commit.
fn log(tx: &Write<'_>, region: &Region, id: OutageId) -> Result<(), StoreError> {
    if let Some(stored) = outage_rows::load(tx, region, id)? {
        let outage = Box::new(stored.outage);
        tx.log_after_commit(Change::Outage { region: region.clone(), outage });
    }
    Ok(())
}
