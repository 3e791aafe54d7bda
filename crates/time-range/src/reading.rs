//! Reading a range or its ends as values of their types. How a text is read is decided in `read`.

use crate::{
    Bound, Context, EndErrors, Range, RangeError, Reading,
    read::{self, Edge},
};

impl Bound {
    /// Reads a start. A date alone is the start of that day.
    ///
    /// # Errors
    /// [`RangeError`] for a text that is not one clear time.
    pub fn read_start(text: &str, context: Context<'_>) -> Result<Self, RangeError> {
        read::read_end(text, Edge::Start, context)
    }

    /// Reads an end. A date alone is the end of that day.
    ///
    /// # Errors
    /// [`RangeError`] for a text that is not one clear time.
    pub fn read_end(text: &str, context: Context<'_>) -> Result<Self, RangeError> {
        read::read_end(text, Edge::End, context)
    }
}

impl Range {
    /// Reads a range in any form; a single moment is the start of a range that ends at `now`.
    ///
    /// # Errors
    /// [`RangeError`] for a text that is not one clear range.
    pub fn read(text: &str, context: Context<'_>) -> Result<Self, RangeError> {
        read::read(text, context).map(Reading::range)
    }

    /// Reads the texts of the two ends. The end may be a time of day: it is then the first such time
    /// after the start. The range may be reversed.
    ///
    /// # Errors
    /// [`EndErrors`] with the fault of each end.
    pub fn read_ends(from: &str, to: &str, context: Context<'_>) -> Result<Self, EndErrors> {
        read::read_ends(from, to, context)
    }
}
