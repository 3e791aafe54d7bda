//! A connection to PostgreSQL: its settings, its prepared statements, and its transactions.

use core::{cell::RefCell, fmt, time::Duration};
use std::{borrow::Cow, collections::HashMap, thread, time::Instant};

use postgres::{Client, IsolationLevel, SimpleQueryMessage, Statement, config::TargetSessionAttrs};

use super::{
    super::super::StoreError,
    PostgresTarget, PostgresTransaction, RoundTrips,
    transaction::{BegunTransaction, Executor},
};

/// A connection for one transaction at a time.
pub(in crate::store) struct PostgresConnection {
    client: Client,
    statements: RefCell<HashMap<String, Statement>>,
    used_at: Instant,
    round_trips: RoundTrips,
}

/// What a transaction does.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::store) enum Access {
    /// Each statement sees the commits before it, and is a transaction of its own.
    Read,
    /// All statements see the database as it is at one moment.
    ReadAtOneMoment,
    /// All statements see the database as it is after the locks are held, and what they change.
    Write {
        /// The statements that take the locks.
        locks: Cow<'static, str>,
        /// Whether the commit is on the disk when it is answered.
        is_synced: bool,
    },
}

/// The settings of each session. No lock outlives a process that has stopped, and none is awaited
/// longer than a lease lasts. The lines of most appends fit into the memory of the statement that inserts
/// them. The options of the configuration come after these, so that they win.
const SETTINGS: &str = "-c statement_timeout=12s -c lock_timeout=10s \
                        -c idle_in_transaction_session_timeout=12s -c work_mem=32MB";

/// A connection that is lost is noticed within this time.
const NETWORK_TIMEOUT: Duration = Duration::from_secs(10);

/// How long connecting to each host may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the answer to a check of a connection may take.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);

/// A connection that was used within this time is not checked before its next use.
const FRESH: Duration = Duration::from_millis(500);

/// The advisory lock that every session holds: a copy exclusively, all others shared. `replcopy` in
/// ASCII.
const SESSION_LOCK: i64 = 0x7265_706C_636F_7079;

/// How often a copy tries to take the lock: the session of a process that was killed ends soon.
const ATTEMPTS: u32 = 8;

/// The time between two attempts.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(250);

impl PostgresConnection {
    /// Connects to the first host that accepts writes.
    ///
    /// # Errors
    /// There is no such host, or it refuses the connection; or the database is being copied.
    pub(in crate::store) fn open(target: &PostgresTarget) -> Result<Self, StoreError> {
        let mut connection = Self::connect(target)?;
        if connection.try_lock("pg_try_advisory_lock_shared")? {
            Ok(connection)
        } else {
            Err(StoreError::BeingCopied)
        }
    }

    /// Connects like [`open`](Self::open). Once [`lock_alone`](Self::lock_alone) has returned, no other
    /// connection of this program exists.
    ///
    /// # Errors
    /// There is no host that accepts writes, or it refuses the connection.
    pub(in crate::store) fn open_alone(target: &PostgresTarget) -> Result<Self, StoreError> {
        Self::connect(target)
    }

    /// Waits a short time for the other connections to end.
    ///
    /// # Errors
    /// [`StoreError::InUse`] if there still are some, or the connection fails.
    pub(in crate::store) fn lock_alone(&mut self) -> Result<(), StoreError> {
        for _ in 0..ATTEMPTS {
            if self.try_lock("pg_try_advisory_lock")? {
                return Ok(());
            }
            thread::sleep(BETWEEN_ATTEMPTS);
        }
        Err(StoreError::InUse)
    }

    /// Lets others connect. Otherwise they can once PostgreSQL has noticed that the connection is closed.
    ///
    /// # Errors
    /// The connection fails.
    pub(in crate::store) fn unlock(&mut self) -> Result<(), StoreError> {
        Ok(self.client.batch_execute("SELECT pg_advisory_unlock_all()")?)
    }

    fn try_lock(&mut self, function: &str) -> Result<bool, StoreError> {
        // A simple query takes one round trip.
        let answer = self.client.simple_query(&format!("SELECT {function}({SESSION_LOCK})"))?;
        Ok(answer.iter().any(
            |message| matches!(message, SimpleQueryMessage::Row(row) if row.get(0) == Some("t")),
        ))
    }

    fn connect(target: &PostgresTarget) -> Result<Self, StoreError> {
        let client = connect(target)?;
        Ok(Self {
            client,
            statements: RefCell::default(),
            used_at: Instant::now(),
            round_trips: target.round_trips.clone(),
        })
    }

    /// Whether the connection can be used. An idle one may have been lost.
    pub(in crate::store) fn is_usable(&mut self) -> bool {
        if self.client.is_closed() {
            return false;
        }
        if self.used_at.elapsed() < FRESH {
            return true;
        }
        self.round_trips.count();
        self.client.is_valid(ANSWER_TIMEOUT).is_ok()
    }

    /// Begins a transaction; for [`Access::Read`], each statement is one.
    ///
    /// # Errors
    /// The connection is lost, or a lock is not available in time.
    pub(in crate::store) fn begin(
        &mut self,
        access: Access,
    ) -> Result<PostgresTransaction<'_>, StoreError> {
        self.used_at = Instant::now();
        let executor = match access {
            Access::Read => Executor::Client(&mut self.client),
            Access::ReadAtOneMoment => {
                self.round_trips.count();
                let transaction = self.client.build_transaction().read_only(true);
                let level = IsolationLevel::RepeatableRead;
                Executor::Transaction(transaction.isolation_level(level).start()?)
            }
            Access::Write { locks, is_synced } => {
                let settings = if is_synced { "" } else { "SET LOCAL synchronous_commit = off; " };
                let first = format!("{settings}{locks}");
                Executor::Begun(BegunTransaction::begin(
                    &mut self.client,
                    &self.round_trips,
                    &first,
                )?)
            }
        };
        Ok(PostgresTransaction {
            executor: RefCell::new(executor),
            statements: &self.statements,
            round_trips: &self.round_trips,
        })
    }

    /// Executes a statement that PostgreSQL refuses inside a transaction.
    ///
    /// # Errors
    /// The statement fails.
    pub(in crate::store) fn execute_alone(&mut self, sql: &str) -> Result<(), StoreError> {
        self.round_trips.count();
        Ok(self.client.batch_execute(sql)?)
    }

    /// Runs a step in one transaction. Each of its statements sees the commits before it.
    ///
    /// # Errors
    /// A statement fails; nothing is changed.
    pub(in crate::store) fn transact<T>(
        &mut self,
        step: impl FnOnce(&mut postgres::Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.used_at = Instant::now();
        let mut transaction = self.client.transaction()?;
        let result = step(&mut transaction)?;
        transaction.commit()?;
        Ok(result)
    }

    /// Runs a step in one transaction without a limit of time, also for locks.
    ///
    /// # Errors
    /// A statement fails; nothing is changed.
    pub(in crate::store) fn run<T>(
        &mut self,
        step: impl FnOnce(&mut postgres::Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut transaction = self.client.transaction()?;
        transaction.batch_execute(
            "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;
             SET LOCAL client_min_messages = warning",
        )?;
        let result = step(&mut transaction)?;
        transaction.commit()?;
        Ok(result)
    }
}

/// Connects with the settings of a session to the first host that accepts writes.
pub(super) fn connect(target: &PostgresTarget) -> Result<Client, StoreError> {
    let mut config = target.config.clone();
    let options = config.get_options().map(|options| format!("{SETTINGS} {options}"));
    config
        .options(options.as_deref().unwrap_or(SETTINGS))
        .application_name("replay-server")
        .target_session_attrs(TargetSessionAttrs::ReadWrite)
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_user_timeout(NETWORK_TIMEOUT)
        .keepalives_idle(NETWORK_TIMEOUT);
    Ok(target.connect(&config)?)
}

impl fmt::Debug for PostgresConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresConnection").finish_non_exhaustive()
    }
}
