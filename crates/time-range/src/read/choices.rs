//! Every meaning of a text: the reader asks here whenever a part has two meanings, and is run once
//! for each sequence of answers.

use alloc::vec::Vec;

use crate::{Context, RangeError, Reading, read::refused::Refused};

/// The answers of one run.
#[derive(Debug, Default)]
pub(crate) struct Choices {
    answers: Vec<bool>,
    asked: usize,
    /// Whether the day is first in numeric dates, once that was asked: it is the same within a text.
    pub(crate) day_first: Option<bool>,
}

impl Choices {
    /// Whether the second of two meanings is taken in this run.
    pub(crate) fn second(&mut self) -> bool {
        if self.asked == self.answers.len() {
            self.answers.push(false);
        }
        let answer = self.answers.get(self.asked).copied().unwrap_or_default();
        self.asked += 1;
        answer
    }

    /// Prepares the next run; `false` if there is none.
    fn advance(&mut self) -> bool {
        self.answers.truncate(self.asked);
        (self.asked, self.day_first) = (0, None);
        while self.answers.last() == Some(&true) {
            self.answers.pop();
        }
        if let Some(last) = self.answers.last_mut() {
            *last = true;
        }
        !self.answers.is_empty()
    }
}

/// The meaning that all runs of `read` which succeed agree on. What lies after now is not meant if there
/// is another meaning, unless the order of day and month is the question: that is never guessed.
///
/// # Errors
/// [`RangeError::Ambiguous`] if they do not agree, or the error of the first run if none succeeds.
pub(crate) fn every_meaning(
    context: Context<'_>,
    read: &mut dyn FnMut(&mut Choices) -> Result<Reading, Refused>,
) -> Result<Reading, Refused> {
    const RUNS: usize = 64;
    let mut choices = Choices::default();
    let (mut readings, mut asks_order, mut first_error) = (Vec::new(), false, None);
    for _ in 0..RUNS {
        match read(&mut choices) {
            Ok(reading) if readings.contains(&reading) => {}
            Ok(reading) => readings.push(reading),
            Err(error) => {
                first_error.get_or_insert(error);
            }
        }
        asks_order |= choices.day_first.is_some();
        if !choices.advance() {
            break;
        }
    }
    let is_past = |reading: &Reading| reading.range().start(context) <= context.now;
    if !asks_order && readings.iter().any(is_past) {
        readings.retain(is_past);
    }
    match (readings.as_slice(), first_error) {
        ([reading], _) => Ok(*reading),
        ([], Some(error)) => Err(error),
        _ => Err(Refused::new(RangeError::Ambiguous { readings })),
    }
}
