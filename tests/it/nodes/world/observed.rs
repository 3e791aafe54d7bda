//! What an observer knows of the requests of both nodes, and what it checks at each one.

use std::collections::BTreeMap;

use replay_core::{Job, JobId, JobStatus};
use replay_server::store::{Batch, LiveRequest};
use replay_tests::walking::us;

use super::{Action, Database, World, action::Answer, node::Node};

/// What an observer knows.
#[derive(Clone, Debug)]
pub(super) struct Observed {
    pub(super) current: Job,
    pub(super) has_arrived: bool,
    /// The lines of each batch of the job at its start, by webhook-id.
    pub(super) planned: BTreeMap<String, Vec<String>>,
    /// The lines that were sent, by webhook-id.
    pub(super) sent: BTreeMap<String, Vec<String>>,
    /// The lines that are stored as acknowledged to the job, and to the lane, with the webhook-id.
    pub(super) job: BTreeMap<String, String>,
    pub(super) lane: BTreeMap<String, String>,
    /// The request that has just ended, and what became of it.
    pub(super) ended: Option<(String, Answer)>,
    /// Whether the result of the last request was stored.
    pub(super) is_stored: bool,
    /// What the last event has led to.
    pub(super) met: Vec<&'static str>,
}

impl Default for Observed {
    fn default() -> Self {
        Self {
            current: Job::Unconfigured,
            has_arrived: false,
            planned: BTreeMap::new(),
            sent: BTreeMap::new(),
            job: BTreeMap::new(),
            lane: BTreeMap::new(),
            ended: None,
            is_stored: false,
            met: Vec::new(),
        }
    }
}

impl Observed {
    /// Checks a request of the job that begins.
    pub(super) fn check_job(&self, batch: &Batch) {
        let (id, lines) = (batch.webhook_id(), lines(&batch.body.text()));
        let is_part =
            |planned: &Vec<String>| planned.windows(lines.len()).any(|part| part == lines);
        assert!(self.planned.values().any(is_part), "{id} is no part of a batch at the start");
        self.check_lines(&id, &lines);
    }

    /// Checks a request of the lane that begins.
    pub(super) fn check_live(&self, request: &LiveRequest) {
        let (id, lines) = (request.batch.webhook_id(), lines(&request.batch.body.text()));
        self.check_lines(&id, &lines);
    }

    fn check_lines(&self, id: &str, lines: &[String]) {
        let before = self.sent.get(id);
        assert!(before.is_none_or(|before| before == lines), "{id} stood for other lines before");
    }

    /// Records a request of the job that has ended.
    pub(super) fn note_job(&mut self, batch: &Batch, answer: Answer) {
        self.note(batch.webhook_id(), lines(&batch.body.text()), answer);
    }

    /// Records a request of the lane that has ended.
    pub(super) fn note_live(&mut self, request: &LiveRequest, answer: Answer) {
        let batch = &request.batch;
        self.note(batch.webhook_id(), lines(&batch.body.text()), answer);
    }

    fn note(&mut self, id: String, lines: Vec<String>, answer: Answer) {
        self.check_lines(&id, &lines);
        self.sent.insert(id.clone(), lines);
        self.ended = Some((id, answer));
    }

    /// Records the requests that a node has dropped, which the receiver may have got.
    pub(super) fn note_dropped(&mut self, before: &Node, after: &Node) {
        if before.fence == after.fence {
            return;
        }
        if !before.job_requests.is_empty() {
            self.met.push("a node drops a request of the job");
        }
        let jobs = before.job_requests.iter().map(|batch| (batch.webhook_id(), batch.body.text()));
        let live = before
            .live_request
            .iter()
            .map(|request| (request.batch.webhook_id(), request.batch.body.text()));
        for (id, text) in jobs.chain(live) {
            let lines = lines(&text);
            self.check_lines(&id, &lines);
            self.sent.insert(id, lines);
        }
    }

    /// Records the lines whose acknowledgement was stored, each once.
    fn acknowledge(stored: &mut BTreeMap<String, String>, id: &str, lines: &[String]) {
        for line in lines {
            let before = stored.insert(line.clone(), id.to_owned());
            assert_eq!(
                before, None,
                "two nodes acknowledged different batches of one slice: {line} in {id}"
            );
        }
    }
}

impl World {
    /// Records what the event has led to.
    pub(super) async fn note(&mut self, before: &Self, database: &Database, action: Action) {
        self.seen.has_arrived |= action == Action::Arrive;
        if let Some((id, answer)) = self.seen.ended.take() {
            let lines = self.seen.sent[&id].clone();
            let moved = |table| self.image.rows(table) != before.image.rows(table);
            if answer == Answer::Status(202) && moved("slice") {
                Observed::acknowledge(&mut self.seen.job, &id, &lines);
            }
            if answer == Answer::Status(202) && moved("lane") {
                Observed::acknowledge(&mut self.seen.lane, &id, &lines);
            }
            if !self.seen.is_stored {
                self.seen.met.push("a replaced node has the answer to a request");
            }
        }
        self.seen.is_stored = false;
        if self.image.rows("job") != before.image.rows("job") {
            self.seen.current = database.store.job(&us()).await.unwrap();
        }
        if self.seen.current.status() == JobStatus::Running && self.seen.planned.is_empty() {
            self.seen.planned = planned(database).await;
        }
    }
}

/// Every batch of the job, by webhook-id.
async fn planned(database: &Database) -> BTreeMap<String, Vec<String>> {
    let store = &database.store;
    let mut reading = store.job_batches(JobId(1)).await.unwrap().unwrap();
    let mut planned = BTreeMap::new();
    loop {
        let batches = store.read_job_batches(&mut reading).await.unwrap();
        if batches.is_empty() {
            return planned;
        }
        for batch in batches {
            let id = format!("{}-{}-{}", JobId(1), batch.first_seq, batch.last_seq);
            planned.insert(id, lines(&batch.body.text()));
        }
    }
}

fn lines(text: &[u8]) -> Vec<String> {
    String::from_utf8(text.to_vec()).unwrap().lines().map(str::to_owned).collect()
}
