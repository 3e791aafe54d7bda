//! Writes lines about requests to the server's own API, in the form of Konnect's access lines. Text from a client
//! cannot end a field or a line. Lines are not signed.

use alloc::format;
use alloc::string::{String, ToString};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;

use crate::Format;
use crate::escape::Escaped;

/// The vendor, product, event class and host of the lines.
const PRODUCT: &str = "audit-log-replay";

/// A request to the server's API and the status of its response.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Access<'a> {
    /// When the request arrived; written in milliseconds.
    pub at: DateTime<Utc>,
    /// The IP address of the client.
    pub src: &'a str,
    /// The path of the request.
    pub request: &'a str,
    /// The HTTP method.
    pub act: &'a str,
    /// The HTTP status code of the response.
    pub status: u16,
    /// The number of requests in a summary line; `None` in the line of a single request.
    pub count: Option<u64>,
    /// The id of the caller's token; empty if there is none.
    pub principal_id: &'a str,
    /// The `User-Agent` header.
    pub user_agent: &'a str,
    /// The trace id of the request, which all its lines share.
    pub trace_id: &'a str,
    /// The query string; empty if there is none.
    pub query: &'a str,
}

impl Access<'_> {
    /// Writes one line, without a line ending.
    #[must_use]
    pub fn write(&self, format: Format) -> String {
        match format {
            Format::Cef => self.cef(),
            Format::Json => self.json().to_string(),
            Format::Cps => json!({ "event": self.json() }).to_string(),
        }
    }

    fn cef(&self) -> String {
        format!(
            "{event_ts} {PRODUCT} CEF:0|{PRODUCT}|{PRODUCT}|1.0|{PRODUCT}|Ingress|{severity}|rt={rt} src={src} request={request} \
             act={act} status={status}{count} principal_id={principal_id} user_agent={user_agent} trace_id={trace_id} \
             query={query}",
            event_ts = self.event_ts(),
            severity = self.severity(),
            rt = self.at.timestamp_millis(),
            src = Escaped(self.src),
            request = Escaped(self.request),
            act = Escaped(self.act),
            status = self.status,
            // Before the user agent, since no field is read from the text after it.
            count = self.count.map(|count| format!(" count={count}")).unwrap_or_default(),
            principal_id = Escaped(self.principal_id),
            user_agent = Escaped(self.user_agent),
            trace_id = Escaped(self.trace_id),
            query = Escaped(self.query),
        )
    }

    /// The keys are in alphabetical order, as in the documented lines.
    fn json(&self) -> serde_json::Value {
        let mut line = json!({
            "act": self.act,
            "cef_version": "0",
            "event_class_id": PRODUCT,
            "event_product": PRODUCT,
            "event_ts": self.event_ts(),
            "event_vendor": PRODUCT,
            "event_version": "1.0",
            "name": "Ingress",
            "principal_id": self.principal_id,
            "query": self.query,
            "request": self.request,
            "rt": self.at.timestamp_millis(),
            "severity": self.severity(),
            "src": self.src,
            "status": self.status,
            "trace_id": self.trace_id,
            "user_agent": self.user_agent,
        });
        if let Some(count) = self.count {
            line["count"] = count.into();
        }
        line
    }

    fn event_ts(&self) -> String {
        self.at.to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    fn severity(&self) -> u8 {
        match self.status {
            401 | 403 => 6,
            500..=599 => 10,
            _ => 1,
        }
    }
}

#[cfg(test)]
mod tests;
