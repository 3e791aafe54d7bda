//! Stores a changed job together with what follows from its end for the outages of its region.

use replay_core::{Configured, Region};

use super::{StoreError, job_rows, outages, write::Write};

/// Inserts or updates a job. If it has settled with this change, its outages are updated.
pub(super) fn save(tx: &Write<'_>, region: &Region, job: &Configured) -> Result<(), StoreError> {
    job_rows::save(tx, region, job)?;
    if job.status.is_settled() { outages::note_settled(tx, region, job) } else { Ok(()) }
}
