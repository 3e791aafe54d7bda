//! What to do about a failed job, by the reason that the server gives.

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
    if let Some(code) = reason.strip_prefix("the webhook answered ") {
        return Some(about_code(code));
    }
    let known = OTHERS.iter().find(|(beginning, _)| reason.starts_with(beginning));
    known.map(|(_, advice)| *advice)
}

/// Other reasons by their beginning; the first that fits counts.
const OTHERS: [(&str, Advice); 5] = [
    ("the webhook did not answer", other(CHECK)),
    (
        "the webhook's endpoint",
        setup("Correct the endpoint in Setup: the server may not deliver there."),
    ),
    ("the webhook", setup("Enable the webhook in Setup, then resume.")),
    ("nothing was acknowledged", other(CHECK)),
    ("the archive is damaged", other("Ask whoever operates the server to check its disk.")),
];

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
        assert_eq!(advice("it was cancelled after 3 of 5 lines were acknowledged"), None);
    }
}
