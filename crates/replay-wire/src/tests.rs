//! The tests of the bodies, a file for each kind; this file has what they share.

mod history;
mod job;
mod outages;
mod overview;
mod page_query;
mod patch;
mod preview;
mod problem;
mod progress;
mod rate;
mod round_trip;
mod server;
mod submission;
mod webhook;

use super::*;
use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec::Vec,
};
use replay_core::{Fault, Rule, webhook::Endpoint};
use time_range::Timestamp;

fn endpoint(url: &str) -> Result<Endpoint, String> {
    match url.strip_prefix("https://") {
        Some(host) => Ok(Endpoint { url: url.to_owned(), origin: host.to_owned() }),
        None => Err("must be a valid URL".to_owned()),
    }
}

fn named(faults: &[Fault]) -> Vec<(&str, Rule)> {
    faults.iter().map(|fault| (fault.field.as_str(), fault.rule)).collect()
}

fn parse(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

fn print(json: &Json) -> String {
    serde_json::to_string(json).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-11-23T12:00:00Z")
}
