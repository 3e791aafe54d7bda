//! Compares what was ingested with what was received, replay by replay and line by line.

use std::collections::{HashMap, HashSet};

use replay_tests::{
    batches::{ListedBatch, listed},
    lines::Line,
    process::ServerDir,
    receiver::ReceivedRequest,
};
use serde_json::Value;

use super::{order, single, world::World};
use crate::faults::outage_ledger::ledger::Ledger;

/// The batches that the snapshot of a job has fixed.
#[derive(Debug)]
pub(super) struct Plan {
    /// The job, which may resume one that has not started.
    pub(super) job: String,
    /// The batches in order.
    pub(super) batches: Vec<ListedBatch>,
}

impl World {
    /// Asserts every property, after [`World::recover`]: the last job has replayed every line.
    pub(super) async fn assert_ledger(&mut self) {
        let (sources, requests) = (self.sources.acknowledged(), self.webhook.receiver.requests());
        let lines = sources.concat();
        let outages = self.outages().await;
        let jobs = self.pages("x/replay/history", "jobs").await;
        println!("{} lines, {} requests, {} jobs", lines.len(), requests.len(), jobs.len());
        let in_flight_when_disabled = self.webhook.in_flight_when_disabled(&requests);
        Ledger {
            lines: &lines,
            requests: &requests,
            outages: &outages,
            jobs: &jobs,
            in_flight_when_disabled: &in_flight_when_disabled,
        }
        .assert_in_any_order();
        assert_reasons(&jobs);
        let plans = self.assert_batches(&sources, &requests, &jobs).await;
        order::assert_order(self, &sources, &requests, &plans);
        let last = jobs[0]["id"].as_str().unwrap();
        let single = single::replayed(&sources).await;
        assert!(texts_of_job(&requests, last) == single, "a single server replays other lines");
    }

    /// Asserts that the batches that have arrived are those that the snapshot of their job has fixed, and
    /// returns these by the delivery id.
    async fn assert_batches(
        &self,
        sources: &[Vec<Line>],
        requests: &[ReceivedRequest],
        jobs: &[Value],
    ) -> HashMap<String, Plan> {
        let mut plans = HashMap::new();
        for delivery in jobs.iter().filter(|job| job["resumed_from"].is_null()) {
            let id = delivery["id"].as_str().unwrap();
            let arrived = arrived(requests, id);
            let chain = chain_of(jobs, id);
            let last = chain[chain.len() - 1];
            // A job that has not started can fail and be resumed.
            let Some(started) = chain.iter().find(|job| !job["started_at"].is_null()) else {
                assert!(arrived.is_empty(), "{delivery} has not started");
                continue;
            };
            let job = started["id"].as_str().unwrap().to_owned();
            let planned = planned(self.cluster.dir(), &job, id).await;
            let fixed: HashSet<_> = planned.iter().cloned().collect();
            let others: Vec<_> = arrived.difference(&fixed).collect();
            assert!(others.is_empty(), "{others:?} are no batches of {delivery}");
            if last["status"] == "completed" {
                assert!(arrived == fixed, "{delivery} is completed without {fixed:?}");
                let lines: usize = planned.iter().map(|batch| batch.lines).sum();
                assert_eq!(started["total_lines"], lines, "{started}");
            }
            if let Some(replay) = self.replays.get(id) {
                let early = replay.listed.as_ref();
                assert!(early.is_none_or(|early| *early == planned), "{id} has other batches now");
                if last["status"] == "completed" {
                    assert_lines_before(sources, &replay.acknowledged, &texts_of(requests, id));
                }
            }
            plans.insert(id.to_owned(), Plan { job, batches: planned });
        }
        plans
    }
}

/// Asserts that no job has failed but by a disabled webhook.
fn assert_reasons(jobs: &[Value]) {
    for job in jobs.iter().filter(|job| job["status"] == "failed") {
        let reason = job["reason"].as_str().unwrap();
        assert!(reason.contains("disabled"), "{job}");
    }
}

/// Asserts that the lines that were acknowledged before the request of a replay are part of it.
fn assert_lines_before(sources: &[Vec<Line>], acknowledged: &[usize], texts: &HashSet<&str>) {
    for (lines, count) in sources.iter().zip(acknowledged) {
        let missing = lines[..*count].iter().find(|line| !texts.contains(line.text.as_str()));
        assert_eq!(missing, None, "a line is missing in a replay");
    }
}

/// The jobs that resume each other, of which `id` is the first.
fn chain_of<'a>(jobs: &'a [Value], id: &str) -> Vec<&'a Value> {
    let mut chain: Vec<_> = jobs.iter().filter(|job| job["id"] == id).collect();
    let next = |last: &Value| jobs.iter().find(|job| job["resumed_from"] == last["id"]);
    while let Some(next) = chain.last().and_then(|last| next(last)) {
        chain.push(next);
    }
    chain
}

/// The batches of a job that has started, under its delivery id.
async fn planned(dir: &ServerDir, job: &str, delivery: &str) -> Vec<ListedBatch> {
    let listed = listed(dir, job).await.into_iter();
    listed.map(|batch| ListedBatch { id: batch.id.replace(job, delivery), ..batch }).collect()
}

/// The batches of a delivery id that have arrived.
fn arrived(requests: &[ReceivedRequest], delivery: &str) -> HashSet<ListedBatch> {
    of_delivery(requests, delivery)
        .map(|request| ListedBatch::of(request.header("webhook-id"), &request.body))
        .collect()
}

/// The lines of a delivery id that have arrived.
fn texts_of<'a>(requests: &'a [ReceivedRequest], delivery: &str) -> HashSet<&'a str> {
    of_delivery(requests, delivery).flat_map(|request| request.body.lines()).collect()
}

fn of_delivery<'a>(
    requests: &'a [ReceivedRequest],
    delivery: &str,
) -> impl Iterator<Item = &'a ReceivedRequest> {
    requests.iter().filter(move |request| {
        request.header("webhook-id").split('-').next().is_some_and(|prefix| prefix == delivery)
    })
}

/// The lines of a job, each `webhook-id` once, sorted.
fn texts_of_job(requests: &[ReceivedRequest], job: &str) -> Vec<String> {
    let bodies: HashMap<_, _> = of_delivery(requests, job)
        .map(|request| (request.header("webhook-id"), request.body.as_str()))
        .collect();
    let mut texts: Vec<_> =
        bodies.values().flat_map(|body| body.lines()).map(str::to_owned).collect();
    texts.sort_unstable();
    texts
}
