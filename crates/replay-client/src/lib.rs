//! A client of the API as a value: the requests it makes, the remote data it has read, and the job
//! of a region that it follows. This crate performs no IO and has no clock; the caller carries out
//! its [`ClientEffect`]s and passes the results in.
//!
//! ```
//! use replay_client::{ClientEffect, ClientEffects, JobTracker, Response};
//! use replay_core::{JobStatus, Region};
//! use replay_wire::{Json, Reported};
//!
//! let region = Region::named("eu").ok_or("not a region")?;
//! let mut tracker = JobTracker::new(region);
//! let mut effects = ClientEffects::default();
//! tracker.refresh(&mut effects);
//!
//! let requested = effects.take();
//! let [ClientEffect::Fetch(request_id, request)] = requested.as_slice() else { panic!() };
//! assert_eq!(request.path, "/api/eu/v2/audit-log-replay-job");
//!
//! // The caller makes the request and passes the response in.
//! let body = Json::Object([("status".into(), Json::String("completed".into()))].into());
//! let response = Response { status: 200, body: Some(body), date: None };
//! tracker.response_received(request_id, &Ok(response), &mut effects);
//! let job = tracker.job().known().ok_or("no job")?;
//! assert_eq!(job.status, Reported::Known(JobStatus::Completed));
//! # Ok::<(), &str>(())
//! ```
#![no_std]

extern crate alloc;

mod effects;
mod heartbeat;
mod job_key;
mod job_tracker;
mod mutation;
mod pace;
mod remote;
mod request;
mod request_error;
mod words;

pub use effects::{ClientEffect, ClientEffects};
pub use heartbeat::Heartbeat;
pub use job_key::JobKey;
pub use job_tracker::{JobTracker, Outcome};
pub use mutation::Mutation;
pub use pace::Pace;
pub use remote::Remote;
pub use request::{Method, Previewed, Request, RequestId, RequestOwner, Response, TransportError};
pub use request_error::{RequestError, read_response};
pub use words::{AccessContext, describe, describe_parameter, describe_parameters};
