//! A server, its receiver, and what a test has done to them.

use core::time::Duration;
use std::{collections::HashSet, thread};

use chrono::TimeDelta;
use replay_server::clock::Clock;
use replay_tests::{
    client::ApiClient,
    lines::{Line, SeededRandom},
    polling::until,
    process::{Server, ServerDir},
    receiver::ReceivedRequest,
};
use serde_json::Value;
use time_range::Timestamp;
use tokio::time::timeout;

use super::{
    actions::Action,
    ledger::Ledger,
    mood::{Mood, MoodyReceiver},
};

/// A server and its receiver.
#[derive(Debug)]
pub(super) struct World {
    pub(super) random: SeededRandom,
    pub(super) moody: MoodyReceiver,
    pub(super) server: Server,
    pub(super) data_dir: ServerDir,
    /// The arguments with which lines are forwarded.
    pub(super) args: &'static [&'static str],
    pub(super) started_at: Timestamp,
    /// The lines that the server has archived, in order of arrival.
    pub(super) lines: Vec<Line>,
    pub(super) is_enabled: bool,
    pub(super) is_forwarding: bool,
    /// The live requests that may have been in flight when the webhook was disabled, by id.
    pub(super) in_flight_when_disabled: HashSet<String>,
    /// The number of requests that were received before the webhook was disabled.
    pub(super) received_before_disabling: usize,
}

impl World {
    /// A server with an enabled webhook.
    pub(super) async fn start(args: &'static [&'static str], mut random: SeededRandom) -> Self {
        let data_dir = ServerDir::new();
        let seed = random.below(usize::MAX).try_into().unwrap();
        let moody = MoodyReceiver::new(SeededRandom::new(seed));
        let server = data_dir.serve(args).await;
        let started_at = Clock::system().now();
        server.api.point_at(&moody.receiver.url()).await;
        Self {
            random,
            moody,
            server,
            data_dir,
            args,
            started_at,
            lines: Vec::new(),
            is_enabled: true,
            is_forwarding: true,
            in_flight_when_disabled: HashSet::new(),
            received_before_disabling: 0,
        }
    }

    /// A client of the server.
    pub(super) const fn api(&self) -> &ApiClient {
        &self.server.api
    }

    /// Changes the receiver's mood and does something, while lines arrive, `count` times.
    pub(super) async fn rounds(&mut self, count: usize) {
        for round in 0..count {
            let mood = Mood::drawn(&mut self.random);
            self.moody.set(mood);
            if mood == Mood::Well {
                // A lane that waits for the time of its next probe would sleep through most rounds.
                self.act(Action::Prompt).await;
            }
            let action = Action::drawn(&mut self.random);
            println!("round {round}: {mood:?}, {action:?}, {} lines", self.lines.len());
            self.ingest_some().await;
            self.act(action).await;
            self.ingest_some().await;
            self.wait_for_requests().await;
        }
    }

    /// Ingests a few lines one by one, or many at once.
    async fn ingest_some(&mut self) {
        if self.random.below(3) == 0 {
            let count = 1 + self.random.below(120);
            self.ingest(count).await;
        } else {
            for _ in 0..self.random.below(6) {
                self.ingest(1).await;
            }
        }
    }

    /// Ingests `count` lines at once.
    pub(super) async fn ingest(&mut self, count: usize) {
        let lines = self.new_lines(count);
        self.server.api.ingest(&lines).await;
        self.lines.extend(lines);
    }

    /// Lines that are dated now or soon, not in order.
    pub(super) fn new_lines(&mut self, count: usize) -> Vec<Line> {
        let now = Clock::system().now();
        let mut line = |number| {
            let later = i64::try_from(self.random.below(2_000)).unwrap();
            Line::random(number, now + TimeDelta::milliseconds(later), &mut self.random)
        };
        (self.lines.len()..self.lines.len() + count).map(&mut line).collect()
    }

    /// Waits until some requests have arrived, but not for long.
    async fn wait_for_requests(&mut self) {
        let more = self.moody.receiver.requests().len() + self.random.below(5);
        let moment = Duration::from_millis(self.random.below(900).try_into().unwrap());
        let _ = timeout(moment, self.moody.receiver.wait_for_requests(more)).await;
    }

    /// Lets everything be well: the lane delivers new lines, and the job has settled.
    pub(super) async fn recover(&mut self) {
        self.moody.set(Mood::Well);
        // A restarted lane does not wait for the time of its next probe.
        self.restart(true).await;
        if !self.is_enabled {
            self.act(Action::Switch).await;
        }
        self.ingest(1).await;
        until("every outage has ended", async || {
            let outages = self.api().outages().await;
            outages.iter().all(|outage| !outage["ended_at"].is_null()).then_some(())
        })
        .await;
        self.wait_for_job().await;
    }

    /// Waits until no job waits or runs.
    pub(super) async fn wait_for_job(&self) {
        until("the job has settled", async || {
            let status = self.api().job().await["status"].clone();
            ["completed", "failed", "unconfigured"].contains(&status.as_str()?).then_some(())
        })
        .await;
    }

    /// Heals every outage, the oldest first.
    pub(super) async fn heal_all(&mut self) {
        loop {
            let outages = self.api().outages().await;
            let unhealed = |outage: &&Value| outage["healed_at"].is_null();
            let Some(oldest) = outages.iter().rev().find(unhealed) else { break };
            println!("healing {oldest}");
            let submitted = self.api().heal(oldest["id"].as_str().unwrap()).await;
            assert_eq!(submitted.code, 202, "{submitted:?}");
            assert_eq!(self.api().settled().await["status"], "completed");
        }
    }

    /// Asserts what the ledger says about lines and requests, and that the lane is well.
    pub(super) async fn assert_ledger(mut self) {
        self.ingest(1).await;
        let last = format!("{}\n", self.lines.last().unwrap().text);
        let is_last = |request: &ReceivedRequest| request.job().is_none() && request.body == last;
        until("the lane delivers a line", async || {
            self.moody.receiver.requests().iter().any(is_last).then_some(())
        })
        .await;
        assert_eq!(self.api().health().await.status, "active");
        let outages = self.api().outages().await;
        assert!(!outages.is_empty(), "the receiver was never in trouble");
        for outage in &outages {
            let undelivered = [&outage["undelivered_lines"], &outage["lost_lines"]];
            assert_eq!(undelivered, [0, 0], "{outage}");
            assert!(outage["ended_at"].is_string() && outage["healed_at"].is_string(), "{outage}");
        }
        let jobs = self.api().past_jobs().await;
        let requests = self.moody.receiver.requests();
        println!(
            "{} lines, {} requests with {} lines, {} outages, {} jobs",
            self.lines.len(),
            requests.len(),
            requests.iter().map(ReceivedRequest::lines).sum::<usize>(),
            outages.len(),
            jobs.len()
        );
        Ledger {
            lines: &self.lines,
            requests: &requests,
            outages: &outages,
            jobs: &jobs,
            in_flight_when_disabled: &self.in_flight_when_disabled,
        }
        .assert();
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if thread::panicking() {
            println!("the data and the log are kept: {}", self.data_dir.keep().display());
        }
    }
}
