//! The progress of a job in words: how much is delivered, how fast, and what slows it down.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use chrono::TimeDelta;
use replay_wire::ReplayProgress;
use time_range::Context;

use super::{
    length,
    meaning::{entries, grouped},
    time,
};

/// How many entries are delivered, of how many if that is known, like
/// `1 234 of 5 678 entries (21 %)`.
pub(crate) fn amount(delivered: u64, total: Option<u64>) -> String {
    let Some(total) = total else { return entries(delivered) + " delivered" };
    let mut text = grouped(delivered) + " of " + &entries(total);
    if total > 0 {
        text += " (";
        text += &percent(delivered, total).to_string();
        text += " %)";
    }
    text
}

/// The whole percents of `total`, which is at least 1.
pub(crate) fn percent(part: u64, total: u64) -> u64 {
    // A division of 128 bits would make the page larger.
    part.saturating_mul(100).checked_div(total).unwrap_or_default()
}

/// What else is known of a running job, one text for each: its rate, its end, what slows it down.
/// `most_in_flight` is the most requests in flight that the server has allowed.
pub(crate) fn facts(
    progress: &ReplayProgress,
    most_in_flight: u64,
    context: Context<'_>,
) -> Vec<String> {
    let mut facts = Vec::new();
    let is_paused = progress.lines_per_second_limit == Some(0);
    if is_paused {
        facts.push("Paused: nothing is sent until it is continued".to_string());
    } else if progress.lines_per_second > 0 {
        facts.push(entries(progress.lines_per_second) + " per second");
    }
    if let Some(end) = progress.estimated_end_at.filter(|_| !is_paused) {
        let left = (end - context.now).max(TimeDelta::zero());
        facts.push(
            "about ".to_string() + &length(whole(left)) + " left, until " + &time(end, context),
        );
    }
    if progress.retries > 0 {
        let word = if progress.retries == 1 { " retry" } else { " retries" };
        facts.push(grouped(progress.retries) + word);
    }
    if progress.in_flight_limit < most_in_flight && !is_paused {
        let at_once = progress.in_flight_limit.to_string();
        facts.push(
            "The receiver slows down: at most ".to_string()
                + &at_once
                + " of "
                + &most_in_flight.to_string()
                + " requests at a time",
        );
    }
    facts
}

/// The time without a fraction of a second.
fn whole(time: TimeDelta) -> TimeDelta {
    TimeDelta::seconds(time.num_seconds())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_has_a_percentage_that_is_100_only_at_the_end() {
        for (delivered, total, words) in [
            (0, None, "0 entries delivered"),
            (1_234, Some(5_678), "1 234 of 5 678 entries (21 %)"),
            (5_677, Some(5_678), "5 677 of 5 678 entries (99 %)"),
            (1, Some(1), "1 of 1 entry (100 %)"),
            (0, Some(0), "0 of 0 entries"),
        ] {
            assert_eq!(amount(delivered, total), words);
        }
    }
}
