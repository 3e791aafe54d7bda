//! What a replay would deliver, how far a job is, and how fast lines were delivered before. It
//! changes nothing.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta};
use replay_core::{Job, JobStatus, Region, job::Amount, request::JobRequest, webhook::Attempt};
use time_range::Timestamp;

use super::{
    SliceCounts, Store, StoreError,
    counts::{self, SelectedMinutes},
    job_rows::current,
    line_numbers::last_seq,
    parts::{self, Reach},
    read_timestamp,
    selections::Selection,
    slices, snapshots,
    sql::{Sql, values},
    undelivered, webhooks,
};

/// The lines of a timeframe.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Selected {
    /// All lines.
    pub total: Amount,
    /// The event time of the first line.
    pub first_at: Option<Timestamp>,
    /// The event time of the last line.
    pub last_at: Option<Timestamp>,
    /// The length of a bucket, in whole minutes.
    pub bucket: TimeDelta,
    /// The buckets that have lines, oldest first.
    pub buckets: Vec<SelectedBucket>,
    /// The event time of the first line of the whole archive of the region.
    pub archive_first_at: Option<Timestamp>,
}

/// The lines of a part of a timeframe.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SelectedBucket {
    /// The start of the bucket.
    pub at: Timestamp,
    /// Its lines.
    pub amount: Amount,
    /// The number of those that belong to an outage which is open or not healed; `None` if they were
    /// not counted, which would mean to read the lines of a selection of some kinds.
    pub undelivered_lines: Option<u64>,
}

/// How far the region's job is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct JobProgress {
    /// The region's current job.
    pub job: Job,
    /// Its slices.
    pub slices: SliceCounts,
    /// The last delivery attempt to the region's webhook since the job has started.
    pub last_attempt: Option<Attempt>,
}

/// The lengths of buckets, in minutes.
const BUCKET_MINUTES: [i64; 12] = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440];

/// The maximum number of buckets of a timeframe.
const MOST_BUCKETS: i64 = 200;

/// The lines for which the duration of a replay is estimated at least: a job of fewer takes about as long
/// as one full batch.
pub const FULL_BATCH: u64 = 1_000;

impl Store {
    /// Counts the lines that a job with this request has if it starts now.
    ///
    /// # Errors
    /// The database fails, or a part at the edge of the timeframe is damaged.
    pub async fn selected(
        &self,
        region: &Region,
        request: impl Into<JobRequest>,
    ) -> Result<Selected, StoreError> {
        let (region, request) = (region.clone(), request.into());
        self.database
            .read_at_one_moment(move |db| {
                let selection = Selection::of(db, &request, last_seq(db, &region)?)?;
                let minutes = counts::selected(db, &region, &selection)?;
                let (first_at, last_at) = ends(db, &region, &selection, &minutes)?;
                let reach = selection.reach;
                let span = counts::minute_of(reach.last_ns) - counts::minute_of(reach.first_ns);
                let minutes_per_bucket = bucket_minutes(span + 1);
                let undelivered = match selection.kinds {
                    None => Some(undelivered::by_bucket(db, &region, reach, |minute| {
                        bucket_start(minute, minutes_per_bucket)
                    })?),
                    Some(_) => None,
                };
                Ok(Selected {
                    total: minutes.total(),
                    first_at,
                    last_at,
                    bucket: TimeDelta::minutes(minutes_per_bucket),
                    buckets: buckets(&minutes, minutes_per_bucket, undelivered.as_ref()),
                    archive_first_at: archive_first_at(db, &region)?,
                })
            })
            .await
    }

    /// How far the region's job is.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable.
    pub async fn progress(&self, region: &Region) -> Result<JobProgress, StoreError> {
        let region = region.clone();
        self.database.read_at_one_moment(move |db| progress(db, &region)).await
    }

    /// The average number of lines per second, rounded up, of the fastest of the region's last settled
    /// jobs that delivered lines and had no limit when they ended. The others may have been paused, which
    /// is not recorded.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable.
    pub async fn last_delivery_rate(&self, region: &Region) -> Result<Option<u64>, StoreError> {
        let region = region.clone();
        let jobs = self.database.read(move |db| {
            db.all(
                "SELECT delivered_lines, started_at, updated_at
                 FROM job JOIN run ON run.region = job.region AND run.job_id = job.id
                 WHERE job.region = ?1 AND status IN (?2, ?3) AND delivered_lines > 0
                   AND started_at IS NOT NULL AND lines_per_second IS NULL
                 ORDER BY unixepoch(updated_at, 'subsec') DESC LIMIT 5",
                &values![
                    region.as_str(),
                    JobStatus::Completed.as_str(),
                    JobStatus::Failed.as_str(),
                ],
                |row| {
                    let (started_at, ended_at): (String, String) = (row.get(1)?, row.get(2)?);
                    Ok((row.get::<u64>(0)?, started_at, ended_at))
                },
            )
        });
        let mut fastest = None;
        for (lines, started_at, ended_at) in jobs.await? {
            let took = read_timestamp(&ended_at)? - read_timestamp(&started_at)?;
            // Timestamps have milliseconds; a job takes at least one.
            let milliseconds = u128::try_from(took.num_milliseconds()).unwrap_or_default().max(1);
            let lines = u128::from(lines.max(FULL_BATCH));
            let rate = u64::try_from((lines * 1_000).div_ceil(milliseconds)).ok();
            fastest = fastest.max(rate);
        }
        Ok(fastest)
    }
}

/// How far the region's job is.
pub(super) fn progress(db: &Sql<'_>, region: &Region) -> Result<JobProgress, StoreError> {
    let job = current(db, region)?;
    let slices = match job.configured() {
        Some(job) => slices::counts(db, region, job.id)?,
        None => SliceCounts::default(),
    };
    let snapshot = match job.configured() {
        Some(job) => snapshots::load(db, region, job.id)?,
        None => None,
    };
    let last_attempt =
        snapshot.zip(webhooks::last_attempt(db, region)?).and_then(|(snapshot, attempt)| {
            let is_of_job = snapshot.started_at.is_none_or(|start| start <= attempt.at);
            is_of_job.then_some(attempt)
        });
    Ok(JobProgress { job, slices, last_attempt })
}

/// The length of a bucket: the shortest with which this number of minutes has few enough buckets.
fn bucket_minutes(minutes: i64) -> i64 {
    let longest = BUCKET_MINUTES.last().copied().unwrap_or(1);
    // A bucket at each end may be incomplete.
    let suffices = |length: &i64| minutes / length + 2 <= MOST_BUCKETS;
    let days = minutes.div_euclid(longest * (MOST_BUCKETS - 2)) + 1;
    BUCKET_MINUTES.into_iter().find(suffices).unwrap_or(longest * days)
}

/// The first minute of the bucket that a minute is in.
const fn bucket_start(minute: i64, length: i64) -> i64 {
    minute.div_euclid(length) * length
}

fn buckets(
    minutes: &SelectedMinutes,
    length: i64,
    undelivered: Option<&HashMap<i64, u64>>,
) -> Vec<SelectedBucket> {
    let mut buckets: Vec<(i64, Amount)> = Vec::new();
    for minute in &minutes.0 {
        let start = bucket_start(minute.minute, length);
        match buckets.last_mut() {
            Some((last, amount)) if *last == start => *amount += minute.amount,
            _ => buckets.push((start, minute.amount)),
        }
    }
    let bucket = |(minute, amount): (i64, Amount)| {
        let undelivered_lines = undelivered.map(|by_bucket| {
            // Lines past retention may be deleted before their outage is updated.
            by_bucket.get(&minute).copied().unwrap_or_default().min(amount.lines)
        });
        let at = DateTime::from_timestamp(minute * 60, 0)?;
        Some(SelectedBucket { at, amount, undelivered_lines })
    };
    buckets.into_iter().filter_map(bucket).collect()
}

/// The event time of the first line of the region: a part knows that of its own.
fn archive_first_at(db: &Sql<'_>, region: &Region) -> Result<Option<Timestamp>, StoreError> {
    let Some(minute) = counts::first_minute(db, region)? else { return Ok(None) };
    let (first_ns, last_ns) = (counts::first_ns_of(minute), counts::last_ns_of(minute));
    let parts = parts::reached(db, region, Reach { first_ns, last_ns, high_water_seq: i64::MAX })?;
    let first = parts.iter().map(|part| part.extent.first.event_ns).min();
    Ok(first.map(DateTime::from_timestamp_nanos))
}

/// The event times of the first and the last line: only the parts of the first and the last minute
/// that has lines are read.
fn ends(
    db: &Sql<'_>,
    region: &Region,
    selection: &Selection,
    minutes: &SelectedMinutes,
) -> Result<(Option<Timestamp>, Option<Timestamp>), StoreError> {
    let span_of = |minute: Option<&counts::SelectedMinute>| {
        let Some(minute) = minute.map(|minute| minute.minute) else { return Ok(None) };
        let reach = Reach {
            first_ns: selection.reach.first_ns.max(counts::first_ns_of(minute)),
            last_ns: selection.reach.last_ns.min(counts::last_ns_of(minute)),
            ..selection.reach
        };
        let measured = Selection { reach, ..selection.clone() }.measure(db, region)?;
        Ok::<_, StoreError>(measured.span_ns)
    };
    let (first, last) = (span_of(minutes.0.first())?, span_of(minutes.0.last())?);
    Ok((
        first.map(|span| DateTime::from_timestamp_nanos(span.first)),
        last.map(|span| DateTime::from_timestamp_nanos(span.last)),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeframe_has_at_most_200_buckets_of_an_aligned_length() {
        for (minutes, expected) in
            [(1, 1), (198, 1), (199, 2), (1_440, 10), (7 * 1_440, 60), (198 * 1_440, 1_440)]
        {
            assert_eq!(bucket_minutes(minutes), expected, "{minutes}");
        }
        for minutes in (1..3_000_000).step_by(997) {
            assert!(minutes / bucket_minutes(minutes) + 2 <= MOST_BUCKETS, "{minutes}");
        }
    }
}
