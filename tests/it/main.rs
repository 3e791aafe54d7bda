//! What no single crate can say: every order of events, the contract, real faults.

mod contract;
mod faults;
mod layers;
mod model;
mod together;
mod tracker;
