//! The page and the server in one process: each effect of the page is a request to the real router,
//! in JSON both ways, and time passes when a test advances it. The assertions are about what the
//! page shows.
#![cfg(test)]

mod browser;
mod engine;

mod ended_early;
mod outages;
mod refused;
mod regions;
mod replay;
mod setup;
mod tokens;
