//! The handlers of the API, one file per resource. They contain no rules.

pub(crate) mod about;
pub(crate) mod control;
pub(crate) mod history;
pub(crate) mod idempotency;
pub(crate) mod ingest;
pub(crate) mod kinds;
pub(crate) mod metrics;
pub(crate) mod outages;
pub(crate) mod overview;
pub(crate) mod replay;
pub(crate) mod replay_job;
pub(crate) mod requester;
pub(crate) mod webhook;
pub(crate) mod webhook_test;
