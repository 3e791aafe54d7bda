//! The errors of PostgreSQL as those of the store.

use std::io::ErrorKind;

use postgres::{Error, error::SqlState};

use super::super::super::{
    StoreError,
    error::{DatabaseError, FailureKind},
};

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        let (kind, summary, cause) = (kind(&error), summary(&error), text(&error).into());
        Self::Database(DatabaseError { kind, summary, cause })
    }
}

/// What has happened, in plain words.
fn summary(error: &Error) -> String {
    let Some(code) = error.code() else {
        let source = core::error::Error::source(error);
        let io = source.and_then(|source| source.downcast_ref::<std::io::Error>());
        // The library found only hosts that accept no writes.
        let is_standby = io.is_some_and(|error| error.kind() == ErrorKind::PermissionDenied);
        let text = if is_standby { REFUSES_WRITES } else { "there is no connection to PostgreSQL" };
        return text.to_owned();
    };
    match plain(code) {
        Some(text) => text.to_owned(),
        None => format!("PostgreSQL answered with the error {}", code.code()),
    }
}

const REFUSES_WRITES: &str = "the database accepts no writes: it may be a standby";

fn plain(code: &SqlState) -> Option<&'static str> {
    match *code {
        SqlState::READ_ONLY_SQL_TRANSACTION => Some(REFUSES_WRITES),
        SqlState::DISK_FULL => Some("the disk of the database is full"),
        SqlState::TOO_MANY_CONNECTIONS => Some("the database has too many connections"),
        SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN | SqlState::CANNOT_CONNECT_NOW => {
            Some("the database is starting or shutting down")
        }
        SqlState::QUERY_CANCELED => Some("the database took too long"),
        SqlState::LOCK_NOT_AVAILABLE => Some("a lock in the database was held for too long"),
        SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
            Some("the database refuses the user or the password")
        }
        SqlState::INVALID_CATALOG_NAME => Some("there is no such database"),
        _ => None,
    }
}

/// The error with what it was caused by, which it does not print itself.
fn text(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = core::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

fn kind(error: &Error) -> FailureKind {
    let Some(code) = error.code() else {
        // Errors of the library, such as a parameter of the wrong type, leave the connection open.
        let is_lost = error.is_closed() || is_of_the_network(error);
        return if is_lost { FailureKind::Unavailable } else { FailureKind::Other };
    };
    if [SqlState::DATA_CORRUPTED, SqlState::INDEX_CORRUPTED].contains(code) {
        return FailureKind::Damage;
    }
    let is_unavailable = match code.code().get(..2) {
        // Connections, users, databases, resources such as the disk, and the operator.
        Some("08" | "28" | "3D" | "53" | "57" | "58") => true,
        _ => [
            SqlState::READ_ONLY_SQL_TRANSACTION,
            SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
            SqlState::LOCK_NOT_AVAILABLE,
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
            // A day has no partition any more: the next attempt makes one.
            SqlState::CHECK_VIOLATION,
        ]
        .contains(code),
    };
    if is_unavailable { FailureKind::Unavailable } else { FailureKind::Other }
}

/// Whether connecting, reading or writing has failed.
fn is_of_the_network(error: &Error) -> bool {
    let source = core::error::Error::source(error);
    source.is_some_and(<dyn core::error::Error>::is::<std::io::Error>)
}
