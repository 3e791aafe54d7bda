//! Commands for the operator of an archive: check it, back it up, give free space back, and list the
//! batches of a job. Each works while a server runs on the same data directory.

use core::{fmt::Write as _, time::Duration};
use std::{io::Write, path::Path};

use replay_core::JobId;
use sha2::{Digest, Sha256};
use tokio::time::sleep;

use crate::{
    data_dir::DataDir,
    serve::FatalError,
    store::{Checked, JobBatch, Space, Store},
    store_location::StoreLocation,
};

/// Checks the database: its pages, the checksum and the index of every part, and the counts.
///
/// # Errors
/// Something is wrong, which was written to `out`; or the database cannot be read.
pub async fn check(store: &Store, out: &mut (impl Write + Send)) -> Result<(), FatalError> {
    let Checked { lines, blocks, problems } = store.check().await?;
    for problem in &problems {
        writeln!(out, "{problem}")?;
    }
    writeln!(out, "{lines} lines in the archive, {blocks} blocks, {} problems", problems.len())?;
    if problems.is_empty() { Ok(()) } else { Err("the archive is damaged".into()) }
}

/// Copies the database as it is at one moment to a new file, which [`DataDir`] opens.
///
/// # Errors
/// The file exists, or cannot be written, or the database cannot be read. An unfinished file has
/// another name, and the next backup replaces it.
pub async fn backup(
    data: &Path,
    to: &Path,
    out: &mut (impl Write + Send),
) -> Result<(), FatalError> {
    let store = DataDir::open_existing(data)?.current_store()?;
    let unfinished = DataDir::create_backup_file(to)?;
    store.back_up(unfinished.clone()).await?;
    // It gets its name when it is complete: an interrupted backup does not look like one.
    std::fs::File::open(&unfinished)?.sync_all()?;
    std::fs::rename(&unfinished, to)?;
    let bytes = std::fs::metadata(to)?.len();
    writeln!(out, "{}: {bytes} bytes", to.display())?;
    Ok(())
}

/// Gives the free space of the database file back to the file system.
///
/// # Errors
/// The database is no file, or cannot be written.
pub async fn compact(
    location: &StoreLocation,
    out: &mut (impl Write + Send),
) -> Result<(), FatalError> {
    if let StoreLocation::Database(_) = location {
        return Err("PostgreSQL uses free space again by itself, and the space of a day past the \
                    retention is given back when its partitions are dropped; to shrink the other \
                    tables, use VACUUM FULL while no server runs"
            .into());
    }
    let store = location.open_current().await?;
    let before = store.space().await?;
    let mut is_released = store.release_all_space().await?;
    for _ in 0..ATTEMPTS {
        if is_released {
            break;
        }
        sleep(BETWEEN_ATTEMPTS).await;
        is_released = store.release_all_space().await?;
    }
    let Space { file_bytes, free_bytes } = store.space().await?;
    writeln!(
        out,
        "from {} to {file_bytes} bytes, of which {free_bytes} are free",
        before.file_bytes
    )?;
    if !is_released {
        writeln!(
            out,
            "the write-ahead log is in use: the file shrinks when a later attempt can empty it"
        )?;
    }
    Ok(())
}

/// How often `compact` tries to empty the write-ahead log, beside the first time.
const ATTEMPTS: u32 = 20;

/// The time between two attempts.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(250);

/// Lists the batches of a job that has started: first and last sequence number, number of lines, and
/// the SHA-256 of the body before compression.
///
/// # Errors
/// No job with this id has started, or the archive cannot be read, or retention has deleted lines of
/// the job.
pub async fn batches(
    store: &Store,
    id: JobId,
    out: &mut (impl Write + Send),
) -> Result<(), FatalError> {
    let mut cursor = store
        .job_batches(id)
        .await?
        .ok_or_else(|| format!("no job with the id {id} has started"))?;
    let (mut listed, total) = (0, cursor.total_lines());
    loop {
        let read = store.read_job_batches(&mut cursor).await?;
        if read.is_empty() {
            break;
        }
        for JobBatch { first_seq, last_seq, lines, body } in read {
            listed += lines;
            let mut digest = String::with_capacity(64);
            for byte in Sha256::digest(body.text()) {
                write!(digest, "{byte:02x}")?;
            }
            writeln!(out, "{first_seq} {last_seq} {lines} {digest}")?;
        }
    }
    match total {
        Some(total) if total != listed => Err(format!(
            "the job had {total} lines, of which {listed} are still archived: batches near the others \
             may have been different"
        )
        .into()),
        _ => Ok(()),
    }
}
