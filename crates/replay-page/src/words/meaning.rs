//! What a job's status means for the user, in one or two sentences, and what is special about the job.
//! They state only what the server reports.

use alloc::{
    format,
    string::{String, ToString},
};

use replay_core::{JobStatus, webhook::Attempt};
use replay_wire::{HealthReport, JobReport, Reported};

/// What is known of a running job beside its report.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Run<'a> {
    /// The health of its webhook, if it was read.
    pub(crate) health: Option<&'a HealthReport>,
    /// Whether its delivered entries are shown beside it.
    pub(crate) is_counted: bool,
    /// Whether it is paused.
    pub(crate) is_paused: bool,
}

/// Describes a job.
pub(crate) fn meaning(job: &JobReport, run: Run<'_>) -> String {
    let mut meaning = of_status(job, run);
    if job.heals.is_some() {
        meaning += " Delivers what an outage missed.";
    }
    if job.resumed_from.is_some() {
        meaning += " Resumes a failed job.";
    }
    push_loss(&mut meaning, job.lost_lines);
    meaning
}

fn of_status(job: &JobReport, run: Run<'_>) -> String {
    match &job.status {
        Reported::Known(JobStatus::Unconfigured) => "No replay was requested yet.",
        Reported::Known(JobStatus::Accepted) => "The request has arrived and will be scheduled.",
        Reported::Known(JobStatus::Pending) => "The replay is scheduled and will start soon.",
        Reported::Known(JobStatus::Running) => return running(job, run),
        Reported::Known(JobStatus::Completed) => return completed(job.delivered_lines),
        Reported::Known(JobStatus::Failed) => "The replay has ended early.",
        Reported::Unknown(_) => "This page does not know what this status means.",
    }
    .to_string()
}

fn running(job: &JobReport, Run { health, is_counted, is_paused }: Run<'_>) -> String {
    let failed = health.and_then(|health| failed_since_start(job, health));
    let lead = match failed.map(|attempt| attempt.code) {
        _ if is_paused => "The replay is paused.".to_string(),
        Some(Some(code)) => format!("The webhook answered {code}; retrying."),
        Some(None) => "The webhook did not answer; retrying.".to_string(),
        None if job.delivered_lines.is_none() || is_counted => "The replay is running.".to_string(),
        None => "Sending:".to_string(),
    };
    match job.delivered_lines.filter(|_| !is_counted) {
        Some(count) => format!("{lead} {} delivered so far.", entries(count)),
        None => lead,
    }
}

/// The webhook's last delivery attempt, if it failed and was made since the job started.
fn failed_since_start<'a>(job: &JobReport, health: &'a HealthReport) -> Option<&'a Attempt> {
    let started = job.updated_at?;
    health.last.as_ref().filter(|attempt| !attempt.delivered() && attempt.at >= started)
}

fn completed(delivered_lines: Option<u64>) -> String {
    match delivered_lines {
        None => "Completed.".to_string(),
        Some(0) => "Completed. There were no entries in this time range.".to_string(),
        Some(1) => "Completed. 1 entry was delivered.".to_string(),
        Some(count) => format!("Completed. {} were delivered.", entries(count)),
    }
}

/// Appends how many entries the retention has removed before they were delivered, if there are any.
pub(super) fn push_loss(text: &mut String, lost_lines: u64) {
    if lost_lines > 0 {
        *text += " ";
        *text += &entries(lost_lines);
        *text += if lost_lines == 1 { " was" } else { " were" };
        *text += " lost to the retention.";
    }
}

/// A number of entries, like `1 234 entries`.
pub(crate) fn entries(count: u64) -> String {
    format!("{} {}", grouped(count), if count == 1 { "entry" } else { "entries" })
}

/// A number with its thousands separated, like `1 234`.
pub(crate) fn grouped(number: u64) -> String {
    if number < 1_000 {
        return number.to_string();
    }
    format!("{} {:03}", grouped(number / 1_000), number % 1_000)
}

#[cfg(test)]
mod tests {
    use replay_core::webhook::WebhookStatus;

    use super::*;

    #[test]
    fn a_completed_job_says_how_many_entries_were_delivered() {
        for (lines, words) in [
            (None, "Completed."),
            (Some(0), "Completed. There were no entries in this time range."),
            (Some(1), "Completed. 1 entry was delivered."),
            (Some(1_234), "Completed. 1 234 entries were delivered."),
            (Some(12_345_678), "Completed. 12 345 678 entries were delivered."),
        ] {
            assert_eq!(meaning(&job(JobStatus::Completed, lines), Run::default()), words);
        }
    }

    #[test]
    fn a_running_job_says_what_is_known_of_its_entries_and_its_webhook() {
        for (lines, failing, words) in [
            (Some(1_234), None, "Sending: 1 234 entries delivered so far."),
            (Some(1), None, "Sending: 1 entry delivered so far."),
            (
                Some(1_234),
                Some((9, Some(503))),
                "The webhook answered 503; retrying. 1 234 entries delivered so far.",
            ),
            (
                Some(0),
                Some((9, None)),
                "The webhook did not answer; retrying. 0 entries delivered so far.",
            ),
            (Some(5), Some((9, Some(204))), "Sending: 5 entries delivered so far."),
            // This attempt was made before the job started.
            (Some(5), Some((7, Some(503))), "Sending: 5 entries delivered so far."),
            (None, None, "The replay is running."),
            (None, Some((9, Some(503))), "The webhook answered 503; retrying."),
        ] {
            let health = failing.map(|(hour, code)| health(hour, code));
            let run = Run { health: health.as_ref(), ..Run::default() };
            let job = job(JobStatus::Running, lines);
            assert_eq!(meaning(&job, run), words);
            let paused = meaning(&job, Run { is_paused: true, ..run });
            assert!(paused.starts_with("The replay is paused."), "{paused}");
        }
    }

    #[test]
    fn entries_that_are_shown_beside_are_not_repeated() {
        let job = job(JobStatus::Running, Some(5));
        let run = Run { is_counted: true, ..Run::default() };
        assert_eq!(meaning(&job, run), "The replay is running.");
        let health = health(9, Some(503));
        let run = Run { health: Some(&health), ..run };
        assert_eq!(meaning(&job, run), "The webhook answered 503; retrying.");
    }

    fn job(status: JobStatus, delivered_lines: Option<u64>) -> JobReport {
        JobReport {
            status: Reported::Known(status),
            updated_at: Some(at(8)),
            delivered_lines,
            ..JobReport::default()
        }
    }

    fn health(hour: u32, code: Option<u16>) -> HealthReport {
        let last = Some(Attempt { at: at(hour), code, message: None });
        HealthReport {
            status: Reported::Known(WebhookStatus::Inactive),
            enabled: true,
            last,
            inactive_since: None,
        }
    }

    fn at(hour: u32) -> replay_core::Timestamp {
        format!("2026-11-23T{hour:02}:00:00Z").parse().unwrap()
    }
}
