//! Requests to the server and what comes back. Nothing is sent here.

use alloc::string::String;

use chrono::TimeDelta;
use replay_core::{Region, webhook::Secret};
use replay_wire::Json;
pub use replay_wire::routes::Method;
use time_range::Timestamp;

/// A request to the server.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The HTTP method.
    pub method: Method,
    /// The path, which starts with `/`.
    pub path: String,
    /// The token for the `Authorization: Bearer` header.
    pub token: Option<Secret>,
    /// The JSON body.
    pub body: Option<Json>,
    /// How long the request may take until the whole response has arrived.
    pub timeout: TimeDelta,
}

/// A response of the server.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The body, if it is JSON.
    pub body: Option<Json>,
    /// The `Date` header, in whole seconds.
    pub date: Option<Timestamp>,
}

/// Why there is no response. The server may have carried out the request nonetheless.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum TransportError {
    /// The network failed, or the request was aborted.
    Network,
    /// No complete response arrived within the request's timeout.
    Timeout,
}

/// Identifies one request or wait; unique within a session.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct RequestId {
    /// The part that receives the response.
    pub owner: RequestOwner,
    /// Later requests and waits have higher numbers.
    pub number: u64,
}

/// The remote data that a request or a wait is about.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum RequestOwner {
    /// The description of the server.
    Server,
    /// The role of the token.
    Me,
    /// The overview of every region.
    Overview,
    /// A region's job.
    Job(Region),
    /// A region's webhook.
    Webhook(Region),
    /// A region's outages.
    Outages(Region),
    /// How far a region's job is.
    Progress(Region),
    /// The limit of the delivery rate of a region's job.
    Rate(Region),
    /// A region's past jobs.
    History(Region),
    /// A preview of a region.
    Preview(Region, Previewed),
}

/// What a preview is of.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Previewed {
    /// The range that may be sent.
    Selection,
    /// The whole retention.
    Retention,
    /// The part of the retention that the user looks at.
    Part,
}

impl Previewed {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Selection, Self::Retention, Self::Part];
}
