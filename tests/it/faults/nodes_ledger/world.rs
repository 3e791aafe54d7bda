//! The nodes, the sources of lines, the webhook, and the replays.

use core::time::Duration;
use std::{collections::BTreeMap, thread};

use chrono::TimeDelta;
use replay_server::clock::Clock;
use replay_tests::{
    batches::{ListedBatch, try_listed},
    lines::{Line, SeededRandom, Window},
    polling::until,
    receiver::{ReceivedRequest, Receiver, Reply},
};
use reqwest::Method;
use serde_json::{Value, json};
use time_range::{Timestamp, write_timestamp};
use tokio::time::{sleep, timeout};

use super::{
    cluster::{Cluster, Disturbance},
    contacts::Request,
    sources::Sources,
    webhook::Webhook,
};

/// Everything that a test has started and seen.
#[derive(Debug)]
pub(super) struct World {
    pub(super) random: SeededRandom,
    pub(super) cluster: Cluster,
    pub(super) sources: Sources,
    pub(super) webhook: Webhook,
    started_at: Timestamp,
    /// The replays, by the id of the job.
    pub(super) replays: BTreeMap<String, Replay>,
}

/// A replay of all lines that was requested.
#[derive(Debug, Default)]
pub(super) struct Replay {
    /// How many lines of each source were acknowledged before the request.
    pub(super) acknowledged: Vec<usize>,
    /// Its batches soon after its start.
    pub(super) listed: Option<Vec<ListedBatch>>,
}

impl World {
    /// Nodes without lines, and sources that begin.
    pub(super) async fn start(mut random: SeededRandom) -> Self {
        let receiver = Receiver::replying(|request| {
            let moment = Duration::from_millis((request.raw_body.len() % 50).try_into().unwrap());
            Reply::Delayed(moment, Box::new(Reply::Status(200)))
        })
        .await;
        let (cluster, mut webhook) = (Cluster::start().await, Webhook::new(receiver));
        let endpoint = json!({ "endpoint": webhook.receiver.url(), "enabled": true });
        webhook.patch(endpoint, &cluster.contacts, &mut random).await;
        webhook.is_enabled = true;
        let sources = Sources::start(&cluster.contacts, &mut random);
        let (started_at, replays) = (Clock::system().now(), BTreeMap::new());
        Self { random, cluster, sources, webhook, started_at, replays }
    }

    /// Lets something happen `count` times at random moments, while everything goes on.
    pub(super) async fn rounds(&mut self, count: usize) {
        for round in 0..count {
            println!("round {round}");
            self.wait_for_requests().await;
            self.cluster.thaw().await;
            self.go_on_replaying().await;
            let disturbance = Disturbance::drawn(&mut self.random);
            let moment = Duration::from_micros(self.random.below(20_000).try_into().unwrap());
            let mut seeded = || {
                let seed = u64::try_from(self.random.below(usize::MAX)).unwrap();
                SeededRandom::new(seed)
            };
            let (mut random, mut other_random) = (seeded(), seeded());
            let (cluster, webhook) = (&mut self.cluster, &mut self.webhook);
            let contacts = cluster.contacts.clone();
            let change = webhook.change(&contacts, &mut random);
            let disturb = async {
                sleep(moment).await;
                cluster.disturb(disturbance, &mut other_random).await;
            };
            if disturbance == Disturbance::Freeze {
                // A frozen node must not make the change later, when it goes on.
                change.await;
                disturb.await;
            } else {
                tokio::join!(change, disturb);
            }
        }
    }

    /// Waits until some requests have arrived, but not for long.
    async fn wait_for_requests(&mut self) {
        let more = self.webhook.receiver.requests().len() + self.random.below(100);
        let moment = Duration::from_millis(self.random.below(6_000).try_into().unwrap());
        let _ = timeout(moment, self.webhook.receiver.wait_for_requests(more)).await;
    }

    /// Ends all disturbances: no node is frozen, the replay has completed, the outages are healed, and a last
    /// replay delivers every line.
    pub(super) async fn recover(&mut self) {
        self.cluster.thaw_all().await;
        let contacts = self.cluster.contacts.clone();
        self.webhook.set_enabled(true, &contacts, &mut self.random).await;
        until("every outage has ended", async || {
            let outages = self.outages().await;
            outages.iter().all(|outage| !outage["ended_at"].is_null()).then_some(())
        })
        .await;
        self.sources.end().await;
        let last = self.sources.acknowledged();
        let last: Vec<_> = last.iter().filter_map(|lines| lines.last()).collect();
        let is_live = |request: &ReceivedRequest| request.job().is_none();
        until("the lane delivers the last lines", async || {
            let requests = self.webhook.receiver.requests();
            let has = |line: &&&Line| {
                let text = &line.text;
                requests.iter().any(|request| is_live(request) && request.body.contains(text))
            };
            last.iter().all(|line| has(&line)).then_some(())
        })
        .await;
        loop {
            self.complete().await;
            let outages = self.outages().await;
            let unhealed = |outage: &&Value| outage["healed_at"].is_null();
            let Some(oldest) = outages.iter().rev().find(unhealed) else { break };
            let path = format!("x/outages/{}/heal", oldest["id"].as_str().unwrap());
            let healed = self.ask(Method::POST, &path, String::new()).await;
            assert_eq!(healed.0, 202, "{healed:?}");
        }
        self.replay().await;
        self.complete().await;
    }

    /// Waits until the job has completed, and resumes it if it fails.
    async fn complete(&mut self) {
        loop {
            let status = until("the job has settled", async || {
                let status = self.status().await;
                ["completed", "failed", "unconfigured"].contains(&&*status).then_some(status)
            })
            .await;
            if status != "failed" {
                return;
            }
            self.go_on_replaying().await;
        }
    }

    /// Submits another replay when one has ended, resumes one that has failed, and lists the batches of
    /// those that have begun.
    async fn go_on_replaying(&mut self) {
        match &*self.status().await {
            "failed" => {
                let (code, text) = self.ask(Method::POST, "x/replay/resume", String::new()).await;
                // Without an enabled webhook, nothing is resumed. 409: a request without an answer was
                // handled.
                assert!(matches!(code, 202 | 400 | 409), "{text}");
            }
            "completed" | "unconfigured" => self.replay().await,
            _ => {}
        }
        for (id, replay) in &mut self.replays {
            if replay.listed.is_none() {
                replay.listed = try_listed(self.cluster.dir(), id).await;
            }
        }
    }

    /// Submits a replay of all lines.
    async fn replay(&mut self) {
        let acknowledged = self.sources.acknowledged().iter().map(Vec::len).collect();
        let start = self.started_at - TimeDelta::seconds(1);
        let window = Window { start, end: Clock::system().now() + TimeDelta::seconds(4) };
        let body = json!({
            "start_at": write_timestamp(window.start),
            "end_at": write_timestamp(window.end),
        });
        let path = "v2/audit-log-replay-job";
        let (code, text) = self.ask(Method::PUT, path, body.to_string()).await;
        assert!(matches!(code, 202 | 400 | 409), "{text}");
        if code == 400 {
            assert!(!self.webhook.is_enabled, "{text}");
            return;
        }
        let job = self.get("x/replay/progress").await["job_id"].as_str().unwrap().to_owned();
        self.replays.insert(job, Replay { acknowledged, listed: None });
    }

    async fn status(&mut self) -> String {
        self.get("v2/audit-log-replay-job").await["status"].as_str().unwrap().to_owned()
    }

    /// The outages, the newest first.
    pub(super) async fn outages(&mut self) -> Vec<Value> {
        self.pages("x/outages", "outages").await
    }

    /// What all pages at `path` list under `name`.
    pub(super) async fn pages(&mut self, path: &str, name: &str) -> Vec<Value> {
        let (mut listed, mut next) = (Vec::new(), format!("{path}?limit=500"));
        loop {
            let page = self.get(&next).await;
            listed.extend(page[name].as_array().unwrap_or_else(|| panic!("{page}")).clone());
            let Some(cursor) = page["next_cursor"].as_str() else { return listed };
            next = format!("{path}?limit=500&cursor={cursor}");
        }
    }

    async fn get(&mut self, path: &str) -> Value {
        let (code, text) = self.ask(Method::GET, path, String::new()).await;
        assert_eq!(code, 200, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    /// The status and the body of an answer.
    async fn ask(&mut self, method: Method, path: &str, body: String) -> (u16, String) {
        let request = Request::of(method, path, body);
        let response = self.cluster.contacts.answer(&mut self.random, &request).await;
        (response.code, response.text)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if thread::panicking() {
            println!("the logs of the nodes:\n{}", self.cluster.logs());
        }
    }
}
