//! What a job is requested to replay, and by whom. Whether a request is accepted is decided elsewhere.
//!
//! ```
//! use replay_core::{Timeframe, request::{JobRequest, Kinds}};
//!
//! let now = time_range::read_timestamp("2026-11-23T12:00:00Z")?;
//! let kinds = Kinds::of(["access", "access", "authorization"]).unwrap();
//! assert!(kinds.admit("access") && !kinds.admit("authentication"));
//! let request = JobRequest { kinds: Some(kinds), ..Timeframe::new(now, now).unwrap().into() };
//! assert_eq!(request.heals, None);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

use alloc::{
    collections::BTreeSet,
    string::{String, ToString},
};

use crate::{JobId, OutageId, Timeframe};

/// The request that submitted a job.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct JobRequest {
    /// The requested timeframe. For a healing job, that of the outage's undelivered lines.
    pub timeframe: Timeframe,
    /// The kinds of events to replay; `None` for all.
    pub kinds: Option<Kinds>,
    /// The outage whose undelivered lines the job replays; `None` if it replays the timeframe.
    pub heals: Option<OutageId>,
    /// The failed job that the job resumes.
    pub resumes: Option<Resumption>,
    /// Who made the request; `None` if the server submitted the job by itself.
    pub requester: Option<Requester>,
}

/// Kinds of events; at least one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Kinds(BTreeSet<String>);

/// The failed job that another one resumes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Resumption {
    /// The failed job.
    pub job: JobId,
    /// The delivery id of the failed job.
    pub delivery_id: JobId,
}

/// Who requested a job.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Requester {
    /// The id of the token, which is not a secret.
    pub token_id: String,
    /// The name of the token's role.
    pub role: String,
    /// The address of the client; empty if it is unknown.
    pub address: String,
}

impl Kinds {
    /// The kinds with these names; `None` if there is none.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let kinds: BTreeSet<_> = names.into_iter().map(ToString::to_string).collect();
        (!kinds.is_empty()).then_some(Self(kinds))
    }

    /// Whether events of this kind are replayed.
    #[must_use]
    pub fn admit(&self, kind: &str) -> bool {
        self.0.contains(kind)
    }

    /// The names in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl From<Timeframe> for JobRequest {
    /// A request for all lines of a timeframe.
    fn from(timeframe: Timeframe) -> Self {
        Self { timeframe, kinds: None, heals: None, resumes: None, requester: None }
    }
}
