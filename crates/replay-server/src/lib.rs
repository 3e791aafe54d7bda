//! The replay API over an archive of its own, with real delivery.
//!
//! What may happen to a job is decided in `replay-core`; this crate keeps, carries and answers. In
//! reading order:
//!
//! 1. [`app`]: every route on one screen; `api`: its handlers; `request`, `body_reader`, `text_body` and
//!    `answer`: what they read and write; [`auth`]: who may do what; [`self_audit`]: what is recorded of it
//! 2. [`store`]: the archive, the jobs and all else a restart must not forget, in whole steps;
//!    [`ingest`]: how lines get there
//! 3. [`engine`]: the loop that moves each region's job; [`delivery`]: how a batch is carried;
//!    [`egress`]: where to
//! 4. [`gateway`]: real Konnect instead of all that, behind the same addresses
//! 5. [`page`]: the built page's files
//! 6. [`serve`]: a server's life; `listener`: its connections; [`hosts`]: the names it answers for;
//!    [`readiness`]: whether it works; [`data_dir`], [`token`], [`sample`], [`sink`], [`cli`]: the rest
//!    of the program
//!
//! Invariants: SQL stays in `store`; only `delivery` and `gateway` make requests, with what `client`
//! makes, the one only where `egress` lets it, the other only to the operator's upstream; only [`clock`] knows the time and only `random` draws.

mod api;
pub mod app_state;
pub mod auth;
mod authentication;
mod body_reader;
pub mod cli;
mod client;
mod client_network;
pub mod clock;
mod completion;
pub mod data_dir;
pub mod delivery;
pub mod egress;
pub mod engine;
pub mod gateway;
pub mod hosts;
pub mod ingest;
mod listener;
pub mod page_files;
mod random;
pub mod readiness;
mod request;
mod response;
pub mod retention;
pub mod routes;
pub mod sample;
pub mod self_audit;
pub mod serve;
mod shutdown;
pub mod sink;
pub mod store;
mod text_body;
pub mod token;
pub mod token_use;
