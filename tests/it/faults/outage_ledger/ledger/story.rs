//! Tells what happened to lines that a ledger finds missing or taken twice. It asserts nothing.

use std::collections::HashSet;

use replay_tests::receiver::ReceivedRequest;
use serde_json::Value;

use super::{Ledger, texts};

impl Ledger<'_> {
    /// The requests whose lane or job is that of these ids, one a line; those with the ids are marked.
    pub(super) fn story_of_ids(&self, ids: &HashSet<&str>) -> String {
        let prefix = |id: &str| id.split('-').next().unwrap_or_default().to_owned();
        let prefixes: HashSet<_> = ids.iter().map(|id| prefix(id)).collect();
        let row = |request: &ReceivedRequest| {
            let id = request.header("webhook-id");
            let mark = if ids.contains(id) { "*" } else { " " };
            prefixes.contains(&prefix(id)).then(|| format!("{mark} {}", told_of(request)))
        };
        under("requests", self.requests.iter().filter_map(row))
    }

    /// The requests with some of these lines, and every outage and job as the API reports it, one a
    /// line.
    pub(super) fn story_of_lines(&self, lines: &HashSet<&str>) -> String {
        let row = |request: &ReceivedRequest| {
            let among = texts(request).filter(|text| lines.contains(text)).count();
            (among > 0).then(|| format!("{among} in {}", told_of(request)))
        };
        let requests = under("requests", self.requests.iter().filter_map(row));
        let outages = under("outages", self.outages.iter().map(Value::to_string));
        let jobs = under("jobs", self.jobs.iter().map(Value::to_string));
        [requests, outages, jobs].concat()
    }
}

/// A request without its lines.
fn told_of(request: &ReceivedRequest) -> String {
    let (number, id, job) = (request.number, request.header("webhook-id"), request.job());
    format!("{number}: {id}, {} lines, {:?}, job {job:?}", request.lines(), request.status)
}

/// Rows under a title, on lines of their own.
fn under(title: &str, rows: impl Iterator<Item = String>) -> String {
    let rows: Vec<_> = rows.collect();
    format!("\n{title}:\n{}", rows.join("\n"))
}
