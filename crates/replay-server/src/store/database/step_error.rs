//! The errors with which a step may end. It decides nothing.

use super::super::{ChangeError, StoreError};

/// The error of a step: a [`StoreError`], or a refusal. Nothing was changed in both cases.
pub(in crate::store) trait StepError: From<StoreError> + Send + 'static {
    /// The failure of the database, if it is one.
    fn store_error(&self) -> Option<&StoreError>;
}

impl StepError for StoreError {
    fn store_error(&self) -> Option<&StoreError> {
        Some(self)
    }
}

impl StepError for ChangeError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::Refused(_) => None,
        }
    }
}
