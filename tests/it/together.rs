//! Ring 4: the real page and the real server in one process. Each effect is carried out by asking
//! the router, in JSON both ways; time passes when a story says so. What is asserted is what a
//! person reads.
#![cfg(test)]

mod browser;

mod refused;
mod regions;
mod replay;
mod setup;
mod tokens;
