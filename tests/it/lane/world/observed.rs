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
use replay_tests::walking::us;
use rusqlite::{Connection, types::Value};

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
    /// Reads the store, of which `image` is a copy.
    pub(super) async fn of(store: &Store, image: &[u8]) -> Self {
        let region = us();
        let (job, page, health) = tokio::join!(
            store.job(&region),
            store.outages(&region, None, 100),
            store.webhook_health(&region),
        );
        let db = open(image);
        let mut ranges = ranges(&db);
        let mut outages = page.unwrap().outages;
        outages.reverse();
        let listed = |outage: Outage| {
            let ranges = ranges.remove(&outage.id).unwrap_or_default();
            Listed { outage, ranges }
        };
        Self {
            job: job.unwrap(),
            lane: lane(&db),
            last_seq: last_seq(&db),
            outages: outages.into_iter().map(listed).collect(),
            health: health.unwrap(),
            parts: parts(&db),
            rows: rows(&db),
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

fn open(image: &[u8]) -> Connection {
    let mut db = Connection::open_in_memory().unwrap();
    db.deserialize_read_exact("main", image, image.len(), true).unwrap();
    db
}

fn lane(db: &Connection) -> Lane {
    let sql = "SELECT id, cursor_seq, state, first_seq, last_seq, is_forwarded FROM lane
               WHERE region = 'us'";
    let lane = |row: &rusqlite::Row<'_>| {
        let (id, state): (String, String) = (row.get(0)?, row.get(2)?);
        Ok(Lane {
            id: LaneId::read(&id).unwrap(),
            cursor_seq: row.get(1)?,
            enabled_at: None,
            batch: match (row.get(3)?, row.get(4)?) {
                (Some(first), Some(last)) => Some(SeqRange { first, last }),
                _ => None,
            },
            is_forwarded: row.get(5)?,
            state: match state.as_str() {
                "delivering" => LaneState::Delivering,
                "interrupted" => LaneState::Interrupted,
                _ => LaneState::Off,
            },
        })
    };
    db.query_row(sql, [], lane).unwrap()
}

fn last_seq(db: &Connection) -> i64 {
    db.query_row("SELECT last_seq FROM sequence", [], |row| row.get(0)).unwrap()
}

fn ranges(db: &Connection) -> BTreeMap<OutageId, Vec<SeqRange>> {
    let sql = "SELECT id, first_seq, outage_range.last_seq FROM outage_range
               JOIN outage ON number = outage ORDER BY first_seq";
    let mut statement = db.prepare(sql).unwrap();
    let mut ranges: BTreeMap<OutageId, Vec<SeqRange>> = BTreeMap::new();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let id = OutageId::read(&row.get::<_, String>(0).unwrap()).unwrap();
        let range = SeqRange { first: row.get(1).unwrap(), last: row.get(2).unwrap() };
        ranges.entry(id).or_default().push(range);
    }
    ranges
}

fn parts(db: &Connection) -> Vec<Part> {
    let sql = "SELECT first_ns, last_ns, min_seq, max_seq, is_block FROM part
               WHERE region = 'us' ORDER BY first_ns, min_seq";
    let mut statement = db.prepare(sql).unwrap();
    let part = |row: &rusqlite::Row<'_>| {
        Ok(Part {
            first_ns: row.get(0)?,
            last_ns: row.get(1)?,
            seqs: SeqRange { first: row.get(2)?, last: row.get(3)? },
            is_block: row.get(4)?,
        })
    };
    statement.query_map([], part).unwrap().map(Result::unwrap).collect()
}

/// The rows that can influence what happens later, as text.
fn rows(db: &Connection) -> String {
    let mut text = String::new();
    for sql in [
        "SELECT * FROM lane",
        "SELECT number, id, reason, iif(ended_at IS NULL, began_at, ''), first_at, last_at, last_seq,
                lines, bytes, lost_lines, healing_job IS NULL, healed_at IS NULL, healed_by, hold
         FROM outage ORDER BY number",
        "SELECT * FROM outage_range ORDER BY last_seq, first_seq",
        "SELECT id, status, stop_requested IS NULL, start_at, heals, resumes, delivery_id,
                created_at, delivered_lines, total_lines FROM job ORDER BY id",
        "SELECT * FROM current_job",
        "SELECT job_id, high_water_seq FROM run ORDER BY job_id",
        "SELECT job_id, number, start_ns, start_seq, end_ns, end_seq, cursor_ns, cursor_seq
         FROM slice ORDER BY job_id, number",
        "SELECT * FROM batch_edge ORDER BY job_id, event_ns, seq",
        "SELECT enabled FROM webhook ORDER BY revision DESC LIMIT 1",
        "SELECT failing_since, is_live FROM attempt",
    ] {
        let mut statement = db.prepare(sql).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                write!(text, "{:?} ", row.get::<_, Value>(column).unwrap()).unwrap();
            }
            text.push('\n');
        }
    }
    text
}
