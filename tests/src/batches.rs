//! The batches of a job: those that a receiver has acknowledged, and those that the program lists.

use core::fmt::Write as _;
use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::{process::ServerDir, receiver::ReceivedRequest};

/// A batch, which the program prints as one line.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ListedBatch {
    /// Its `webhook-id`.
    pub id: String,
    /// The number of its lines.
    pub lines: usize,
    /// The SHA-256 of its lines, in hexadecimal digits.
    pub digest: String,
}

/// The batches that the program lists for a job, in the order of the job.
pub async fn listed(data_dir: &ServerDir, job: &str) -> Vec<ListedBatch> {
    let stdout = data_dir.stdout_of(&["batches", "--job", job]).await;
    stdout.lines().map(|row| ListedBatch::read(job, row)).collect()
}

/// The same, or `None` if the program fails: the job has not started, or the database is not available.
pub async fn try_listed(data_dir: &ServerDir, job: &str) -> Option<Vec<ListedBatch>> {
    let output = data_dir.run(&["batches", "--job", job]).await;
    let stdout = output.status.success().then(|| String::from_utf8(output.stdout).unwrap())?;
    Some(stdout.lines().map(|row| ListedBatch::read(job, row)).collect())
}

/// The body of each `webhook-id` with a 2xx. Asserts that each id always carried the same bytes, and
/// that every request is of this job.
pub fn acknowledged<'a>(requests: &'a [ReceivedRequest], job: &str) -> HashMap<&'a str, &'a str> {
    let (mut sent, mut acknowledged) = (HashMap::new(), HashMap::new());
    for request in requests {
        assert_eq!(request.header("x-replay-job-id"), job);
        let id = request.header("webhook-id");
        let before = *sent.entry(id).or_insert(request.body.as_str());
        assert!(before == request.body, "{id} was used for other bytes");
        if request.is_acknowledged() {
            acknowledged.insert(id, before);
        }
    }
    acknowledged
}

/// Asserts that the acknowledged requests are exactly the listed batches, and that these are the
/// expected text.
pub fn assert_delivered(
    requests: &[ReceivedRequest],
    job: &str,
    listed: &[ListedBatch],
    text: &str,
) {
    let acknowledged = acknowledged(requests, job);
    let mut delivered = String::new();
    for batch in listed {
        let body = acknowledged.get(batch.id.as_str()).unwrap_or_else(|| panic!("no {batch:?}"));
        assert_eq!(batch, &ListedBatch::of(&batch.id, body));
        delivered.push_str(body);
    }
    assert_eq!(listed.len(), acknowledged.len(), "batches that are not listed were delivered");
    assert!(delivered == text, "the delivered lines are not the lines of the window");
}

impl ListedBatch {
    /// Reads a row of the program.
    fn read(job: &str, row: &str) -> Self {
        let columns: Vec<_> = row.split(' ').collect();
        let [first, last, lines, digest] = columns[..] else { panic!("{row}") };
        Self {
            id: format!("{job}-{first}-{last}"),
            lines: lines.parse().unwrap(),
            digest: digest.to_owned(),
        }
    }

    /// The batch with this `webhook-id` and body.
    pub fn of(id: &str, body: &str) -> Self {
        let mut digest = String::new();
        for byte in Sha256::digest(body.as_bytes()) {
            write!(digest, "{byte:02x}").unwrap();
        }
        Self { id: id.to_owned(), lines: body.matches('\n').count(), digest }
    }
}
