//! The contract of the API: every route and every documented status. Each test calls the real router
//! over a real store, in one process, with a clock that the test sets.
#![cfg(test)]

pub(crate) mod forwarded;
mod random_archive;
pub(crate) mod request;
mod response;
pub(crate) mod server;
mod stepped_job;

mod about;
mod addressing;
mod audit;
mod audit_flood;
mod audit_forgery;
mod bodies;
mod cancel;
mod compression;
mod fuzz;
mod gateway;
mod global;
mod history;
mod history_records;
mod idempotency;
mod ingest;
mod ingest_load;
mod kinds;
mod live_healing;
mod metrics;
mod outages;
mod outages_healed;
mod overview;
mod preview;
mod preview_requests;
mod preview_undelivered;
mod problem;
mod progress;
mod rate;
mod refusals;
mod replay_job;
mod resume;
mod roles;
mod secrets;
mod shape;
mod stalled;
mod timeframe;
mod upstream;
mod webhook;
mod webhook_endpoint;
mod webhook_health;
mod webhook_test;
