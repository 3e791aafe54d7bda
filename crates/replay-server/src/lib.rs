//! A server of the replay API with its own archive and real deliveries.
//!
//! `replay-core` decides what may happen to a job; this crate stores, delivers and responds. In reading
//! order:
//!
//! 1. [`routes`]: the routes of the API. `api`: their handlers. `request`, `body_reader`, `text_body`
//!    and `response`: how requests are read and responses are written. `authentication`: who the caller
//!    is. [`auth`]: what the caller may do. [`self_audit`]: which requests are recorded;
//!    [`refusal_counts`]: which refusals are counted instead.
//! 2. [`store`]: the archive, the jobs and all other durable state, in whole transactions. [`ingest`]:
//!    how lines get there. [`retention`]: how they are deleted.
//! 3. [`leases`]: which works this node may do. [`engine`]: the loop that advances the job of each region.
//!    [`delivery`]: how a batch is sent. [`egress`]: which addresses may be dialled.
//! 4. [`gateway`]: the same API, forwarded to Konnect.
//! 5. [`page_files`]: the files of the built page.
//! 6. [`serve`]: the start and the shutdown of a server. `listener`: its connections. [`hosts`]: the
//!    `Host` headers it accepts. [`readiness`]: whether its parts work.
//!    [`metrics`]: what Prometheus reads. [`logging`]: the log on stderr. [`data_dir`],
//!    [`database_url`] and [`store_location`]: where the store is. [`token`], [`sample`], [`sink`],
//!    [`maintenance`], [`copying`] and [`cli`]: the rest of the program.
//!
//! Invariants: SQL is in `store` only. Only `delivery` and `gateway` make requests, with clients built by
//! `client`: `delivery` to addresses that `egress` admits, `gateway` to the operator's upstream. Only
//! [`clock`] reads the time, and only `random` draws random values.

mod api;
pub mod app_state;
mod archive;
pub mod auth;
mod authentication;
mod body_reader;
pub mod cli;
mod client;
mod client_network;
pub mod clock;
mod completion;
pub mod copying;
pub mod data_dir;
pub mod database_url;
pub mod delivery;
pub mod egress;
pub mod engine;
pub mod gateway;
pub mod hosts;
pub mod ingest;
pub mod leases;
mod listener;
pub mod logging;
pub mod maintenance;
pub mod metrics;
mod notices;
pub mod page_files;
mod random;
pub mod readiness;
pub mod refusal_counts;
mod request;
mod response;
pub mod retention;
pub mod routes;
pub mod sample;
mod sealing;
pub mod self_audit;
pub mod serve;
mod shutdown;
pub mod sink;
pub mod store;
pub mod store_location;
mod syncing;
mod text_body;
pub mod token;
pub mod token_use;
