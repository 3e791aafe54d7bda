//! What the receiver has got, and what is checked when a request begins.

use std::collections::BTreeSet;

use replay_core::{JobId, JobStatus, OutageId};
use replay_server::store::{Batch, Body, LiveBatch, LiveRequest};

use super::{
    World,
    action::Answer,
    arrivals::{self, Arrival, Origin},
};

/// What was sent under one webhook-id.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Sent {
    /// The sequence numbers of the lines.
    pub(super) lines: Vec<i64>,
    /// Whether the receiver has got it.
    has_arrived: bool,
    /// Whether it is of a replay of a timeframe.
    is_replay: bool,
    /// Who has got the acknowledgement.
    pub(super) acknowledged: Option<Sender>,
}

/// Who sends a batch.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Sender {
    Lane,
    /// A job that heals an outage.
    Healing(JobId, OutageId),
    /// A replay of a timeframe.
    Replay(JobId),
}

impl World {
    /// Whether the live lane has lines to send and may send them. No job is asked.
    pub(super) fn is_lane_due(&self) -> bool {
        let lane = &self.seen.lane;
        let ranges = self.ranges();
        let waits = |line: Arrival| {
            line.seq > lane.cursor_seq
                && !line.is_within(&ranges)
                && (line.origin == Origin::Live && !self.is_trimmed(line))
        };
        self.seen.health.enabled
            && self.live_request.is_none()
            && arrivals::lines(self.arrived).any(waits)
    }

    /// Checks a request of the live lane that begins.
    pub(super) fn check_live(&self, request: &LiveRequest) {
        let LiveBatch { range, body, .. } = &*request.batch;
        let (id, lines) = (request.batch.webhook_id(), Self::lines(body));
        assert!(self.seen.health.enabled, "{id} was sent to a disabled webhook\n{self}");
        assert!(self.live_request.is_none(), "{id} was sent beside another batch\n{self}");
        for line in &lines {
            let what = match line.origin {
                Origin::Live => continue,
                Origin::Before => "line from before the lane",
                Origin::DatedBefore => "line dated before enabling",
                Origin::Sample => "sample",
                Origin::OtherRegion => "line of another region",
            };
            panic!("a {what} was forwarded in {id}\n{self}");
        }
        let within = |line: &Arrival| line.is_within(&[*range]) && line.origin == Origin::Live;
        let all: Vec<_> = arrivals::lines(self.arrived).filter(within).collect();
        assert_eq!(lines, all, "a line of {id} was sealed or trimmed away\n{self}");
        self.check_bytes(&id, body);
        self.check_not_delivered(&id, &lines);
    }

    /// Checks a request of a job that begins.
    pub(super) fn check_job(&self, batch: &Batch) {
        let (id, lines) = (batch.webhook_id(), Self::lines(&batch.body));
        let job = self.seen.job.configured().unwrap();
        let runs = job.status == JobStatus::Running && job.id == batch.job;
        assert!(runs, "{id} was sent for a job that does not run\n{self}");
        assert_eq!(job.stop_requested, None, "{id} was sent for a stopped job\n{self}");
        self.check_bytes(&id, &batch.body);
        let Some(outage) = job.request.heals else { return };
        let healed = self.seen.outages.iter().find(|listed| listed.outage.id == outage).unwrap();
        let is_listed = |line: &Arrival| line.is_due() && line.is_within(&healed.ranges);
        assert!(lines.iter().all(is_listed), "{id} has lines that were not undelivered\n{self}");
        self.check_not_delivered(&id, &lines);
    }

    /// Records the end of a request of the live lane.
    pub(super) fn note_live_end(&mut self, batch: &LiveBatch, answer: Answer) {
        let id = batch.webhook_id();
        self.note_sent(&id, &batch.body, answer.arrives());
        self.note_answer(&id, answer, Sender::Lane);
        if answer == Answer::Status(413) && batch.last_of_half.is_some() {
            self.met.insert("a batch of the lane is halved");
        }
    }

    /// Records the end of a request of a job.
    pub(super) fn note_job_end(&mut self, batch: &Batch, answer: Answer) {
        let id = batch.webhook_id();
        self.note_sent(&id, &batch.body, answer.arrives());
        let request = self.seen.job.configured().map(|job| &job.request);
        let sender = match request.and_then(|request| request.heals) {
            Some(outage) => Sender::Healing(batch.job, outage),
            None => Sender::Replay(batch.job),
        };
        self.note_answer(&id, answer, sender);
    }

    /// Records a batch that has left the server.
    pub(super) fn note_sent(&mut self, id: &str, body: &Body, has_arrived: bool) {
        let lines = Self::seqs(body).into_iter().collect();
        let is_lane = id.starts_with(&self.seen.lane.id.to_string());
        let job = self.seen.job.configured();
        let is_replay = !is_lane && job.is_some_and(|job| job.request.heals.is_none());
        let sent = Sent { lines, has_arrived: false, is_replay, acknowledged: None };
        self.sent.entry(id.to_owned()).or_insert(sent).has_arrived |= has_arrived;
    }

    fn note_answer(&mut self, id: &str, answer: Answer, sender: Sender) {
        match answer {
            Answer::Status(202) => {
                self.sent.get_mut(id).unwrap().acknowledged.get_or_insert(sender);
            }
            Answer::ResponseLost => drop(self.met.insert("a response is lost")),
            Answer::Status(_) => {}
        }
    }

    /// The batches with this line that the lane or a healing job has delivered.
    pub(super) fn delivered(&self, line: Arrival) -> impl Iterator<Item = (&String, Sender)> {
        self.acknowledged(line).filter(|(_, sender)| !matches!(sender, Sender::Replay(_)))
    }

    /// The batches with this line that were acknowledged.
    pub(super) fn acknowledged(&self, line: Arrival) -> impl Iterator<Item = (&String, Sender)> {
        let has_line = move |(_, sent): &(&String, &Sent)| sent.lines.contains(&line.seq);
        let sent = self.sent.iter().filter(has_line);
        sent.filter_map(|(id, sent)| Some((id, sent.acknowledged?)))
    }

    /// The sequence numbers of a body.
    pub(super) fn seqs(body: &Body) -> BTreeSet<i64> {
        Self::lines(body).into_iter().map(|line| line.seq).collect()
    }

    fn lines(body: &Body) -> Vec<Arrival> {
        let text = String::from_utf8(body.text()).unwrap();
        text.lines().map(arrivals::with_text).collect()
    }

    fn check_bytes(&self, id: &str, body: &Body) {
        if let Some(before) = self.sent.get(id) {
            let lines: Vec<_> = Self::seqs(body).into_iter().collect();
            assert_eq!(before.lines, lines, "{id} stood for other bytes before\n{self}");
            let known = before.acknowledged;
            assert_eq!(known, None, "{id} was sent again after its acknowledgement\n{self}");
        }
    }

    /// Asserts that no line is sent again that the lane or a healing job has delivered.
    fn check_not_delivered(&self, id: &str, lines: &[Arrival]) {
        for line in lines.iter().filter(|line| !self.disabled_in_flight.contains(&line.seq)) {
            let other = self.delivered(*line).find(|(other, _)| *other != id);
            assert_eq!(other, None, "{} was delivered before {id}\n{self}", line.text);
            let has_arrived = |(other, sent): &(&String, &Sent)| {
                *other != id
                    && sent.has_arrived
                    && !sent.is_replay
                    && sent.lines.contains(&line.seq)
            };
            let twice = self.sent.iter().find(has_arrived);
            assert!(
                twice.is_none() || self.abandoned.contains(&line.seq),
                "{} has arrived before {id} under another webhook-id\n{self}",
                line.text
            );
        }
    }
}
