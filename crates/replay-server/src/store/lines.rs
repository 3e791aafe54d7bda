//! The archive: lines go in once, in the order of their arrival, and leave when nobody can ask for
//! them any more.

use replay_core::{Region, decisions};
use rusqlite::named_params;
use sha2::{Digest, Sha256};
use time_range::Timestamp;

use super::{Store, StoreError, job_rows, nanoseconds};

/// A line to archive, as it came and without its line feed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewLine {
    /// When its event took place.
    pub event_at: Timestamp,
    /// Its bytes.
    pub text: Vec<u8>,
}

/// How many lines an append took.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Appended {
    /// Lines that are now archived and were not before.
    pub accepted: usize,
    /// Lines that the region's archive had already, byte for byte.
    pub duplicates: usize,
}

impl Store {
    /// Archives `lines` in their order: all of them, or none.
    ///
    /// # Errors
    /// When the database fails; no line is archived then.
    pub async fn append(
        &self,
        region: &Region,
        lines: Vec<NewLine>,
    ) -> Result<Appended, StoreError> {
        self.append_each(lines.into_iter().map(|line| (region.clone(), line)).collect()).await
    }

    /// Archives each line in its region: all of them, or none.
    ///
    /// # Errors
    /// When the database fails; no line is archived then.
    pub async fn append_each(&self, lines: Vec<(Region, NewLine)>) -> Result<Appended, StoreError> {
        self.database
            .write(move |tx| {
                let mut insert = tx.prepare_cached(
                    "INSERT INTO line (region, event_ns, digest, text)
                     VALUES (:region, :event_ns, :digest, :text)
                     ON CONFLICT (region, event_ns, digest) DO NOTHING",
                )?;
                let mut accepted = 0;
                for (region, line) in &lines {
                    accepted += insert.execute(named_params! {
                        ":region": region.as_str(),
                        ":event_ns": nanoseconds(line.event_at),
                        ":digest": Sha256::digest(&line.text).as_slice(),
                        ":text": line.text,
                    })?;
                }
                Ok(Appended { accepted, duplicates: lines.len() - accepted })
            })
            .await
    }

    /// Forgets lines of events before `before`, sparing what an unsettled job may still send. It
    /// forgets at most as many as keep the step short, and answers how many those were.
    ///
    /// # Errors
    /// When the database fails; no line is forgotten then.
    pub async fn trim(&self, region: &Region, before: Timestamp) -> Result<usize, StoreError> {
        const AT_ONCE: usize = 10_000;
        let region = region.clone();
        self.database
            .write(move |tx| {
                let job = job_rows::current(tx, &region)?;
                let before = decisions::deletable_before(&job, before);
                Ok(tx.execute(
                    "DELETE FROM line WHERE seq IN (
                         SELECT seq FROM line WHERE region = :region AND event_ns < :before
                         LIMIT :at_once)",
                    named_params! {
                        ":region": region.as_str(),
                        ":before": nanoseconds(before),
                        ":at_once": AT_ONCE,
                    },
                )?)
            })
            .await
    }
}
