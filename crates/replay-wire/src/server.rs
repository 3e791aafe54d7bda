//! The bodies of our own server's extensions: what it is, who asks, and how an ingest went. It
//! says what a server can do, and never what a caller may.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use chrono::TimeDelta;

use crate::{
    Json, Reported, Word,
    fields::{self, Fields},
};
use replay_core::{Fault, Region};

/// What a server says of itself to anybody.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ServerInfo {
    /// Whose work it does.
    pub mode: Mode,
    /// Its regions.
    pub regions: Vec<Region>,
    /// The region of requests that name none.
    pub default_region: Region,
    /// How far back it replays.
    pub retention: TimeDelta,
    /// What it can do beyond Konnect's API.
    pub extensions: Vec<Extension>,
}

/// Whose work a server does.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Mode {
    /// Its own: it has the archive and the webhooks.
    Embedded,
    /// Real Konnect's, which answers behind it.
    Gateway,
}

/// Something a server may be able to do beyond Konnect's API, by the end of its address.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Extension {
    /// `ingest`: archive lines.
    Ingest,
    /// `cancel`: end a job.
    Cancel,
    /// `webhook/test`: deliver one line to a webhook and tell what it answered.
    WebhookTest,
}

/// Who asks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Me {
    /// The token's role, by name.
    pub role: String,
    /// The regions it covers.
    pub regions: Vec<Region>,
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
        ("mode", server.mode.spelt().into()),
        ("regions", server.regions.iter().map(region).collect()),
        ("default_region", server.default_region.as_str().into()),
        ("retention_seconds", server.retention.num_seconds().into()),
        ("extensions", server.extensions.iter().map(|extension| extension.spelt()).collect()),
    ])
}

/// Reads what a server is; extensions that nobody here knows are left out.
///
/// # Errors
/// The body is no object, has no region, or a field is missing or has the wrong type.
pub fn read_server(body: &Json) -> Result<ServerInfo, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let mode = fields.reported("mode").known();
    let regions = fields.required("regions", |value| {
        let labels = value.items().iter().filter_map(|item| item.get("region"));
        labels.map(fields::region).collect::<Result<Vec<_>, _>>()
    });
    let default_region = fields.required("default_region", fields::region);
    let retention = fields.required("retention_seconds", fields::seconds);
    let extensions = fields.lenient("extensions", |value| {
        let names = value.items().iter().filter_map(Json::as_str);
        Ok(names.filter_map(|name| Reported::read(name).known()).collect::<Vec<_>>())
    });
    let server = (|| {
        Some(ServerInfo {
            // A server of another kind is still asked as Konnect is.
            mode: mode.unwrap_or(Mode::Gateway),
            regions: regions?,
            default_region: default_region?,
            retention: retention?,
            extensions: extensions.unwrap_or_default(),
        })
    })();
    fields.finish(server)
}

/// Writes who asks.
#[must_use]
pub fn write_me(me: &Me) -> Json {
    Json::object([
        ("role", me.role.as_str().into()),
        ("regions", me.regions.iter().map(Region::as_str).collect()),
    ])
}

/// Reads who asks.
///
/// # Errors
/// The body is no object, or a field is missing or has the wrong type.
pub fn read_me(body: &Json) -> Result<Me, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let role = fields.required("role", fields::text);
    let regions = fields.required("regions", |value| {
        value.items().iter().map(fields::region).collect::<Result<Vec<_>, _>>()
    });
    fields.finish(role.zip(regions).map(|(role, regions)| Me { role: role.to_owned(), regions }))
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

impl Word for Mode {
    const ALL: &'static [Self] = &[Self::Embedded, Self::Gateway];

    fn spelt(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Gateway => "gateway",
        }
    }
}

impl Word for Extension {
    const ALL: &'static [Self] = &[Self::Ingest, Self::Cancel, Self::WebhookTest];

    fn spelt(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Cancel => "cancel",
            Self::WebhookTest => "webhook/test",
        }
    }
}
