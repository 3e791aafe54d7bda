//! What a node stores for the one that takes its deliveries over: the waits and the pace of its requests. It
//! is stored with the result of a delivery attempt, and only on PostgreSQL: a database file has one node.

use core::time::Duration;

use replay_core::Region;

use super::{
    Store, StoreError,
    leases::NOW,
    sql::{Sql, values},
    write::Write,
};

/// What has to hold for the next requests of a job or a live lane, whichever node makes them.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Handover {
    /// The time during which no request may be made.
    pub wait: Duration,
    /// Whether the receiver has asked the live lane for this wait: then the job waits, too.
    pub is_requested: bool,
    /// The number of requests that have failed in a row.
    pub failures: u32,
    /// The number of lines that were sent ahead of the job's limit.
    pub ahead_lines: u64,
    /// How long ago this was stored.
    pub age: Duration,
}

/// Who makes the requests.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Sender {
    Job,
    Live,
}

/// Failures are forgotten this time after their wait. The next request has ended by then, and its failure
/// was stored if it has failed.
const REMEMBERED: Duration = Duration::from_mins(1);

impl Store {
    /// The same store. The results of delivery attempts are stored through it together with what another
    /// node needs to go on.
    #[must_use]
    pub fn with_handover(&self, handover: Option<Handover>) -> Self {
        Self { handover: handover.filter(|_| !self.database.is_file()), ..self.clone() }
    }

    /// What another node has left for the requests of the region's job.
    ///
    /// # Errors
    /// The database fails.
    pub async fn job_handover(&self, region: &Region) -> Result<Handover, StoreError> {
        self.handover(region, Sender::Job).await
    }

    /// What another node has left for the requests of the region's live lane.
    ///
    /// # Errors
    /// The database fails.
    pub async fn live_handover(&self, region: &Region) -> Result<Handover, StoreError> {
        self.handover(region, Sender::Live).await
    }

    async fn handover(&self, region: &Region, sender: Sender) -> Result<Handover, StoreError> {
        if self.database.is_file() {
            return Ok(Handover::default());
        }
        let region = region.clone();
        self.database.read(move |db| load(db, &region, sender)).await
    }
}

/// Replaces what the last node has left.
pub(super) fn save(
    tx: &Write<'_>,
    region: &Region,
    sender: Sender,
    handover: &Handover,
) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO handover (region, sender, webhook_revision, stored_at, wait, is_requested,
                               failures, ahead_lines)
         SELECT CAST(?1 AS TEXT), CAST(?2 AS TEXT), max(revision), {NOW}, CAST(?3 AS BIGINT),
                CAST(?4 AS BIGINT), CAST(?5 AS BIGINT), CAST(?6 AS BIGINT)
         FROM webhook WHERE region = ?1 HAVING max(revision) IS NOT NULL
         ON CONFLICT (region, sender) DO UPDATE SET
             webhook_revision = excluded.webhook_revision, stored_at = excluded.stored_at,
             wait = excluded.wait, is_requested = excluded.is_requested,
             failures = excluded.failures, ahead_lines = excluded.ahead_lines"
    );
    tx.execute(
        &sql,
        &values![
            region.as_str(),
            sender.as_str(),
            milliseconds(handover.wait),
            handover.is_requested,
            handover.failures,
            handover.ahead_lines,
        ],
    )?;
    Ok(())
}

/// What the last node has left for the receiver that is configured now.
fn load(db: &Sql<'_>, region: &Region, sender: Sender) -> Result<Handover, StoreError> {
    let sql = format!(
        "SELECT sender, {NOW} - stored_at, wait, is_requested, failures, ahead_lines FROM handover
         WHERE region = ?1
           AND webhook_revision = (SELECT max(revision) FROM webhook WHERE region = ?1)"
    );
    let rows = db.all(&sql, &values![region.as_str()], |row| {
        let (age, wait) = (duration(row.get(1)?), duration(row.get(2)?));
        let (is_requested, ahead_lines) = (row.get(3)?, row.get(5)?);
        let failures = if age < wait + REMEMBERED { row.get(4)? } else { 0 };
        let wait = wait.saturating_sub(age);
        let handover = Handover { wait, is_requested, failures, ahead_lines, age };
        Ok((row.get::<String>(0)? == sender.as_str(), handover))
    })?;
    let mut left = Handover::default();
    for (is_own, handover) in rows {
        if is_own {
            left = Handover { wait: left.wait.max(handover.wait), ..handover };
        } else if sender == Sender::Job && handover.is_requested {
            left.wait = left.wait.max(handover.wait);
        }
    }
    Ok(left)
}

impl Sender {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Job => "job",
            Self::Live => "live",
        }
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn duration(milliseconds: i64) -> Duration {
    Duration::from_millis(u64::try_from(milliseconds).unwrap_or_default())
}
