//! Handlers that count what a replay would deliver, and that say how far the region's job is.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
};
use chrono::TimeDelta;
use replay_core::{Refusal, Region, job::Amount};
use replay_wire::{
    Bucket, Preview, ReplayProgress, Reported, Slices, read_submission_query, write_preview,
    write_progress,
};
use tokio::time::Instant;

use crate::{
    api::kinds::{KINDS, job_request},
    app_state::AppState,
    auth::Action,
    authentication::Authenticated,
    request::RequestRegion,
    response::{ApiError, json},
    store::{JobProgress, Selected, SelectedBucket},
};

/// `GET …/x/replay/preview`: counts the lines that a job of the timeframe would have if it started
/// now.
pub(crate) async fn preview(
    State(app): State<Arc<AppState>>,
    Authenticated(caller): Authenticated,
    RequestRegion(region): RequestRegion,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    caller.authorize(Action::Read, [&region])?;
    let now = app.clock.now();
    let request = read_submission_query(query.as_deref(), &app.policy, now, &KINDS)
        .map_err(Refusal::BadRequest)?;
    let timeframe = request.timeframe;
    let Selected { total, first_at, last_at, bucket, buckets, archive_first_at } =
        app.store.selected(&region, job_request(&request)).await?;
    let (webhook, _) = app.store.webhook(&region).await?;
    let preview = Preview {
        start_at: timeframe.start(),
        end_at: timeframe.end(),
        lines: total.lines,
        bytes: total.bytes,
        first_at,
        last_at,
        // A line past retention cannot be replayed, and may not be deleted yet.
        archive_first_at: archive_first_at.map(|at| at.max(app.policy.expired_before(now))),
        bucket,
        buckets: buckets
            .into_iter()
            .map(|SelectedBucket { at, amount: Amount { lines, bytes }, undelivered_lines }| {
                Bucket { at, lines, bytes, undelivered_lines }
            })
            .collect(),
        webhook_ready: webhook.is_enabled(),
        estimated: estimate(&app, &region, total.lines).await?,
    };
    Ok(json(StatusCode::OK, &write_preview(&preview)))
}

/// `GET …/x/replay/progress`: how far the region's job is.
pub(crate) async fn progress(
    State(app): State<Arc<AppState>>,
    Authenticated(caller): Authenticated,
    RequestRegion(region): RequestRegion,
) -> Result<Response, ApiError> {
    caller.authorize(Action::Read, [&region])?;
    let progress = app.store.progress(&region).await?;
    Ok(json(StatusCode::OK, &write_progress(&report(&app, &region, &progress))))
}

/// The report about a region's job, with its rate at this moment.
pub(crate) fn report(app: &AppState, region: &Region, stored: &JobProgress) -> ReplayProgress {
    let JobProgress { job, slices, last_attempt } = stored;
    let configured = job.configured();
    let progress = configured.and_then(|job| job.progress.as_ref());
    let is_running = job.status() == replay_core::JobStatus::Running;
    let lines_per_second =
        if is_running { app.rates.lines_per_second(region, Instant::now()) } else { 0 };
    let limit = configured.and_then(|job| job.lines_per_second);
    let expected_rate = limit.map_or(lines_per_second, |limit| lines_per_second.min(limit));
    let in_flight_limit = app.rates.in_flight_limit(region).filter(|_| is_running);
    let total = progress.and_then(|progress| progress.total);
    let delivered = progress.map(|progress| progress.delivered);
    let left = total.zip(delivered).map(|(total, done)| total.lines.saturating_sub(done.lines));
    ReplayProgress {
        job_id: configured.map(|job| job.id.to_string()),
        status: Reported::Known(job.status()),
        delivered_lines: delivered.map(|delivered| delivered.lines),
        total_lines: total.map(|total| total.lines),
        delivered_bytes: delivered.map(|delivered| delivered.bytes),
        total_bytes: total.map(|total| total.bytes),
        lines_per_second,
        lines_per_second_limit: limit,
        in_flight_limit: in_flight_limit.unwrap_or(app.in_flight as u64),
        estimated_end_at: left
            .and_then(|left| duration(left, expected_rate))
            .and_then(|left| app.clock.now().checked_add_signed(left))
            .filter(|_| is_running),
        slices: Slices {
            total: slices.total,
            completed: slices.completed,
            in_flight: app.rates.in_flight(region),
        },
        last_attempt: last_attempt.clone(),
        retries: progress.map_or(0, |progress| progress.retries),
    }
}

/// About how long the delivery of this number of lines takes without a limit: at the rate of the region's
/// latest jobs, as far as they had none.
async fn estimate(
    app: &AppState,
    region: &Region,
    lines: u64,
) -> Result<Option<TimeDelta>, ApiError> {
    let rate = match app.rates.unlimited_lines_per_second(region) {
        None => app.store.last_delivery_rate(region).await?,
        rate => rate,
    };
    Ok(rate.and_then(|rate| duration(lines, rate)))
}

/// The time that lines take, in whole seconds, rounded up.
fn duration(lines: u64, lines_per_second: u64) -> Option<TimeDelta> {
    if lines_per_second == 0 {
        return None;
    }
    TimeDelta::try_seconds(i64::try_from(lines.div_ceil(lines_per_second)).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_rounded_up_to_seconds_and_unknown_without_a_rate() {
        assert_eq!(duration(0, 5), Some(TimeDelta::zero()));
        assert_eq!(duration(11, 5), Some(TimeDelta::seconds(3)));
        assert_eq!(duration(11, 0), None);
        assert_eq!(duration(u64::MAX, 1), None);
    }
}
