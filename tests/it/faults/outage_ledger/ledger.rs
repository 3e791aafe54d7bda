//! Compares what was ingested with what was received. It uses no code of the product.

mod story;
mod tests;

use std::collections::{HashMap, HashSet};

use replay_tests::{forwarding::LiveId, lines::Line, receiver::ReceivedRequest};
use serde_json::Value;

/// What was ingested and received, and what the server says of outages and jobs.
#[derive(Debug)]
pub(in crate::faults) struct Ledger<'a> {
    /// In order of arrival, unless the order is not asserted.
    pub(in crate::faults) lines: &'a [Line],
    pub(in crate::faults) requests: &'a [ReceivedRequest],
    pub(in crate::faults) outages: &'a [Value],
    /// Every job of the region.
    pub(in crate::faults) jobs: &'a [Value],
    pub(in crate::faults) in_flight_when_disabled: &'a HashSet<String>,
}

impl Ledger<'_> {
    /// Asserts every property.
    pub(super) fn assert(&self) {
        self.assert_in_any_order();
        self.assert_that_live_lines_came_in_order_of_arrival();
    }

    /// Asserts every property but those of the order.
    pub(in crate::faults) fn assert_in_any_order(&self) {
        self.assert_that_an_id_stands_for_the_same_bytes();
        self.assert_that_no_line_is_missing();
        self.assert_that_no_line_was_taken_under_two_ids();
    }

    fn assert_that_an_id_stands_for_the_same_bytes(&self) {
        let mut bodies = HashMap::new();
        for request in self.requests {
            let id = request.header("webhook-id");
            let before = *bodies.entry(id).or_insert(&request.body);
            assert!(*before == request.body, "{id} was used for other bytes");
        }
    }

    fn assert_that_no_line_is_missing(&self) {
        let missing = self.missing();
        let texts = missing.iter().map(|line| line.text.as_str()).collect();
        assert!(
            missing.is_empty(),
            "{} lines are missing: {missing:?}{}",
            missing.len(),
            self.story_of_lines(&texts)
        );
    }

    /// The lines that no request has delivered. Those of an ordinary replay count only if the replay has
    /// healed an outage, or a replay that resumes it has.
    fn missing(&self) -> Vec<&Line> {
        let (ordinary, healed) = (self.ordinary_jobs(), self.jobs_that_healed());
        let counts = |job| !ordinary.contains(job) || healed.contains(job);
        let acknowledged = self
            .requests
            .iter()
            .filter(|request| request.is_acknowledged() && request.job().is_none_or(counts));
        let delivered: HashSet<_> = acknowledged.flat_map(texts).collect();
        self.lines.iter().filter(|line| !delivered.contains(line.text.as_str())).collect()
    }

    /// The jobs that were not submitted for an outage.
    fn ordinary_jobs(&self) -> HashSet<&str> {
        let ordinary = self.jobs.iter().filter(|job| job["heals"].is_null());
        ordinary.map(|job| job["id"].as_str().unwrap()).collect()
    }

    /// The jobs that have healed an outage, some of which may be ordinary ones, and those that they
    /// resume: a resumed job has delivered the lines before its cursors.
    fn jobs_that_healed(&self) -> HashSet<&str> {
        let mut resumed = HashMap::new();
        for job in self.jobs {
            if let Some(before) = job["resumed_from"].as_str() {
                resumed.insert(job["id"].as_str().unwrap(), before);
            }
        }
        let mut healed = HashSet::new();
        for outage in self.outages {
            let mut next = outage["healed_by"].as_str();
            while let Some(job) = next.filter(|job| healed.insert(*job)) {
                next = resumed.get(job).copied();
            }
        }
        healed
    }

    /// A line is taken if the request with it was acknowledged, or its answer was lost.
    fn assert_that_no_line_was_taken_under_two_ids(&self) {
        let refused: HashSet<_> = self
            .requests
            .iter()
            .filter(|request| [Some(400), Some(413)].contains(&request.status))
            .map(|request| request.header("webhook-id"))
            .collect();
        let ordinary = self.ordinary_jobs();
        let mut taken: HashMap<&str, HashSet<&str>> = HashMap::new();
        for request in self.requests {
            let id = request.header("webhook-id");
            let is_ordinary = request.job().is_some_and(|job| ordinary.contains(job));
            let is_exempt =
                is_ordinary || refused.contains(id) || self.in_flight_when_disabled.contains(id);
            if !is_exempt && (request.is_acknowledged() || request.status.is_none()) {
                texts(request).for_each(|line| _ = taken.entry(line).or_default().insert(id));
            }
        }
        taken.retain(|_, ids| ids.len() > 1);
        let ids: HashSet<_> = taken.values().flatten().copied().collect();
        assert!(
            ids.is_empty(),
            "{} lines were taken twice:{}",
            taken.len(),
            self.story_of_ids(&ids)
        );
    }

    /// Each live request carries lines that arrived after those of the one before, or is that one
    /// again, or a half of it.
    fn assert_that_live_lines_came_in_order_of_arrival(&self) {
        let arrivals = self.lines.iter().enumerate().map(|(at, line)| (line.text.as_str(), at));
        let arrivals: HashMap<_, _> = arrivals.collect();
        let mut before: Option<(LiveId, usize)> = None;
        for request in self.requests.iter().filter(|request| request.job().is_none()) {
            let id = LiveId::of(request);
            let lines: Vec<_> = texts(request).map(|line| arrivals[line]).collect();
            assert!(lines.is_sorted_by(|one, next| one < next), "{id:?}: {lines:?}");
            let (first, last) = (lines[0], lines[lines.len() - 1]);
            if let Some((before, last_before)) = before {
                let is_again = id == before;
                let is_half = id.first == before.first && id.last < before.last;
                let is_later = id.first > before.last && first > last_before;
                assert!(is_again || is_half || is_later, "{id:?} came after {before:?}");
                assert_eq!(id.lane, before.lane);
            }
            before = Some((id, last));
        }
    }
}

fn texts(request: &ReceivedRequest) -> impl Iterator<Item = &str> {
    request.body.split_terminator('\n')
}
