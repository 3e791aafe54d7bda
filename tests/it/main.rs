//! Tests across crates: exhaustive walks, the contract of the API, the page with the server, real
//! faults, and the architecture.

mod contract;
mod examples;
mod faults;
mod lane;
mod layers;
mod model;
mod nodes;
mod together;
mod tracker;
