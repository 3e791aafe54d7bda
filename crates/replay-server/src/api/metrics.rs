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
    metrics::{Metrics, Readings, RegionReadings},
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
    let page = app.metrics.page(&readings(&app, regions).await?)?;
    Ok(([(header::CONTENT_TYPE, Metrics::CONTENT_TYPE)], page).into_response())
}

async fn readings(app: &AppState, regions: Vec<Region>) -> Result<Readings, ApiError> {
    let mut totals = app.store.archive_totals().await?;
    let jobs = app.store.jobs(regions).await?.jobs.into_iter();
    let regions = jobs.map(|(region, job)| {
        let archive = totals.remove(&region).unwrap_or_default();
        RegionReadings { region, archive, job }
    });
    let regions = regions.collect();
    Ok(Readings { at: app.clock.now(), space: app.store.space().await?, regions })
}
