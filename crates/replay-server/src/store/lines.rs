//! The lines of the archive: appended once, in order of arrival, and deleted after the retention.

use replay_core::{Region, decisions};
use rusqlite::named_params;
use sha2::{Digest, Sha256};
use time_range::Timestamp;

use super::{Store, StoreError, job_rows, nanoseconds};

/// A line to archive.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewLine {
    /// The event time.
    pub event_at: Timestamp,
    /// The line's original bytes, without the line feed.
    pub text: Vec<u8>,
}

/// The result of an append, in numbers of lines.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Appended {
    /// Lines that were not in the archive before.
    pub accepted: usize,
    /// Lines that the region's archive already had with the same event time and the same bytes.
    pub duplicates: usize,
}

impl Store {
    /// Archives `lines` in their order: all of them, or none.
    ///
    /// # Errors
    /// The database fails; no line is archived.
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
    /// The database fails; no line is archived.
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

    /// Deletes up to 10 000 lines with an event time before `before`, except those that an unsettled
    /// job may still send. Returns the number of deleted lines.
    ///
    /// # Errors
    /// The database fails, or the stored job is not readable; no line is deleted.
    pub async fn trim(&self, region: &Region, before: Timestamp) -> Result<usize, StoreError> {
        const MAX_LINES: usize = 10_000;
        let region = region.clone();
        self.database
            .write(move |tx| {
                let job = job_rows::current(tx, &region)?;
                let before = decisions::deletable_before(&job, before);
                Ok(tx.execute(
                    "DELETE FROM line WHERE seq IN (
                         SELECT seq FROM line WHERE region = :region AND event_ns < :before
                         LIMIT :max_lines)",
                    named_params! {
                        ":region": region.as_str(),
                        ":before": nanoseconds(before),
                        ":max_lines": MAX_LINES,
                    },
                )?)
            })
            .await
    }
}
