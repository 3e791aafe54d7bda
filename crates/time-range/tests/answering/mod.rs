//! The answer to an expression, as a line.

use time_range::{Context, RangeError, Reading, read, write_timestamp};

/// The answer to one expression.
pub(crate) fn answer(text: &str, context: Context<'_>) -> String {
    let now = context.now;
    match read(text, context) {
        Ok(reading) if reading.range().start(context) > now => {
            format!("refused: {} is after now", write_timestamp(reading.range().start(context)))
        }
        Ok(reading) => resolved(reading, context),
        Err(RangeError::Ambiguous { readings }) => {
            let readings: Vec<_> =
                readings.into_iter().map(|reading| resolved(reading, context)).collect();
            format!("ambiguous: {}", readings.join(" or "))
        }
        Err(RangeError::Reversed { swapped }) => {
            let swapped = resolved(Reading::Range(swapped), context);
            format!("refused: the end is before the start; swapped: {swapped}")
        }
        Err(error) => format!("refused: {error}").replace(['\n', '\r'], " "),
    }
}

fn resolved(reading: Reading, context: Context<'_>) -> String {
    let range = reading.range();
    let start = write_timestamp(range.start(context));
    let end = match reading {
        Reading::Moment(_) => context.now,
        Reading::Range(_) => range.end(context),
    };
    format!("{start}/{}", write_timestamp(end))
}
