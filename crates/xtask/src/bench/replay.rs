//! Replays a timeframe: submits the job, waits until it is completed, and tells what that took.

use core::time::Duration;
use std::{thread, time::Instant};

use serde_json::Value;

use super::{api::job_path, interrupt, server::Server, spread::Timeframe};
use crate::Failure;

/// What a replay took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Replayed {
    /// The time from the request for the job to its status `completed`.
    pub(super) seconds: f64,
    /// The server's processor time.
    pub(super) cpu_seconds: f64,
    /// The most memory that was resident beyond what was before, if the server was idle since it
    /// started.
    pub(super) above_idle_bytes: u64,
}

/// Replays the lines of a timeframe to `endpoint`.
///
/// # Errors
/// The job fails, or Ctrl-C was pressed.
pub(super) fn replay(
    server: &Server,
    region: &str,
    timeframe: &Timeframe,
    endpoint: &str,
) -> Result<Replayed, Failure> {
    server.api.enable_webhook(region, endpoint)?;
    let idle = server.process.resident_bytes()?;
    let (started, cpu_before) = (Instant::now(), server.process.cpu_seconds()?);
    server.api.submit_job(region, timeframe)?;
    loop {
        interrupt::check()?;
        let (status, job) = server.api.get(&job_path(region))?;
        match job.get("status").and_then(Value::as_str) {
            Some("completed") => break,
            Some("accepted" | "pending" | "running") => thread::sleep(INTERVAL),
            _ => return Err(format!("the job was answered {status}: {job}").into()),
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    let cpu_seconds = server.process.cpu_seconds()? - cpu_before;
    let above_idle_bytes = server.process.peak_bytes()?.saturating_sub(idle);
    Ok(Replayed { seconds, cpu_seconds, above_idle_bytes })
}

const INTERVAL: Duration = Duration::from_millis(5);
