//! The errors of PostgreSQL as those of the store.

use postgres::{Error, error::SqlState};

use super::super::super::{
    StoreError,
    error::{DatabaseError, FailureKind},
};

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        let summary = match error.code() {
            Some(code) => format!("PostgreSQL answered with the error {}", code.code()),
            None => "there is no connection to PostgreSQL".to_owned(),
        };
        Self::Database(DatabaseError { kind: kind(&error), summary, cause: text(&error).into() })
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
        // Connections, resources such as the disk, and the operator.
        Some("08" | "53" | "57" | "58") => true,
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
