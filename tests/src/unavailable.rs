//! Requests to a server whose database is not available at times.

use serde_json::Value;

use crate::{
    client::{ApiClient, ApiResponse},
    lines::Line,
    polling::until,
};

/// Asserts that a response says that the database is not available.
///
/// # Panics
/// If it does not.
pub fn assert_unavailable(response: &ApiResponse) {
    let retry_after = response.retry_after.as_deref();
    assert_eq!((response.code, retry_after), (503, Some("5")), "{response:?}");
}

/// Whether a request was handled: it was not answered that the database is not available.
///
/// # Panics
/// If it was answered with another error of the server.
pub fn is_handled(response: &ApiResponse) -> bool {
    if response.code >= 500 {
        assert_unavailable(response);
    }
    response.code < 500
}

/// Sends lines to ingest until that is handled.
///
/// # Panics
/// As [`is_handled`].
pub async fn ingest(api: &ApiClient, lines: &[Line]) {
    until("lines are ingested", async || {
        is_handled(&api.try_ingest(lines).await.unwrap()).then_some(())
    })
    .await;
}

/// Waits until the job has settled; returns it.
///
/// # Panics
/// As [`is_handled`].
pub async fn settled(api: &ApiClient) -> Value {
    until("the job has settled", async || {
        let response = api.get("v2/audit-log-replay-job").await;
        is_handled(&response).then_some(())?;
        let job = response.json();
        ["completed", "failed"].contains(&job["status"].as_str()?).then_some(job)
    })
    .await
}
