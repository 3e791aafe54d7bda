//! The handlers, one file for each thing they are about.

pub(crate) mod about;
pub(crate) mod ingest;
pub(crate) mod replay_job;
pub(crate) mod webhook;
pub(crate) mod webhook_test;
