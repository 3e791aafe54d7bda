//! The API's bodies and routes, for the server, the gateway and every client: JSON to values and
//! back, and the one table of paths and methods. Reading a body reports every fault of it by field.
//! Whether a request is granted is decided elsewhere.
#![no_std]

extern crate alloc;

mod fields;
mod job;
mod json;
mod preview;
mod problem;
mod progress;
mod query;
mod reported;
pub mod routes;
mod server;
mod submission;
mod webhook;

pub use job::{JobReport, read_job, write_aggregate, write_job};
pub use json::Json;
pub use preview::{Bucket, Preview, read_preview, write_preview};
pub use problem::{InvalidParameter, Problem, read_problem, write_problem};
pub use progress::{ReplayProgress, Slices, read_progress, write_progress};
pub use reported::{ApiEnum, Reported};
pub use server::{
    Extension, Ingested, Me, Mode, RejectedLine, ServerInfo, read_me, read_server, write_ingested,
    write_jwks, write_me, write_server,
};
pub use submission::{
    SubmissionRequest, has_kinds, read_submission, read_submission_query, write_submission,
    write_submission_query,
};
pub use webhook::{
    HealthReport, WebhookChange, WebhookReport, read_health, read_patch, read_test, read_webhook,
    write_health, write_patch, write_test, write_webhook,
};

#[cfg(test)]
mod tests;
