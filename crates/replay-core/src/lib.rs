//! The rules of an audit-log replay job, as values and pure functions.
//!
//! This crate performs no IO, has no clock and draws no random numbers: the caller passes `now`,
//! the job's id and parsed endpoints.
//!
//! ```
//! use replay_core::{Job, JobId, JobStatus, Timeframe, job::Step};
//! use time_range::{Context, Range, Zone, read_timestamp};
//!
//! let now = read_timestamp("2026-11-23T12:00:00Z")?;
//! let last_hour = Range::last(chrono::TimeDelta::hours(1));
//! let last_hour = Timeframe::resolve(&last_hour, Context { zone: &Zone::utc(), now })?;
//!
//! let job = Job::Unconfigured.submit(JobId(1), last_hour, now)?;
//! let job = job.advance(Step::Schedule, now)?.advance(Step::Start, now)?;
//! assert_eq!(job.status(), JobStatus::Running);
//! assert!(job.submit(JobId(2), last_hour, now).is_err(), "the API answers 409");
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # The transition table
//!
//! A region has one current replay job. [`JobStatus::on`] alone decides which event may follow
//! which status; a rejected event changes nothing. A test compares this table with that function
//! (`–` means rejected):
#![doc = include_str!("transitions.md")]
//! `Submit` while `running` is the API's 409. Konnect's documentation does not define `Submit` while
//! `accepted` or `pending`, nor `Fail` before `running` (the job was cancelled, the webhook was
//! disabled); this project defines both as in the table.
//!
//! # Reading order
//!
//! 1. [`status`]: statuses, events and transitions
//! 2. [`timeframe`]: which timeframes may be replayed; the presets
//! 3. [`event_time`]: which lines may be archived
//! 4. [`job`]: a job and its data; [`ids`]: the ids of jobs, PUTs, lanes and outages; [`request`]: what a job is
//!    requested to replay
//! 5. [`aggregate`]: the jobs of several regions, combined into one
//! 6. [`region`]: a region, and `global` for all of them
//! 7. [`webhook`]: the webhook of a region, its health
//! 8. [`decisions`]: what a request changes; [`idempotency`]: which request is a repeated one
//! 9. [`snapshot`]: the slices and batches of a job that starts; [`delivery`]: what a delivery attempt
//!    changes
//! 10. [`lane`]: the live lane of a region; [`outage`]: the lines that it did not deliver; [`healing`]:
//!     their delivery by a job
//! 11. [`lease`]: how the nodes on one database share the work
//! 12. [`refusal`]: why a request was refused; [`reason`]: why a job has failed
#![no_std]

extern crate alloc;

pub mod aggregate;
pub mod decisions;
pub mod delivery;
pub mod event_time;
#[cfg(test)]
mod fixtures;
pub mod healing;
pub mod idempotency;
pub mod ids;
pub mod job;
pub mod lane;
pub mod lease;
pub mod outage;
pub mod reason;
pub mod refusal;
pub mod region;
pub mod request;
pub mod snapshot;
pub mod status;
pub mod timeframe;
pub mod webhook;

pub use aggregate::Aggregate;
pub use event_time::EventTimeError;
pub use idempotency::IdempotencyKey;
pub use ids::{JobId, LaneId, NodeId, OutageId, PutId};
pub use job::{Configured, Job};
pub use lane::Lane;
pub use outage::Outage;
pub use refusal::{Fault, Refusal, Rule};
pub use region::{Region, Scope};
pub use status::{JobEvent, JobStatus, Rejected};
pub use timeframe::{Policy, Timeframe};
pub use webhook::Webhook;

pub use time_range::Timestamp;
