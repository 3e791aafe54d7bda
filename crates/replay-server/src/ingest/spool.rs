//! Keeps request bodies as sent until their lines are archived: small ones in memory, others in unnamed
//! files, up to a quota. It does not interpret the bodies.

use std::{
    io::{self, Read, Seek, Write},
    path::PathBuf,
    sync::Arc,
};

use axum::body::Bytes;
use replay_core::Refusal;
use tempfile::{SpooledTempFile, spooled_tempfile_in};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
};

use crate::{body_reader::BodyReader, response::ApiError};

/// A folder for bodies, and the rest of its quota.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    /// One permit for each free byte.
    quota: Arc<Semaphore>,
}

/// A body in the spool. Dropping it frees its part of the quota.
#[derive(Debug)]
pub(crate) struct SpooledBody {
    file: SpooledTempFile,
    length: usize,
    reserved: Option<OwnedSemaphorePermit>,
}

impl Spool {
    /// The quota of a server: the maximum size of all bodies on disk.
    pub const QUOTA_BYTES: usize = 256 * 1024 * 1024;

    /// The maximum size of a body in memory. Such a body does not count towards the quota.
    const MEMORY_LIMIT_BYTES: usize = 64 * 1024;

    /// The `Retry-After` of a refusal when the quota is used up.
    const RETRY_AFTER_SECONDS: u32 = 5;

    /// A spool in `folder` with a quota of `quota_bytes`.
    #[must_use]
    pub fn new(folder: PathBuf, quota_bytes: usize) -> Self {
        Self { folder, quota: Arc::new(Semaphore::new(quota_bytes)) }
    }

    /// Reads a body to its end and keeps it.
    ///
    /// # Errors
    /// Those of [`BodyReader::next`], 503 if the quota is used up, 500 if the file cannot be written. The
    /// spool keeps nothing of the body then.
    pub(crate) async fn keep(&self, mut sent: BodyReader) -> Result<SpooledBody, ApiError> {
        let file = spooled_tempfile_in(Self::MEMORY_LIMIT_BYTES, &self.folder);
        let mut body = SpooledBody { file, length: 0, reserved: None };
        while let Some(chunk) = sent.next().await? {
            body = match self.append(body, chunk).await {
                Ok(body) => body,
                Err(failure) => {
                    sent.drain().await;
                    return Err(failure);
                }
            };
        }
        body.file.rewind()?;
        Ok(body)
    }

    async fn append(&self, mut body: SpooledBody, chunk: Bytes) -> Result<SpooledBody, ApiError> {
        body.length += chunk.len();
        if body.length <= Self::MEMORY_LIMIT_BYTES {
            body.file.write_all(&chunk)?;
            return Ok(body);
        }
        self.reserve(&mut body)?;
        Ok(spawn_blocking(move || body.file.write_all(&chunk).map(|()| body)).await??)
    }

    /// Reserves quota for the bytes by which a body has grown.
    fn reserve(&self, body: &mut SpooledBody) -> Result<(), Refusal> {
        let full = || Refusal::Overloaded { retry_after_seconds: Self::RETRY_AFTER_SECONDS };
        let reserved = body.reserved.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = u32::try_from(body.length - reserved).map_err(|_| full())?;
        let more = Arc::clone(&self.quota).try_acquire_many_owned(more).map_err(|_| full())?;
        match &mut body.reserved {
            Some(reserved) => reserved.merge(more),
            None => body.reserved = Some(more),
        }
        Ok(())
    }
}

impl SpooledBody {
    /// Whether it is in a file.
    pub(crate) const fn is_large(&self) -> bool {
        self.length > Spool::MEMORY_LIMIT_BYTES
    }

    /// The size as sent, in bytes.
    pub(crate) const fn length(&self) -> usize {
        self.length
    }

    /// Moves the read position back to the start.
    pub(crate) fn rewind(&mut self) -> io::Result<()> {
        self.file.rewind()
    }
}

impl Read for SpooledBody {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

#[cfg(test)]
mod tests;
