//! The handler that answers with every region that the caller's token covers: the first read of a
//! client.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use replay_core::{Refusal, Region};
use replay_wire::{
    HealthReport, JobReport, Overview, RegionOverview, WebhookReport, write_overview,
};

use crate::{
    api::{outages, replay},
    app_state::AppState,
    auth::Action,
    authentication::Authenticated,
    response::{ApiError, json},
    store::RegionSummary,
};

/// The most outages of a region in the answer.
const MOST_OUTAGES: usize = 20;

/// `GET /api/x/overview`: the role of the caller, and the job, the webhook, its health, the outages
/// and the progress of each region that its token covers.
pub(crate) async fn read(
    State(app): State<Arc<AppState>>,
    Authenticated(caller): Authenticated,
) -> Result<Response, ApiError> {
    if !caller.role.permits(Action::Read) {
        return Err(Refusal::Forbidden.into());
    }
    let covered: Vec<Region> =
        app.regions.iter().filter(|region| caller.covers(region)).cloned().collect();
    let summaries = app.store.overview(covered, MOST_OUTAGES).await?;
    let overview = Overview {
        role: caller.role.as_str().to_owned(),
        regions: summaries.into_iter().map(|summary| report(&app, summary)).collect(),
    };
    Ok(json(StatusCode::OK, &write_overview(&overview)))
}

/// The report about a region.
fn report(app: &AppState, summary: RegionSummary) -> RegionOverview {
    let RegionSummary { region, progress, webhook, health, outages, outage_count, .. } = summary;
    let is_settled = progress.job.status().is_settled();
    RegionOverview {
        job: JobReport::from(&progress.job),
        webhook: WebhookReport::from(&webhook),
        health: HealthReport::from(health),
        outages: outages::report(&outages),
        outage_count,
        progress: (!is_settled).then(|| replay::report(app, &region, &progress)),
        last_completed_end_at: summary.last_completed_end_at,
        region,
    }
}
