//! Writes the server's own access lines, in the shape Konnect gives to its own. Never lets a client's text end a
//! field or a line, and never signs.

use alloc::format;
use alloc::string::{String, ToString};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;

use crate::Format;
use crate::escape::Escaped;

/// Vendor, product, event class and host of the server's own lines.
const OWN: &str = "audit-log-replay";

/// A request to the server's API, and its answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Access<'a> {
    /// When the request came; lines keep its milliseconds.
    pub at: DateTime<Utc>,
    /// The client's address.
    pub src: &'a str,
    /// The path.
    pub request: &'a str,
    /// The method.
    pub act: &'a str,
    /// The answer's HTTP status.
    pub status: u16,
    /// How many requests a summary line stands for; `None` in the line of a single request.
    pub count: Option<u64>,
    /// Who asked.
    pub principal_id: &'a str,
    /// The client's `User-Agent`.
    pub user_agent: &'a str,
    /// What ties the lines of one request together.
    pub trace_id: &'a str,
    /// The query, empty without one.
    pub query: &'a str,
}

impl Access<'_> {
    /// One line, without a line ending.
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
            "{event_ts} {OWN} CEF:0|{OWN}|{OWN}|1.0|{OWN}|Ingress|{severity}|rt={rt} src={src} request={request} \
             act={act} status={status}{count} principal_id={principal_id} user_agent={user_agent} trace_id={trace_id} \
             query={query}",
            event_ts = self.event_ts(),
            severity = self.severity(),
            rt = self.at.timestamp_millis(),
            src = Escaped(self.src),
            request = Escaped(self.request),
            act = Escaped(self.act),
            status = self.status,
            // Before the user agent: a reader takes no field from what follows it.
            count = self.count.map(|count| format!(" count={count}")).unwrap_or_default(),
            principal_id = Escaped(self.principal_id),
            user_agent = Escaped(self.user_agent),
            trace_id = Escaped(self.trace_id),
            query = Escaped(self.query),
        )
    }

    /// Alphabetical, as the documented lines are.
    fn json(&self) -> serde_json::Value {
        let mut line = json!({
            "act": self.act,
            "cef_version": "0",
            "event_class_id": OWN,
            "event_product": OWN,
            "event_ts": self.event_ts(),
            "event_vendor": OWN,
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
