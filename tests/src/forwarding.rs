//! What a test knows of forwarding: lines that are dated now, the requests of a live lane, and the
//! outages that the API lists.

use core::ops::Range;

use replay_server::clock::Clock;
use serde_json::Value;

use crate::{
    client::ApiClient,
    lines::Line,
    polling::until,
    receiver::{ReceivedRequest, Receiver},
};

/// The parts of the `webhook-id` of a live lane's request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LiveId {
    /// The id of the lane.
    pub lane: String,
    /// The sequence number of the first line.
    pub first: u64,
    /// The sequence number of the last line.
    pub last: u64,
}

impl LiveId {
    /// The parts of the id of a request, which must be one of a live lane.
    pub fn of(request: &ReceivedRequest) -> Self {
        assert_eq!(request.job(), None);
        let id = request.header("webhook-id");
        let parts: Vec<_> = id.split('-').collect();
        let [lane, first, last] = parts[..] else { panic!("{id}") };
        let is_lane = lane.len() == 32 && lane.bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(is_lane, "{id}");
        Self { lane: lane.to_owned(), first: first.parse().unwrap(), last: last.parse().unwrap() }
    }
}

/// Plain lines with these numbers that are dated now.
pub fn lines_now(numbers: Range<usize>) -> Vec<Line> {
    let now = Clock::system().now();
    numbers.map(|number| Line::plain(number, now)).collect()
}

/// The body with these lines.
pub fn body_of(lines: &[Line]) -> String {
    lines.iter().flat_map(|line| [line.text.as_str(), "\n"]).collect()
}

/// The bodies of the requests of live lanes.
pub fn live_bodies(receiver: &Receiver) -> Vec<String> {
    bodies(receiver, |request| request.job().is_none())
}

/// The bodies of the requests of this job.
pub fn job_bodies(receiver: &Receiver, job: &str) -> Vec<String> {
    bodies(receiver, |request| request.job() == Some(job))
}

fn bodies(receiver: &Receiver, is_meant: impl Fn(&ReceivedRequest) -> bool) -> Vec<String> {
    let requests = receiver.requests().into_iter();
    requests.filter(is_meant).map(|request| request.body).collect()
}

/// Waits until the region has exactly one outage and `is_meant` holds for it; returns it.
pub async fn the_outage(api: &ApiClient, is_meant: impl Fn(&Value) -> bool) -> Value {
    until("there is one such outage", async || match &api.outages().await[..] {
        [] => None,
        [outage] => is_meant(outage).then(|| outage.clone()),
        more => panic!("{more:?}"),
    })
    .await
}

/// Waits until the region's only outage has ended; returns it.
pub async fn the_ended_outage(api: &ApiClient) -> Value {
    the_outage(api, |outage| !outage["ended_at"].is_null()).await
}

/// Heals the outage, which must work, and returns the id of the job that did.
pub async fn healed(api: &ApiClient, outage: &Value) -> String {
    let submitted = api.heal(outage["id"].as_str().unwrap()).await;
    assert_eq!(submitted.code, 202, "{submitted:?}");
    assert_eq!(api.settled().await["status"], "completed");
    let job = api.job_id().await;
    let is_healed = |listed: &Value| listed["id"] == outage["id"] && listed["healed_by"] == *job;
    let outages = api.outages().await;
    let healed = outages.iter().find(|listed| is_healed(listed));
    let healed = healed.unwrap_or_else(|| panic!("{outages:?}"));
    assert_eq!(healed["undelivered_lines"], 0, "{healed}");
    job
}
