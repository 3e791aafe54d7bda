//! Statuses, durations, times, ranges and faults in words.

mod announcement;
mod failure;
mod meaning;
mod outage;
mod progress;
mod range;

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use chrono::{SubsecRound, TimeDelta};
use replay_client::Mutation;
use replay_core::{JobStatus, webhook::WebhookStatus};
use replay_wire::{HealthReport, Reported};
use time_range::{Context, Seconds, Timestamp, write_moment, write_span};

use self::failure::is_cancelled;
pub(crate) use self::{
    announcement::{
        CHOICE_CANCELLED, chosen_window, first_end, new_outage, new_pause, new_status, shown,
        waiting_sent,
    },
    failure::{advice, reason},
    meaning::{Run, entries, grouped, meaning},
    outage::{outage, period, size},
    progress::{amount, facts, percent},
    range::{
        copied, edge as end, fault, faults_in_words, range, resolved_span, understood, with_times,
        zoned_range,
    },
};
use crate::{
    picker,
    timeline::{Count, MINUTE, Period, floor, instant},
};

/// The severity of a text, for its colour and icon.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Tone {
    /// Neither good nor bad.
    Neutral,
    /// In progress.
    Busy,
    /// Successful.
    Good,
    /// The user may have to act.
    Warning,
    /// Failed.
    Bad,
}

/// A status in one word, with its severity.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Badge {
    /// The severity.
    pub tone: Tone,
    /// The word.
    pub word: String,
}

/// The sign of a severity, for texts without icons like the document's title.
pub(crate) const fn sign(tone: Tone) -> &'static str {
    match tone {
        Tone::Neutral => "",
        Tone::Busy => "… ",
        Tone::Good => "✓ ",
        Tone::Warning => "! ",
        Tone::Bad => "✕ ",
    }
}

/// The badge of a job's status. A job that a user has cancelled has failed as well, but nothing is wrong
/// with it.
pub(crate) fn status(status: &Reported<JobStatus>, reason: Option<&String>) -> Badge {
    let word = match status {
        Reported::Known(known) => status_word(*known),
        Reported::Unknown(word) if word.is_empty() => "Unknown",
        Reported::Unknown(word) => word,
    };
    let tone = match status {
        Reported::Known(JobStatus::Accepted | JobStatus::Pending | JobStatus::Running) => {
            Tone::Busy
        }
        Reported::Known(JobStatus::Completed) => Tone::Good,
        Reported::Known(JobStatus::Failed) if !is_cancelled(reason) => Tone::Bad,
        Reported::Known(JobStatus::Failed | JobStatus::Unconfigured) | Reported::Unknown(_) => {
            Tone::Neutral
        }
    };
    Badge { tone, word: word.to_string() }
}

/// The word of a job's status.
pub(crate) const fn status_word(status: JobStatus) -> &'static str {
    match status {
        JobStatus::Unconfigured => "Unconfigured",
        JobStatus::Accepted => "Accepted",
        JobStatus::Pending => "Pending",
        JobStatus::Running => "Running",
        JobStatus::Completed => "Completed",
        JobStatus::Failed => "Failed",
    }
}

/// The badge of a webhook's status; a disabled webhook is shown as such, whatever its status.
pub(crate) fn health(health: &HealthReport) -> Badge {
    let (tone, word) = match &health.status {
        Reported::Known(WebhookStatus::Unconfigured) => (Tone::Neutral, "Unconfigured"),
        _ if !health.enabled => (Tone::Neutral, "Disabled"),
        Reported::Known(WebhookStatus::Active) => (Tone::Good, "Active"),
        Reported::Known(WebhookStatus::Inactive) => (Tone::Bad, "Inactive"),
        Reported::Unknown(word) if word.is_empty() => (Tone::Neutral, "Unknown"),
        Reported::Unknown(word) => (Tone::Neutral, word.as_str()),
    };
    Badge { tone, word: word.to_string() }
}

/// A duration, like `6 d 23 h 59 min` or `15 min 30 s`: up to an hour rounded up to the second,
/// beyond that to the minute.
pub(crate) fn length(time: TimeDelta) -> String {
    let mut seconds = time.num_seconds() + i64::from(time.subsec_nanos() > 0);
    if seconds > 3_600 {
        seconds = (seconds + 59) / 60 * 60;
    }
    let units = [
        (seconds / 86_400, "d"),
        (seconds / 3_600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let parts = units.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<_> = parts.map(|(count, unit)| format!("{count} {unit}")).collect();
    if parts.is_empty() { "0 s".into() } else { parts.join(" ") }
}

/// A time within a sentence, like `today 10:12:03`. Every time that is shown goes through this
/// function, [`span`], or one of those that write the same alone.
pub(crate) fn time(at: Timestamp, context: Context<'_>) -> String {
    within(time_alone(at, context))
}

/// A time that stands alone or begins a sentence, like `Today 10:12:03`. Fractions of a second are
/// left out.
pub(crate) fn time_alone(at: Timestamp, context: Context<'_>) -> String {
    write_moment(at.trunc_subsecs(0), context, Seconds::IfAny)
}

/// A timeframe within a sentence, both ends inclusive, like `today 10:12 – 13:47`.
pub(crate) fn span(start: Timestamp, end: Timestamp, context: Context<'_>) -> String {
    within(span_alone(start, end, context))
}

/// A timeframe that begins a sentence.
pub(crate) fn span_alone(start: Timestamp, end: Timestamp, context: Context<'_>) -> String {
    write_span(start.trunc_subsecs(0), end.trunc_subsecs(0), context, Seconds::IfAny)
}

/// Begins a text with a small letter.
pub(crate) fn within(mut text: String) -> String {
    let after_dash = text.find('–').map(|dash| dash + "– ".len());
    for start in [Some(0), after_dash].into_iter().flatten() {
        let is_day = text.get(start..).is_some_and(|rest| rest.starts_with(['T', 'Y']));
        if (start == 0 || is_day)
            && let Some(first) = text.get_mut(start..=start)
        {
            first.make_ascii_lowercase();
        }
    }
    text
}

/// A window of the timeline with its zone, like `Yesterday 10:12 – 13:47 (Europe/Berlin)`.
pub(crate) fn zoned_window(period: Period, context: Context<'_>) -> String {
    let mut text = window(period, context);
    text += " (";
    text += context.zone.name();
    text += ")";
    text
}

/// A window of the timeline, to the minute, like `Yesterday 10:12 – 13:47`.
pub(crate) fn window(period: Period, context: Context<'_>) -> String {
    let [start, end] = [period.start, period.end].map(|second| instant(floor(second, MINUTE)));
    if start == end {
        return moment(start, context);
    }
    write_span(start, end, context, Seconds::IfAny)
}

/// A time of the timeline, to the minute, like `Yesterday 10:12`.
pub(crate) fn moment(at: Timestamp, context: Context<'_>) -> String {
    write_moment(instant(floor(at.timestamp(), MINUTE)), context, Seconds::IfAny)
}

/// A number of entries, like `about 1 234 entries`.
pub(crate) fn counted(count: Count) -> String {
    let entries = entries(count.lines);
    if count.is_exact { entries } else { "about ".to_string() + &entries }
}

/// A duration in its largest whole unit, with a small number as a word, like `seven days` or `36 hours`.
pub(crate) fn retention(time: TimeDelta) -> String {
    const NUMBERS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    let (count, unit) = picker::largest_unit(time);
    let number = usize::try_from(count).ok().and_then(|count| NUMBERS.get(count));
    number.map_or_else(|| count.to_string(), ToString::to_string) + unit
}

/// Since when a webhook is inactive, if the server says so.
pub(crate) fn inactive_since(health: &HealthReport, context: Context<'_>) -> Option<String> {
    let is_inactive = health.enabled && health.status.known() == Some(WebhookStatus::Inactive);
    let since = health.inactive_since.filter(|_| is_inactive)?;
    Some("Inactive since ".to_string() + &time(since, context))
}

/// Why nothing else can change a job: a mutation is in progress.
pub(crate) const fn being_changed(mutation: &Mutation) -> &'static str {
    match mutation {
        Mutation::Send(_) | Mutation::Heal(_) | Mutation::Resume => "A replay is being sent.",
        Mutation::Cancel => "A replay is being cancelled.",
    }
}

/// Why the token cannot read anything.
pub(crate) const UNREADABLE: &str =
    "This token cannot read anything: its role only ingests entries. Sign in with another token.";

/// Why nothing was done.
pub(crate) const NOT_LOADED: &str =
    "That was not done: a part of this page could not be loaded. Try it again, or reload the page.";

/// Why a replay cannot be sent.
pub(crate) const NO_WEBHOOK: &str = "There is no enabled webhook to send to.";

/// Why no region is in view: the server does not have the region that a link names.
pub(crate) fn unknown_region(label: &str) -> String {
    format!(
        "The link names the region {label}, which this server does not have. Choose one of the list."
    )
}

/// Why the token cannot change anything in `place`.
pub(crate) fn denied(role: &str, place: &str) -> String {
    format!("The token's role, {role}, cannot change anything in {place}.")
}

#[cfg(test)]
mod tests;
