//! What an observer reads from the store of a world.

use core::fmt::Write as _;
use std::collections::BTreeMap;

use replay_core::{
    Job, JobId, LaneId, Outage, OutageId,
    lane::{Lane, LaneState},
    outage::SeqRange,
    webhook::Health,
};
use replay_server::store::Store;
use replay_tests::{walked_database::WalkedReader, walking::us};

/// The state of the region.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Observed {
    pub(super) job: Job,
    pub(super) lane: Lane,
    pub(super) last_seq: i64,
    /// The outages, oldest first.
    pub(super) outages: Vec<Listed>,
    pub(super) health: Health,
    pub(super) parts: Vec<Part>,
    /// The rows that can influence what happens later.
    pub(super) rows: String,
}

/// An outage with its undelivered lines.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Listed {
    pub(super) outage: Outage,
    pub(super) ranges: Vec<SeqRange>,
}

/// A part of the archive.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Part {
    first_ns: i64,
    pub(super) last_ns: i64,
    pub(super) seqs: SeqRange,
    pub(super) is_block: bool,
}

impl Observed {
    /// Reads the store and its rows.
    pub(super) async fn of(store: &Store, db: &WalkedReader) -> Self {
        let region = us();
        let (job, page, health, last_seq) = tokio::join!(
            store.job(&region),
            store.outages(&region, None, 100),
            store.webhook_health(&region),
            store.last_seq_of(&region),
        );
        let mut ranges = ranges(db);
        let mut outages = page.unwrap().outages;
        outages.reverse();
        let listed = |outage: Outage| {
            let ranges = ranges.remove(&outage.id).unwrap_or_default();
            Listed { outage, ranges }
        };
        Self {
            job: job.unwrap(),
            lane: lane(db),
            last_seq: last_seq.unwrap(),
            outages: outages.into_iter().map(listed).collect(),
            health: health.unwrap(),
            parts: parts(db),
            rows: rows(db),
        }
    }

    /// The job of the region, if one runs or waits.
    pub(super) fn unsettled(&self) -> Option<JobId> {
        let job = self.job.configured()?;
        (!job.status.is_settled()).then_some(job.id)
    }

    pub(super) fn open_outage(&self) -> Option<&Listed> {
        self.outages.iter().find(|listed| listed.outage.ended_at.is_none())
    }
}

impl Part {
    /// Whether the part has the line with this number and event time.
    pub(super) fn has(&self, seq: i64, event_ns: i64) -> bool {
        let SeqRange { first, last } = self.seqs;
        (first..=last).contains(&seq) && (self.first_ns..=self.last_ns).contains(&event_ns)
    }
}

fn lane(db: &WalkedReader) -> Lane {
    let sql = "SELECT cursor_seq, first_seq, last_seq, is_forwarded, id, state FROM lane
               WHERE region = 'us'";
    let rows = db.rows(sql);
    let [row] = &rows[..] else { panic!("{rows:?}") };
    let batch = match (number(row, 1), number(row, 2)) {
        (Some(first), Some(last)) => Some(SeqRange { first, last }),
        _ => None,
    };
    Lane {
        id: LaneId::read(text(row, 4)).unwrap(),
        cursor_seq: number(row, 0).unwrap(),
        enabled_at: None,
        batch,
        is_forwarded: number(row, 3) == Some(1),
        state: match text(row, 5) {
            "delivering" => LaneState::Delivering,
            "interrupted" => LaneState::Interrupted,
            _ => LaneState::Off,
        },
    }
}

fn ranges(db: &WalkedReader) -> BTreeMap<OutageId, Vec<SeqRange>> {
    let sql = "SELECT id, first_seq, outage_range.last_seq FROM outage_range
               JOIN outage ON number = outage ORDER BY first_seq";
    let mut ranges: BTreeMap<OutageId, Vec<SeqRange>> = BTreeMap::new();
    for row in db.rows(sql) {
        let id = OutageId::read(text(&row, 0)).unwrap();
        ranges.entry(id).or_default().push(range(&row, 1));
    }
    ranges
}

fn parts(db: &WalkedReader) -> Vec<Part> {
    let sql = "SELECT first_ns, last_ns, min_seq, max_seq, is_block FROM part
               WHERE region = 'us' ORDER BY first_ns, min_seq";
    let part = |row: Vec<_>| Part {
        first_ns: number(&row, 0).unwrap(),
        last_ns: number(&row, 1).unwrap(),
        seqs: range(&row, 2),
        is_block: number(&row, 4) == Some(1),
    };
    db.rows(sql).into_iter().map(part).collect()
}

/// The rows that can influence what happens later, as text.
fn rows(db: &WalkedReader) -> String {
    let mut text = String::new();
    for sql in [
        "SELECT * FROM lane",
        "SELECT number, id, reason, CASE WHEN ended_at IS NULL THEN began_at ELSE '' END, first_at,
                last_at, last_seq, lines, bytes, lost_lines, CAST(healing_job IS NULL AS INTEGER),
                CAST(healed_at IS NULL AS INTEGER), healed_by, hold
         FROM outage ORDER BY number",
        "SELECT * FROM outage_range ORDER BY last_seq, first_seq",
        "SELECT id, status, CAST(stop_requested IS NULL AS INTEGER), start_at, heals, resumes,
                delivery_id, created_at, delivered_lines, total_lines FROM job ORDER BY id",
        "SELECT * FROM current_job",
        "SELECT job_id, high_water_seq FROM run ORDER BY job_id",
        "SELECT job_id, number, start_ns, start_seq, end_ns, end_seq, cursor_ns, cursor_seq
         FROM slice ORDER BY job_id, number",
        "SELECT * FROM batch_edge ORDER BY job_id, event_ns, seq",
        "SELECT enabled FROM webhook ORDER BY revision DESC LIMIT 1",
        "SELECT failing_since, is_live FROM attempt",
    ] {
        for row in db.rows(sql) {
            writeln!(text, "{row:?}").unwrap();
        }
    }
    text
}

fn range(row: &[Option<String>], first: usize) -> SeqRange {
    let [first, last] = [first, first + 1].map(|column| number(row, column).unwrap());
    SeqRange { first, last }
}

fn number(row: &[Option<String>], column: usize) -> Option<i64> {
    row[column].as_deref().map(|text| text.parse().unwrap())
}

fn text(row: &[Option<String>], column: usize) -> &str {
    row[column].as_deref().unwrap()
}
