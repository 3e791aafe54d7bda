//! The server's one source of randomness: the operating system's.

use replay_core::JobId;

pub(crate) use getrandom::Error;

/// Random bytes.
///
/// # Errors
/// When the operating system has none to give.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// A fresh name for a PUT, or for a test.
///
/// # Errors
/// When the operating system has no randomness to give.
pub(crate) fn job_id() -> Result<JobId, Error> {
    bytes().map(u128::from_be_bytes).map(JobId)
}

/// A fresh name under which a request can be asked about.
///
/// # Errors
/// When the operating system has no randomness to give.
pub(crate) fn trace_id() -> Result<u64, Error> {
    getrandom::u64()
}
