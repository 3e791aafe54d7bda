//! Stores a changed job together with what follows from its end for the outages of its region.

use replay_core::{Configured, Region};

use super::{StoreError, job_rows, outages, write::Write};

/// Inserts or updates a job. If it has settled with this change, its outages are updated.
pub(super) fn save(tx: &Write<'_>, region: &Region, job: &Configured) -> Result<(), StoreError> {
    job_rows::save(tx, region, job)?;
    note_settled(tx, region, job)
}

/// Like [`save`], for a job that is stored as `stored`.
pub(super) fn update(
    tx: &Write<'_>,
    region: &Region,
    stored: &Configured,
    job: &Configured,
) -> Result<(), StoreError> {
    job_rows::update(tx, region, stored, job)?;
    note_settled(tx, region, job)
}

fn note_settled(tx: &Write<'_>, region: &Region, job: &Configured) -> Result<(), StoreError> {
    if job.status.is_settled() { outages::note_settled(tx, region, job) } else { Ok(()) }
}
