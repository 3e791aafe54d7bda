//! The handler of the metrics page: who may read it, and what it reads from the store.

use std::sync::Arc;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use replay_core::{Refusal, Region};

use crate::{
    app_state::AppState,
    auth::Action,
    authentication::Authenticated,
    engine::LiveState,
    metrics::{LaneLag, Metrics, Readings, RegionReadings},
    response::ApiError,
};

/// `GET /metrics`: the metrics in Prometheus' text format. Beyond loopback they need a token that may
/// read, and show the regions that it covers. A server beyond loopback is behind a proxy.
pub(crate) async fn read(
    State(app): State<Arc<AppState>>,
    caller: Result<Authenticated, ApiError>,
) -> Result<Response, ApiError> {
    let regions = if app.behind_tls_proxy {
        let Authenticated(caller) = caller?;
        if !caller.role.permits(Action::Read) {
            return Err(Refusal::Forbidden.into());
        }
        app.regions.iter().filter(|region| caller.covers(region)).cloned().collect()
    } else {
        app.regions.clone()
    };
    for region in &regions {
        set_lane(&app, region).await?;
    }
    let page = app.metrics.page(&readings(&app, regions).await?)?;
    Ok(([(header::CONTENT_TYPE, Metrics::CONTENT_TYPE)], page).into_response())
}

/// Sets the metrics of the region's live lane and of its outages.
async fn set_lane(app: &AppState, region: &Region) -> Result<(), ApiError> {
    let totals = app.store.lane_totals(region).await?;
    let forwarded = totals.as_ref().filter(|totals| totals.lane.is_forwarded);
    match (app.signals.state(region), forwarded) {
        (Some(LiveState { waiting_since, .. }), Some(totals)) => {
            let noted = waiting_since.map(|since| since.elapsed()).unwrap_or_default();
            // Arrivals before the start of this process are unknown, and the outage is not.
            let open = totals.open_since.map(|since| (app.clock.now() - since).to_std());
            let open = open.and_then(Result::ok).filter(|_| totals.waiting.lines > 0);
            let age = open.unwrap_or_default().max(noted);
            app.metrics.set_lane_lag(region, LaneLag { lines: totals.waiting.lines, age });
        }
        _ => app.metrics.clear_lane_lag(region),
    }
    let is_open = totals.as_ref().is_some_and(|totals| totals.lane.is_interrupted());
    let undelivered = totals.map_or(0, |totals| totals.undelivered.lines);
    app.metrics.set_outage_open(region, is_open);
    app.metrics.set_undelivered_lines(region, undelivered);
    Ok(())
}

async fn readings(app: &AppState, regions: Vec<Region>) -> Result<Readings, ApiError> {
    let mut totals = app.store.archive_totals().await?;
    let jobs = app.store.jobs(regions).await?.jobs.into_iter();
    let regions = jobs.map(|(region, job)| {
        let archive = totals.remove(&region).unwrap_or_default();
        RegionReadings { region, archive, job }
    });
    let regions = regions.collect();
    let (space, round_trips) = (app.store.space().await?, app.store.round_trips());
    Ok(Readings { at: app.clock.now(), space, round_trips, regions })
}
