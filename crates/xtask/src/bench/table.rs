//! The table of figures. A row is printed as soon as it is measured, for a run takes minutes.

use std::io::{Write, stdout};

use crate::Failure;

/// What a figure is meant to reach.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bar {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
    /// The figure is for information.
    None,
}

/// Prints the table's head.
///
/// # Errors
/// It cannot be printed.
pub(super) fn print_head() -> Result<(), Failure> {
    Ok(writeln!(stdout(), "\n{:WHAT$}{:>FIGURE$}{:>BAR$}", "what", "figure", "bar")?)
}

/// Prints a row: what was measured, and the figure, which is missing where the server cannot do it yet.
///
/// # Errors
/// It cannot be printed.
pub(super) fn print_row(
    what: &str,
    figure: impl Into<Option<f64>>,
    unit: &str,
    bar: Bar,
) -> Result<(), Failure> {
    Ok(writeln!(stdout(), "{}", row(what, figure.into(), unit, bar))?)
}

fn row(what: &str, figure: Option<f64>, unit: &str, bar: Bar) -> String {
    let (bar, met) = match bar {
        Bar::AtLeast(bar) => (format!("≥ {}", number(bar)), figure.map(|it| it >= bar)),
        Bar::AtMost(bar) => (format!("≤ {}", number(bar)), figure.map(|it| it <= bar)),
        Bar::None => (String::new(), None),
    };
    let figure = figure.map(|figure| format!("{} {unit}", number(figure)));
    let figure = figure.unwrap_or_else(|| "not available".to_owned());
    let verdict = met.map_or("", |met| if met { "  ok" } else { "  missed" });
    format!("{what:WHAT$}{figure:>FIGURE$}{bar:>BAR$}{verdict}").trim_end().to_owned()
}

const WHAT: usize = 66;
const FIGURE: usize = 22;
const BAR: usize = 14;

/// A number with as many digits as one reads: `1 234 567`, `12.3`, `0.35`.
fn number(value: f64) -> String {
    let decimals = match value.abs() {
        value if value < 10.0 && value.fract() > 0.0 => 2,
        value if value < 1_000.0 && value.fract() > 0.0 => 1,
        _ => 0,
    };
    let text = format!("{value:.decimals$}");
    if decimals > 0 {
        return text;
    }
    let digits = text.len();
    let mut grouped = String::new();
    for (position, digit) in text.chars().enumerate() {
        if position > 0 && (digits - position).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_rounded() {
        let cases = [
            (1_234_567.4, "1 234 567"),
            (34_000.0, "34 000"),
            (999.96, "1000.0"),
            (12.34, "12.3"),
            (0.346, "0.35"),
            (2.0, "2"),
            (0.0, "0"),
        ];
        for (value, expected) in cases {
            assert_eq!(number(value), expected);
        }
    }

    #[test]
    fn a_row_says_whether_its_bar_is_reached() {
        let row = |figure, bar| row("a", figure, "ms", bar);
        assert!(row(Some(10.0), Bar::AtMost(10.0)).ends_with("≤ 10  ok"));
        assert!(row(Some(10.1), Bar::AtMost(10.0)).ends_with("10.1 ms          ≤ 10  missed"));
        assert!(row(Some(9.0), Bar::AtLeast(10.0)).ends_with("≥ 10  missed"));
        assert!(row(None, Bar::AtLeast(10.0)).ends_with("not available          ≥ 10"));
        assert!(row(Some(3.0), Bar::None).ends_with(" 3 ms"));
    }
}
