//! The one table of the API's paths and methods. The server's router, the gateway and every client
//! take paths from here. Who may call an operation is decided elsewhere.
//!
//! Konnect's operations are those of its `OpenAPI` documents,
//! <https://github.com/Kong/developer.konghq.com/tree/main/api-specs/konnect/audit-logs>.

use alloc::{
    format,
    string::{String, ToString},
};

use replay_core::Region;

/// The path at which a server describes itself: `GET`, no token needed.
pub const SERVER_PATH: &str = "/api/x/server";

/// The path at which a server describes the caller's token: `GET`.
pub const ME_PATH: &str = "/api/x/me";

/// The path of the overview of every region that the caller's token covers: `GET`.
pub const OVERVIEW_PATH: &str = "/api/x/overview";

/// An operation on a region.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Operation {
    /// Read the replay job.
    ReadJob,
    /// Submit a replay job.
    ReplaceJob,
    /// Read the webhook.
    ReadWebhook,
    /// Change the webhook.
    ChangeWebhook,
    /// Read the webhook's status.
    ReadWebhookStatus,
    /// Read the keys that sign audit-log lines.
    ReadSigningKeys,
    /// Archive lines.
    Ingest,
    /// Count the lines that a replay of a timeframe would deliver.
    PreviewReplay,
    /// Read how far the replay job is.
    ReadProgress,
    /// Cancel the replay job.
    CancelJob,
    /// Deliver one test line to the webhook.
    TestWebhook,
    /// List past jobs.
    ReadHistory,
    /// Read one past job.
    ReadPastJob,
    /// List the outages.
    ReadOutages,
    /// Submit a job for the undelivered lines of an outage.
    HealOutage,
    /// Go on with the failed replay job.
    ResumeJob,
    /// Limit how fast the replay job is delivered.
    ReplaceRate,
}

/// The method and the paths of an [`Operation`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Route {
    /// Whose API defines the operation.
    pub api: Api,
    /// The HTTP method.
    pub method: Method,
    /// The path without the region, like `/v2/audit-log-webhook`; clients use this one. It may have
    /// `{id}` in it, for the id of a job or an outage.
    pub path: &'static str,
    /// The path of another API version with the same bodies.
    pub alias: Option<&'static str>,
}

/// Whose API defines an operation.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Api {
    /// Konnect's: the gateway forwards it, and the `Host` may name the region instead of the path.
    Konnect,
    /// An extension of this project's server.
    Extension,
}

/// An HTTP method that the API uses.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Method {
    /// `GET`
    Get,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `POST`
    Post,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 17] = [
        Self::ReadJob,
        Self::ReplaceJob,
        Self::ReadWebhook,
        Self::ChangeWebhook,
        Self::ReadWebhookStatus,
        Self::ReadSigningKeys,
        Self::Ingest,
        Self::PreviewReplay,
        Self::ReadProgress,
        Self::CancelJob,
        Self::TestWebhook,
        Self::ReadHistory,
        Self::ReadPastJob,
        Self::ReadOutages,
        Self::HealOutage,
        Self::ResumeJob,
        Self::ReplaceRate,
    ];

    /// The operation's row in the table.
    #[must_use]
    pub const fn route(self) -> Route {
        match self {
            Self::ReadJob => konnect(Method::Get, JOB).with_alias(JOB_V3),
            Self::ReplaceJob => konnect(Method::Put, JOB).with_alias(JOB_V3),
            Self::ReadWebhook => konnect(Method::Get, WEBHOOK),
            Self::ChangeWebhook => konnect(Method::Patch, WEBHOOK),
            Self::ReadWebhookStatus => konnect(Method::Get, "/v2/audit-log-webhook/status"),
            Self::ReadSigningKeys => konnect(Method::Get, "/v2/audit-log-webhook/jwks.json"),
            Self::Ingest => extension(Method::Post, "/x/ingest"),
            Self::PreviewReplay => extension(Method::Get, "/x/replay/preview"),
            Self::ReadProgress => extension(Method::Get, "/x/replay/progress"),
            Self::CancelJob => extension(Method::Post, "/x/replay/cancel"),
            Self::TestWebhook => extension(Method::Post, "/x/webhook/test"),
            Self::ReadHistory => extension(Method::Get, "/x/replay/history"),
            Self::ReadPastJob => extension(Method::Get, "/x/replay/jobs/{id}"),
            Self::ReadOutages => extension(Method::Get, "/x/outages"),
            Self::HealOutage => extension(Method::Post, "/x/outages/{id}/heal"),
            Self::ResumeJob => extension(Method::Post, "/x/replay/resume"),
            Self::ReplaceRate => extension(Method::Put, "/x/replay/rate"),
        }
    }

    /// The path of the operation on `region`, like `/api/us/v2/audit-log-webhook`. The path of an
    /// operation on something with an id is made by [`Self::path_with_id`].
    #[must_use]
    pub fn path(self, region: &Region) -> String {
        format!("/api/{region}{}", self.route().path)
    }

    /// The path of the operation on the job or the outage `id` of `region`, like
    /// `/api/us/x/outages/7/heal`.
    #[must_use]
    pub fn path_with_id(self, region: &Region, id: &str) -> String {
        let path = self.path(region);
        // A search for text would make the page larger.
        let Some(start) = path.bytes().position(|byte| byte == b'{') else { return path };
        let mut with_id = path[..start].to_string();
        push_encoded(&mut with_id, id);
        with_id += &path[start + ID.len()..];
        with_id
    }

    /// The path and the query of a page of a list of `region`, with the most items that it may have;
    /// `cursor` is the `next_cursor` of the page before it.
    #[must_use]
    pub fn path_of_page(self, region: &Region, limit: &str, cursor: Option<&str>) -> String {
        let mut path = self.path(region);
        path += "?limit=";
        path += limit;
        if let Some(cursor) = cursor {
            path += "&cursor=";
            push_encoded(&mut path, cursor);
        }
        path
    }
}

impl Route {
    /// Every path of the operation, without the region.
    pub fn paths(self) -> impl Iterator<Item = &'static str> {
        core::iter::once(self.path).chain(self.alias)
    }

    const fn with_alias(self, path: &'static str) -> Self {
        Self { alias: Some(path), ..self }
    }
}

impl Method {
    /// The method as HTTP spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Post => "POST",
        }
    }
}

/// The place of an id in a path, as the server's router spells it.
const ID: &str = "{id}";

const JOB: &str = "/v2/audit-log-replay-job";
const JOB_V3: &str = "/v3/audit-log-replay-job";
const WEBHOOK: &str = "/v2/audit-log-webhook";

const fn konnect(method: Method, path: &'static str) -> Route {
    Route { api: Api::Konnect, method, path, alias: None }
}

const fn extension(method: Method, path: &'static str) -> Route {
    Route { api: Api::Extension, method, path, alias: None }
}

/// Appends the text with every byte percent-encoded that is not the same in any part of a URL.
fn push_encoded(path: &mut String, text: &str) {
    const DIGITS: [u8; 16] = *b"0123456789ABCDEF";
    let digit = |number: u8| char::from(DIGITS[usize::from(number)]);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~') {
            path.push(char::from(byte));
        } else {
            path.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{collections::BTreeSet, vec::Vec};

    #[test]
    fn no_two_operations_share_a_method_and_a_path() {
        let rows: Vec<_> = Operation::ALL
            .into_iter()
            .map(Operation::route)
            .flat_map(|route| route.paths().map(move |path| (route.method.as_str(), path)))
            .collect();
        assert_eq!(rows.iter().collect::<BTreeSet<_>>().len(), rows.len(), "{rows:?}");
    }

    #[test]
    fn a_client_addresses_a_region_in_the_path_and_uses_the_older_version() {
        let us = Region::named("us").unwrap();
        assert_eq!(Operation::ReplaceJob.path(&us), "/api/us/v2/audit-log-replay-job");
        assert_eq!(Operation::CancelJob.path(&us), "/api/us/x/replay/cancel");
    }

    #[test]
    fn an_id_is_one_segment_of_a_path_whatever_it_contains() {
        let us = Region::named("us").unwrap();
        let path = |id| Operation::HealOutage.path_with_id(&us, id);
        assert_eq!(path("0a-1_b~"), "/api/us/x/outages/0a-1_b~/heal");
        assert_eq!(path("a/../é ?#%"), "/api/us/x/outages/a%2F%2E%2E%2F%C3%A9%20%3F%23%25/heal");
        assert_eq!(Operation::ReadPastJob.path_with_id(&us, "0a"), "/api/us/x/replay/jobs/0a");
    }

    #[test]
    fn the_cursor_of_a_page_is_one_parameter_whatever_it_contains() {
        let us = Region::named("us").unwrap();
        let path = |cursor| Operation::ReadHistory.path_of_page(&us, "10", cursor);
        assert_eq!(path(None), "/api/us/x/replay/history?limit=10");
        let next = "/api/us/x/replay/history?limit=10&cursor=2026-11%3A%26";
        assert_eq!(path(Some("2026-11:&")), next);
    }

    #[test]
    fn only_paths_of_something_with_an_id_have_a_place_for_one() {
        let with_id = Operation::ALL
            .into_iter()
            .filter(|operation| operation.route().paths().any(|path| path.contains(['{', '}'])));
        assert!(with_id.eq([Operation::ReadPastJob, Operation::HealOutage]));
    }
}
