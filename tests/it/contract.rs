//! Ring 5: the API as it is seen from outside, every route and every status it documents. Each test
//! asks the real router over a real store, in one process, at a time that the test tells.
#![cfg(test)]

mod answer;
pub(crate) mod api;
pub(crate) mod ask;

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
mod ingest;
mod ingest_load;
mod problem;
mod refusals;
mod replay_job;
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
