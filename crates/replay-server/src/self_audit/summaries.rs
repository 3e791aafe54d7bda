//! Writes the summary lines of counted refusals: each minute and at shutdown. `refusal_counts` decides
//! what is counted.

use core::time::Duration;
use std::sync::{Arc, PoisonError};

use audit_log::Access;
use replay_core::Region;
use time_range::Timestamp;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::lines::{line, refusal_region};
use crate::{
    app_state::AppState,
    refusal_counts::{RefusedCaller, Summary},
    store::{NewLine, StoreError},
};

/// Writes the summaries each minute and once more at `shutdown`.
pub async fn write_summaries_every_minute(app: Arc<AppState>, shutdown: CancellationToken) {
    while !shutdown.is_cancelled() {
        let _ = timeout(Duration::from_mins(1), shutdown.cancelled()).await;
        write_summaries(&app).await;
    }
}

/// Writes the summaries of the refusals counted so far. If they cannot be written, their number is
/// logged and the counts are lost.
pub async fn write_summaries(app: &AppState) {
    let summaries = app.refusals.lock().unwrap_or_else(PoisonError::into_inner).take_summaries();
    if summaries.is_empty() {
        return;
    }
    if let Err(error) = archive(app, &summaries, app.clock.now()).await {
        let refusals: u64 = summaries.iter().map(Summary::count).sum();
        tracing::error!(%error, refusals, "summaries of refusals could not be recorded");
    }
}

async fn archive(app: &AppState, summaries: &[Summary], now: Timestamp) -> Result<(), StoreError> {
    let mut lines = Vec::new();
    for summary in summaries {
        lines.push(summary_line(app, summary, now).await?);
    }
    app.store.append_each(lines).await?;
    Ok(())
}

/// The line of a summary. Its time and count distinguish it from every other line.
async fn summary_line(
    app: &AppState,
    summary: &Summary,
    now: Timestamp,
) -> Result<(Region, NewLine), StoreError> {
    let without_caller = Access {
        at: now,
        src: "",
        request: "/api",
        act: "refused",
        status: summary.status(),
        count: Some(summary.count()),
        principal_id: "",
        user_agent: "",
        trace_id: "",
        query: "",
    };
    let Summary::Repeated { kind, .. } = summary else {
        return line(app, &app.default_region, &without_caller).await;
    };
    let (src, principal_id) = match &kind.caller {
        RefusedCaller::Token(id) => (String::new(), id.as_str()),
        RefusedCaller::Network(network) if network.prefix_len() == network.max_prefix_len() => {
            (network.addr().to_string(), "")
        }
        RefusedCaller::Network(network) => (network.to_string(), ""),
        RefusedCaller::Unknown => (String::new(), ""),
    };
    let request = format!("/api/{}", kind.scope);
    let access = Access { src: &src, request: &request, principal_id, ..without_caller };
    line(app, refusal_region(app, &kind.scope), &access).await
}
