//! The source of randomness: the operating system. It is the only place that draws random values.

use replay_core::{JobId, LaneId, NodeId, OutageId};

pub(crate) use getrandom::Error;

/// Draws `N` random bytes.
///
/// # Errors
/// The operating system has no randomness.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// Draws the id of a job.
///
/// # Errors
/// The operating system has no randomness.
pub(crate) fn job_id() -> Result<JobId, Error> {
    bytes().map(u128::from_be_bytes).map(JobId)
}

/// Draws the id of a live lane.
///
/// # Errors
/// The operating system has no randomness.
pub(crate) fn lane_id() -> Result<LaneId, Error> {
    bytes().map(u128::from_be_bytes).map(LaneId)
}

/// Draws the id of an outage.
///
/// # Errors
/// The operating system has no randomness.
pub(crate) fn outage_id() -> Result<OutageId, Error> {
    bytes().map(u128::from_be_bytes).map(OutageId)
}

/// Draws the id of this process.
///
/// # Errors
/// The operating system has no randomness.
pub(crate) fn node_id() -> Result<NodeId, Error> {
    bytes().map(u128::from_be_bytes).map(NodeId)
}

/// Draws the trace id of a request.
///
/// # Errors
/// The operating system has no randomness.
pub(crate) fn trace_id() -> Result<u64, Error> {
    getrandom::u64()
}
