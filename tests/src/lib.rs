//! Test support that several test targets share: receivers, server processes, an API client, audit
//! log lines and the state of a server. It contains no tests.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::panic,
    clippy::unwrap_used,
    reason = "test support: a panic is how a test fails"
)]

pub mod app_state;
pub mod batches;
pub mod client;
pub mod database_image;
pub mod database_relay;
pub mod forwarding;
pub mod in_process;
pub mod lines;
pub mod own_postgres;
pub mod polling;
pub mod postgres;
pub mod process;
pub mod receiver;
pub mod stepping;
pub mod test_database;
pub mod test_store;
pub mod unavailable;
pub mod walked_database;
pub mod walking;
