//! A pool of connections to PostgreSQL, used on blocking threads. It knows no transaction.

use core::mem;
use std::{
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use tokio::{sync::Semaphore, task::spawn_blocking};

use super::{
    super::{
        StoreError,
        sql::{PostgresConnection, PostgresTarget},
    },
    StepError,
    deadline::Deadline,
    overdue::RunningSteps,
};

/// Up to a number of connections, which are opened when they are needed.
#[derive(Debug)]
pub(super) struct Pool {
    target: PostgresTarget,
    idle: Mutex<Vec<PostgresConnection>>,
    permits: Arc<Semaphore>,
    running: RunningSteps,
}

impl Pool {
    pub(super) fn new(target: PostgresTarget, running: RunningSteps, size: usize) -> Self {
        let permits = Arc::new(Semaphore::new(size));
        Self { target, idle: Mutex::default(), permits, running }
    }

    /// Runs `step` on a blocking thread with a connection, in order of arrival. A connection that has
    /// failed is not used again. After the deadline, the thread stays busy until the database answers.
    pub(super) async fn run<T: Send + 'static, E: StepError>(
        self: &Arc<Self>,
        deadline: Deadline,
        step: impl FnOnce(&mut PostgresConnection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        deadline.limit(self.run_to_end(deadline, step)).await
    }

    async fn run_to_end<T: Send + 'static, E: StepError>(
        self: &Arc<Self>,
        deadline: Deadline,
        step: impl FnOnce(&mut PostgresConnection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let (pool, permits) = (Arc::clone(self), Arc::clone(&self.permits));
        let permit = permits.acquire_owned().await.map_err(|_| StoreError::Interrupted)?;
        let run = move || {
            let _running = pool.running.begin(deadline);
            let mut connection = pool.take()?;
            let result = step(&mut connection);
            if result.as_ref().is_err_and(is_unavailable) {
                // The others are lost as well if the server was restarted.
                drop(pool.take_idle());
            } else {
                pool.put(connection);
            }
            // A connection is put back before another step may take one.
            drop(permit);
            result
        };
        spawn_blocking(run).await.map_err(|_| StoreError::Interrupted)?
    }

    fn take(&self) -> Result<PostgresConnection, StoreError> {
        while let Some(mut connection) = self.pop() {
            if connection.is_usable() {
                return Ok(connection);
            }
        }
        PostgresConnection::open(&self.target)
    }

    fn take_idle(&self) -> Vec<PostgresConnection> {
        mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn pop(&self) -> Option<PostgresConnection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn put(&self, connection: PostgresConnection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }
}

fn is_unavailable<E: StepError>(error: &E) -> bool {
    error.store_error().is_some_and(StoreError::is_unavailable)
}

impl Drop for Pool {
    fn drop(&mut self) {
        let idle = self.take_idle();
        // Closing a connection blocks, which a thread of the runtime must not.
        thread::spawn(move || drop(idle));
    }
}
