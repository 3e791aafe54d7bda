//! The bodies of our own server's extensions: what it is, who asks, and how an ingest went.

use alloc::{string::String, vec::Vec};

use chrono::TimeDelta;

use super::Json;
use crate::Region;

/// What a server says of itself to anybody.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ServerInfo {
    /// `embedded`, or `gateway` where real Konnect answers behind it.
    pub mode: &'static str,
    /// Its regions.
    pub regions: Vec<Region>,
    /// The region of requests that name none.
    pub default_region: Region,
    /// How far back it replays.
    pub retention: TimeDelta,
    /// What it can do beyond Konnect's API, by the end of each address.
    pub extensions: &'static [&'static str],
}

/// How an ingest went; lines are counted from 1.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Ingested {
    /// Lines that were archived.
    pub accepted: usize,
    /// Lines that the region's archive already had.
    pub duplicates: usize,
    /// Lines that could not be read, and why; the first of them if there are many.
    pub rejected: Vec<(usize, String)>,
    /// How many could not be read.
    pub rejected_count: usize,
}

/// Writes what a server is.
#[must_use]
pub fn write_server(server: &ServerInfo) -> Json {
    let region = |region: &Region| {
        Json::object([("region", region.as_str().into()), ("name", region.name().into())])
    };
    Json::object([
        ("mode", server.mode.into()),
        ("regions", server.regions.iter().map(region).collect()),
        ("default_region", server.default_region.as_str().into()),
        ("retention_seconds", server.retention.num_seconds().into()),
        ("extensions", server.extensions.iter().copied().collect()),
    ])
}

/// Writes who asks: a role by name, and the regions it covers.
#[must_use]
pub fn write_me<'a>(role: &str, regions: impl IntoIterator<Item = &'a Region>) -> Json {
    Json::object([
        ("role", role.into()),
        ("regions", regions.into_iter().map(Region::as_str).collect()),
    ])
}

/// Writes the keys that lines are signed with: none, since lines are passed on as they came.
#[must_use]
pub fn write_jwks() -> Json {
    Json::object([("keys", Json::Array(Vec::new()))])
}

/// Writes how an ingest went.
#[must_use]
pub fn write_ingested(ingested: &Ingested) -> Json {
    let count = |count: usize| Json::Integer(i64::try_from(count).unwrap_or(i64::MAX));
    let rejected = ingested.rejected.iter().map(|(line, reason)| {
        Json::object([("line", count(*line)), ("reason", reason.as_str().into())])
    });
    Json::object([
        ("accepted", count(ingested.accepted)),
        ("duplicates", count(ingested.duplicates)),
        ("rejected", rejected.collect()),
        ("rejected_count", count(ingested.rejected_count)),
    ])
}
