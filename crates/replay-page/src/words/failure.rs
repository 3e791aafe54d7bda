//! Why a job has failed and what to do about it, by the reason that the server gives.

use alloc::string::{String, ToString};

use replay_core::reason::{
    ARCHIVE_DAMAGED, CANCELLED, ENDPOINT_DENIED, LINES_ACKNOWLEDGED, UNACKNOWLEDGED,
    WEBHOOK_ANSWERED, WEBHOOK_DISABLED, WEBHOOK_NOT_ENABLED, WEBHOOK_UNANSWERED,
};

use super::meaning::{entries, grouped};

/// What the user can do about a failed job.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Advice {
    /// What to do, in one sentence.
    pub(crate) text: &'static str,
    /// Whether it is done in the tab Setup.
    pub(crate) in_setup: bool,
}

/// What to do about a job that has failed for this reason; `None` if the page does not know the
/// reason, or the user wanted the end.
pub(crate) fn advice(reason: &str) -> Option<Advice> {
    if let Some(code) = reason.strip_prefix(WEBHOOK_ANSWERED) {
        return Some(about_code(code));
    }
    let known = OTHERS.iter().find(|(beginning, _)| reason.starts_with(beginning));
    known.map(|(_, advice)| *advice)
}

/// Whether a job has failed since a user has cancelled it.
pub(super) fn is_cancelled(reason: Option<&String>) -> bool {
    reason.is_some_and(|reason| reason.starts_with(CANCELLED))
}

/// The reason in the words of the page: entries, and their number grouped.
pub(crate) fn reason(reason: &str) -> String {
    reworded(reason).unwrap_or_else(|| reason.to_string())
}

/// A reason that ends with a number of lines, like `after 3 of 5 lines were acknowledged`.
fn reworded(reason: &str) -> Option<String> {
    let (before, total) = reason.strip_suffix(LINES_ACKNOWLEDGED)?.rsplit_once(' ')?;
    let mut text = String::new();
    if let Some(before) = before.strip_suffix(" of") {
        let (cause, delivered) = before.rsplit_once(' ')?;
        text += cause;
        text += " ";
        text += &grouped(delivered.parse().ok()?);
        text += " of ";
    } else {
        text += before;
        text += " ";
    }
    text += &entries(total.parse().ok()?);
    Some(text + " were acknowledged")
}

/// Other reasons by their beginning.
const OTHERS: [(&str, Advice); 6] = [
    (WEBHOOK_UNANSWERED, other(CHECK)),
    (ENDPOINT_DENIED, setup("Correct the endpoint in Setup: the server may not deliver there.")),
    (WEBHOOK_DISABLED, setup(ENABLE)),
    (WEBHOOK_NOT_ENABLED, setup(ENABLE)),
    (UNACKNOWLEDGED, other(CHECK)),
    (ARCHIVE_DAMAGED, other("Ask whoever operates the server to check its disk.")),
];

const ENABLE: &str = "Enable the webhook in Setup, then resume.";

const CHECK: &str = "Check that the receiver runs and can be reached, then resume.";

/// What to do about a receiver that answered with a status outside of 200–299.
fn about_code(code: &str) -> Advice {
    match code.get(..3).unwrap_or_default() {
        "401" | "403" => setup("Check the Authorization in Setup, then resume."),
        "400" | "415" | "422" => {
            setup("Check the log format in Setup: the receiver does not accept the entries.")
        }
        "413" => other("Raise the receiver's limit: one entry is larger than it accepts."),
        code if code.starts_with('5') => other("Repair the receiver, then resume."),
        _ => setup("Check the endpoint in Setup, then resume."),
    }
}

const fn setup(text: &'static str) -> Advice {
    Advice { text, in_setup: true }
}

const fn other(text: &'static str) -> Advice {
    Advice { text, in_setup: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_of_the_server_has_its_advice() {
        for (reason, words, in_setup) in [
            ("the webhook answered 401", "Check the Authorization", true),
            ("the webhook answered 302", "Check the endpoint", true),
            ("the webhook answered 410", "Check the endpoint", true),
            ("the webhook answered 422", "Check the log format", true),
            ("the webhook answered 503 after 4 retries", "Repair the receiver", false),
            ("the webhook answered 413 to a single line, number 1", "Raise the receiver's", false),
            ("the webhook did not answer: refused after 4 retries", "Check that the", false),
            ("the webhook's endpoint must not be there", "Correct the endpoint", true),
            ("the webhook is not enabled", "Enable the webhook", true),
            ("the webhook was disabled after 3 of 5 lines were", "Enable the webhook", true),
            ("nothing was acknowledged for 10 minutes: …", "Check that the", false),
        ] {
            let advice = advice(reason).unwrap();
            assert!(advice.text.starts_with(words), "{reason}: {}", advice.text);
            assert_eq!(advice.in_setup, in_setup, "{reason}");
        }
        assert!(advice("the archive is damaged: it had 3 lines").is_some());
        assert_eq!(advice("it was cancelled after 3 of 5 lines were acknowledged"), None);
    }

    #[test]
    fn numbers_of_lines_in_a_reason_become_grouped_numbers_of_entries() {
        for (given, words) in [
            (
                "it was cancelled after 3214 of 50000 lines were acknowledged",
                "it was cancelled after 3 214 of 50 000 entries were acknowledged",
            ),
            (
                "the webhook was disabled after 3214 lines were acknowledged",
                "the webhook was disabled after 3 214 entries were acknowledged",
            ),
            ("it was cancelled", "it was cancelled"),
            ("after many lines were acknowledged", "after many lines were acknowledged"),
            ("the webhook answered 401", "the webhook answered 401"),
        ] {
            assert_eq!(reason(given), words);
        }
    }
}
