//! The API's bodies and routes, for the server, the gateway and every client: JSON to values and
//! back, and the one table of paths and methods. Reading a body reports every fault of it by field.
//! Whether a request is granted is decided elsewhere.
#![no_std]

extern crate alloc;

mod fields;
mod history;
mod job;
mod json;
mod outages;
mod overview;
mod page_query;
mod preview;
mod problem;
mod progress;
mod query;
mod rate;
mod reported;
pub mod routes;
mod server;
mod submission;
mod webhook;

pub use history::{
    HistoryPage, JobRecord, RequestedBy, read_history, read_record, write_history, write_record,
};
pub use job::{JobReport, read_job, write_aggregate, write_job};
pub use json::Json;
pub use outages::{OutageReason, OutageReport, OutagesPage, read_outages, write_outages};
pub use overview::{Overview, RegionOverview, read_overview, write_overview};
pub use page_query::{PageQuery, read_page_query, write_page_query};
pub use preview::{Bucket, Preview, read_preview, write_preview};
pub use problem::{InvalidParameter, Problem, read_problem, refusal_status, write_problem};
pub use progress::{ReplayProgress, Slices, read_progress, write_progress};
pub use rate::{
    RateReport, RateRequest, read_rate, read_rate_report, write_rate, write_rate_report,
};
pub use reported::{ApiEnum, Reported};
pub use server::{
    Extension, Ingested, Me, Mode, RejectedLine, ServerInfo, read_me, read_server, write_ingested,
    write_jwks, write_me, write_server,
};
pub use submission::{
    IDEMPOTENCY_KEY, SubmissionRequest, has_kinds, read_submission, read_submission_query,
    write_submission, write_submission_query,
};
pub use webhook::{
    HealthReport, WebhookChange, WebhookReport, read_health, read_patch, read_test, read_webhook,
    write_health, write_patch, write_test, write_webhook,
};

#[cfg(test)]
mod tests;
