//! The bodies of this project's extensions: the server's description, the caller's token, the result
//! of an ingest; and Konnect's signing keys. They say what a server can do, not what a caller may do.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use chrono::TimeDelta;

use crate::{
    ApiEnum, Json, Reported,
    fields::{self, Fields},
};
use replay_core::{Fault, Region};

/// A server's description of itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ServerInfo {
    /// Where the jobs run.
    pub mode: Mode,
    /// The regions that it serves, in display order.
    pub regions: Vec<Region>,
    /// The region of a request that names none.
    pub default_region: Region,
    /// How long lines are kept; written in whole seconds.
    pub retention: TimeDelta,
    /// What it supports beyond Konnect's API.
    pub extensions: Vec<Extension>,
}

/// Where the jobs of a server run.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Mode {
    /// In the server itself, with its own archive and webhooks.
    Embedded,
    /// In Konnect: the server forwards requests.
    Gateway,
}

/// What a server supports beyond Konnect's API. An operation is named by the end of its path.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Extension {
    /// `ingest`: archive lines.
    Ingest,
    /// `cancel`: cancel a job.
    Cancel,
    /// `webhook/test`: deliver one line to a webhook and report the result.
    WebhookTest,
    /// `preview`: say what a job of a timeframe would deliver.
    Preview,
    /// `progress`: say how far a job's delivery is.
    Progress,
    /// `history`: list past jobs, and report each.
    History,
    /// `outages`: list the outages of the live lane, and heal each.
    Outages,
    /// `rate`: limit how fast a job is delivered, or pause it.
    Rate,
    /// `resume`: go on with a failed job where it ended.
    Resume,
    /// `kinds`: restrict a job and a preview to kinds of events.
    Kinds,
    /// `overview`: report every region in one answer.
    Overview,
}

/// The caller's token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Me {
    /// The name of the role, like `org-admin`.
    pub role: String,
    /// The regions that the token may access.
    pub regions: Vec<Region>,
}

/// The result of an ingest.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Ingested {
    /// The number of archived lines.
    pub accepted: usize,
    /// The number of lines that the archive of the region already has.
    pub duplicates: usize,
    /// The first rejected lines.
    pub rejected: Vec<RejectedLine>,
    /// The number of all rejected lines.
    pub rejected_count: usize,
}

/// A line that was not archived.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RejectedLine {
    /// The number of the line in the request, from 1.
    pub line_number: usize,
    /// Why it was rejected.
    pub reason: String,
}

/// Writes a server's description.
#[must_use]
pub fn write_server(server: &ServerInfo) -> Json {
    let region = |region: &Region| {
        Json::object([("region", region.as_str().into()), ("name", region.name().into())])
    };
    Json::object([
        ("mode", server.mode.as_str().into()),
        ("regions", server.regions.iter().map(region).collect()),
        ("default_region", server.default_region.as_str().into()),
        ("retention_seconds", server.retention.num_seconds().into()),
        ("extensions", server.extensions.iter().map(|extension| extension.as_str()).collect()),
    ])
}

/// Reads a server's description. Unknown extensions are left out; an unknown mode is
/// [`Mode::Gateway`].
///
/// # Errors
/// Every fault: the body is not an object, or a field is missing or has the wrong type.
pub fn read_server(body: &Json) -> Result<ServerInfo, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let mode = fields.reported("mode").known();
    let regions = fields.required("regions", |value| {
        let labels = value.items().iter().filter_map(|item| item.get("region"));
        labels.map(fields::region).collect::<Result<Vec<_>, _>>()
    });
    let default_region = fields.required("default_region", fields::region);
    let retention = fields.required("retention_seconds", fields::seconds);
    let extensions = fields.optional("extensions", |value| {
        let names = value.items().iter().filter_map(Json::as_str);
        Ok(names.filter_map(|name| Reported::read(name).known()).collect::<Vec<_>>())
    });
    let server = (|| {
        Some(ServerInfo {
            // Any server at least has Konnect's API.
            mode: mode.unwrap_or(Mode::Gateway),
            regions: regions?,
            default_region: default_region?,
            retention: retention?,
            extensions: extensions.unwrap_or_default(),
        })
    })();
    fields.finish(server)
}

/// Writes the caller's token.
#[must_use]
pub fn write_me(me: &Me) -> Json {
    Json::object([
        ("role", me.role.as_str().into()),
        ("regions", me.regions.iter().map(Region::as_str).collect()),
    ])
}

/// Reads the caller's token.
///
/// # Errors
/// Every fault: the body is not an object, or a field is missing or has the wrong type.
pub fn read_me(body: &Json) -> Result<Me, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let role = fields.required("role", fields::text);
    let regions = fields.required("regions", |value| {
        value.items().iter().map(fields::region).collect::<Result<Vec<_>, _>>()
    });
    fields.finish(role.zip(regions).map(|(role, regions)| Me { role: role.to_owned(), regions }))
}

/// Writes the server's JSON Web Key Set (RFC 7517), which is empty: the server signs no lines.
#[must_use]
pub fn write_jwks() -> Json {
    Json::object([("keys", Json::Array(Vec::new()))])
}

/// Writes the result of an ingest.
#[must_use]
pub fn write_ingested(ingested: &Ingested) -> Json {
    let count = |count: usize| Json::Integer(fields::write_count(count));
    let rejected = ingested.rejected.iter().map(|rejected| {
        Json::object([
            ("line", count(rejected.line_number)),
            ("reason", rejected.reason.as_str().into()),
        ])
    });
    Json::object([
        ("accepted", count(ingested.accepted)),
        ("duplicates", count(ingested.duplicates)),
        ("rejected", rejected.collect()),
        ("rejected_count", count(ingested.rejected_count)),
    ])
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 2] = [Self::Embedded, Self::Gateway];

    /// The mode as the API spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Gateway => "gateway",
        }
    }
}

impl Extension {
    /// Every extension.
    pub const ALL: [Self; 11] = [
        Self::Ingest,
        Self::Cancel,
        Self::WebhookTest,
        Self::Preview,
        Self::Progress,
        Self::History,
        Self::Outages,
        Self::Rate,
        Self::Resume,
        Self::Kinds,
        Self::Overview,
    ];

    /// The extension as the API spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Cancel => "cancel",
            Self::WebhookTest => "webhook/test",
            Self::Preview => "preview",
            Self::Progress => "progress",
            Self::History => "history",
            Self::Outages => "outages",
            Self::Rate => "rate",
            Self::Resume => "resume",
            Self::Kinds => "kinds",
            Self::Overview => "overview",
        }
    }
}

impl ApiEnum for Mode {
    const ALL: &'static [Self] = &Self::ALL;

    fn as_str(self) -> &'static str {
        self.as_str()
    }
}

impl ApiEnum for Extension {
    const ALL: &'static [Self] = &Self::ALL;

    fn as_str(self) -> &'static str {
        self.as_str()
    }
}
