//! Keeps bodies as they were sent until their lines are archived: small ones in memory, others in
//! files without a name, up to a quota. It does not know what a body holds.

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

/// A folder for bodies, and how much room is left in it.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    /// One permit for each byte.
    room: Arc<Semaphore>,
}

/// A body in the spool; its room is free again when it is dropped.
#[derive(Debug)]
pub(crate) struct SpooledBody {
    file: SpooledTempFile,
    length: usize,
    room: Option<OwnedSemaphorePermit>,
}

impl Spool {
    /// How many bytes of bodies a server keeps on disk.
    pub const QUOTA_BYTES: usize = 256 * 1024 * 1024;

    /// The largest body that is kept in memory. It takes no room of the quota.
    const MEMORY_LIMIT_BYTES: usize = 64 * 1024;

    /// When a client may try again whose body found no room.
    const RETRY_AFTER_SECONDS: u32 = 5;

    /// A spool in `folder` with room for so many bytes.
    #[must_use]
    pub fn new(folder: PathBuf, quota_bytes: usize) -> Self {
        Self { folder, room: Arc::new(Semaphore::new(quota_bytes)) }
    }

    /// Keeps a body, to its end.
    ///
    /// # Errors
    /// Those of the body; 503 when the quota is used up; 500 when the file cannot be written. The
    /// spool keeps nothing of the body then.
    pub(crate) async fn keep(&self, mut sent: BodyReader) -> Result<SpooledBody, ApiError> {
        let file = spooled_tempfile_in(Self::MEMORY_LIMIT_BYTES, &self.folder);
        let mut body = SpooledBody { file, length: 0, room: None };
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
        self.make_room(&mut body)?;
        Ok(spawn_blocking(move || body.file.write_all(&chunk).map(|()| body)).await??)
    }

    /// Reserves the bytes of a body that has grown.
    fn make_room(&self, body: &mut SpooledBody) -> Result<(), Refusal> {
        let full = || Refusal::Overloaded { retry_after_seconds: Self::RETRY_AFTER_SECONDS };
        let reserved = body.room.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = u32::try_from(body.length - reserved).map_err(|_| full())?;
        let more = Arc::clone(&self.room).try_acquire_many_owned(more).map_err(|_| full())?;
        match &mut body.room {
            Some(room) => room.merge(more),
            None => body.room = Some(more),
        }
        Ok(())
    }
}

impl SpooledBody {
    /// Its length as sent, in bytes.
    pub(crate) const fn length(&self) -> usize {
        self.length
    }

    /// Goes back to its start, to be read again.
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
