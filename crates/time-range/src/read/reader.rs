//! The state of one run over a text.

use alloc::{borrow::ToOwned, string::String};

use chrono::{FixedOffset, NaiveDate, NaiveDateTime};

use crate::{
    ClockTimeError, Context, RangeError, Reading, Timestamp,
    range_error::Reason,
    read::{choices::Choices, cursor::Cursor, refused::Refused},
};

/// One run over a text: every question is answered by `choices`.
#[derive(Debug)]
pub(crate) struct Reader<'r> {
    pub(crate) context: Context<'r>,
    pub(crate) choices: &'r mut Choices,
    /// The clean text that the tokens are parts of.
    pub(crate) text: &'r str,
    /// Where the text begins that is to be understood, in bytes.
    pub(crate) all: usize,
    /// Why the text is refused. A function that answers `None` without it has found another form.
    pub(crate) refusal: Option<Refused>,
    /// Whether an end may be exclusive, so that a date alone may also be the start of that day.
    pub(crate) is_before: bool,
    /// Whether a number alone may be an hour, since the other end has am or pm.
    pub(crate) has_bare_hour: bool,
}

impl Reader<'_> {
    /// The refusal of the text from `from` up to `to`.
    pub(crate) fn refuse<T>(
        &mut self,
        reason: Reason,
        from: &Cursor<'_>,
        to: &Cursor<'_>,
    ) -> Option<T> {
        self.refuse_part(reason, from, to);
        None
    }

    #[inline(never)]
    fn refuse_part(&mut self, reason: Reason, from: &Cursor<'_>, to: &Cursor<'_>) {
        let part = self.part(from, to);
        self.refuse_once(RangeError::Part { part, reason });
    }

    /// Refuses the whole text.
    pub(crate) fn refuse_all<T>(&mut self, reason: Reason) -> Option<T> {
        let part = self.all_text();
        self.refuse_for(RangeError::Part { part, reason })
    }

    /// The whole text is not understood.
    pub(crate) fn not_understood_at_all<T>(&mut self) -> Option<T> {
        let (part, yesterday) = (self.all_text(), self.yesterday());
        self.refuse_for(RangeError::NotUnderstood { part, yesterday })
    }

    fn all_text(&self) -> String {
        shortened(self.text.get(self.all..).unwrap_or_default().trim())
    }

    /// Refuses the text, unless it is already refused.
    pub(crate) fn refuse_for<T>(&mut self, error: RangeError) -> Option<T> {
        self.refuse_once(error);
        None
    }

    fn refuse_once(&mut self, error: RangeError) {
        if self.refusal.is_none() {
            self.refusal = Some(Refused::new(error));
        }
    }

    /// Whether the text is refused as one without a known form.
    pub(crate) fn is_not_understood(&self) -> bool {
        self.refusal.as_ref().is_some_and(Refused::is_not_understood)
    }

    /// The result of this run.
    pub(crate) fn answer(mut self, found: Option<Reading>) -> Result<Reading, Refused> {
        match (self.refusal.take(), found) {
            (None, Some(reading)) => Ok(reading),
            (Some(refusal), _) => Err(refusal),
            (None, None) => {
                let part = shortened(self.text);
                Err(Refused::new(RangeError::NotUnderstood { part, yesterday: self.yesterday() }))
            }
        }
    }

    fn yesterday(&self) -> NaiveDate {
        self.context.today().pred_opt().unwrap_or_default()
    }

    /// The text from `from` up to `to`.
    pub(crate) fn part(&self, from: &Cursor<'_>, to: &Cursor<'_>) -> String {
        let tokens = from.tokens.len().saturating_sub(to.tokens.len());
        let (first, last) = (from.tokens.first(), from.tokens.get(tokens.saturating_sub(1)));
        let (Some(first), Some(last)) = (first, last) else { return String::new() };
        let text = self.text.get(first.start..last.start + last.text.len());
        shortened(text.unwrap_or_default())
    }

    /// What remains at `rest` is not understood.
    pub(crate) fn not_understood<T>(&mut self, rest: &Cursor<'_>) -> Option<T> {
        self.refuse_rest(rest);
        None
    }

    #[inline(never)]
    fn refuse_rest(&mut self, rest: &Cursor<'_>) {
        let end = Cursor { tokens: &[] };
        let (part, yesterday) = (self.part(rest, &end), self.yesterday());
        self.refuse_once(RangeError::NotUnderstood { part, yesterday });
    }

    /// The instant of a clock time with this offset, or in the zone shown.
    pub(crate) fn instant(
        &mut self,
        clock: NaiveDateTime,
        offset: Option<FixedOffset>,
    ) -> Option<Timestamp> {
        if let Some(offset) = offset {
            return Some(first_at(clock, Some(offset), self.context));
        }
        match self.context.zone.timestamp(clock) {
            Ok(at) => Some(at),
            Err(ClockTimeError::Overlap { first, second }) => {
                Some(if self.choices.second() { second.at } else { first.at })
            }
            Err(error @ ClockTimeError::Gap { .. }) => {
                self.refuse_for(RangeError::Clock { clock, error })
            }
        }
    }

    /// The date now, where clocks have this offset. If that is not the date in the zone shown, both are
    /// meant.
    pub(crate) fn today(&mut self, offset: Option<FixedOffset>) -> NaiveDate {
        let here = self.context.today();
        let Some(offset) = offset else { return here };
        // An abbreviation of the zone shown says which side of a change is meant, not another zone.
        if self.context.zone.abbreviations().iter().any(|known| known.offset == offset) {
            return here;
        }
        let there = self.context.now.with_timezone(&offset).date_naive();
        if here != there && self.choices.second() { here } else { there }
    }
}

/// The first instant with this clock time.
pub(crate) fn first_at(
    clock: NaiveDateTime,
    offset: Option<FixedOffset>,
    context: Context<'_>,
) -> Timestamp {
    match offset {
        Some(offset) => clock.checked_sub_offset(offset).unwrap_or(clock).and_utc(),
        None => context.zone.first_at(clock),
    }
}

/// The start of `text`, to be quoted.
pub(crate) fn shortened(text: &str) -> String {
    let end = text.char_indices().nth(40).map_or(text.len(), |(end, _)| end);
    text.get(..end).unwrap_or_default().to_owned()
}
