//! The refusal of a text as the functions of the reader pass it on.

use alloc::boxed::Box;

use crate::RangeError;

/// Why a text is refused. It is small, since most functions here may answer it.
#[derive(Debug)]
pub(crate) struct Refused(Box<RangeError>);

impl Refused {
    pub(crate) fn new(error: RangeError) -> Self {
        Self(Box::new(error))
    }

    pub(crate) fn error(self) -> RangeError {
        *self.0
    }

    /// Whether the text has no known form, so that it may have another one.
    pub(crate) fn is_not_understood(&self) -> bool {
        matches!(*self.0, RangeError::NotUnderstood { .. })
    }

    pub(crate) fn is_reversed(&self) -> bool {
        matches!(*self.0, RangeError::Reversed { .. })
    }
}
