use super::*;
use crate::fixtures::{accepted, at, hour, running};
use alloc::string::String;

#[test]
fn a_job_passes_every_status_from_accepted_to_completed() {
    let mut job = Job::Unconfigured;
    assert_eq!(job.status(), JobStatus::Unconfigured);
    job = job.submit(JobId(1), hour(0), at(0)).unwrap();
    for (minute, step, status) in [
        (1, Step::Schedule, JobStatus::Pending),
        (2, Step::Start, JobStatus::Running),
        (3, Step::Complete, JobStatus::Completed),
    ] {
        job = job.advance(step, at(minute)).unwrap();
        assert_eq!(job.status(), status);
        assert_eq!(job.configured().unwrap().updated_at, at(minute));
    }
    let job = job.configured().unwrap();
    assert_eq!((job.id, job.request.timeframe, job.created_at), (JobId(1), hour(0), at(0)));
}

#[test]
fn a_started_job_shows_its_endpoint_without_query_until_it_is_replaced() {
    let pending = accepted().advance(Step::Schedule, at(1)).unwrap();
    let endpoint = Endpoint { url: "https://a.example/in?key=1#x".into(), origin: String::new() };
    let total = Amount { lines: 9, bytes: 90 };
    let started = pending.start(&endpoint, total, at(2)).unwrap();
    let progress = Progress {
        endpoint: "https://a.example/in".into(),
        delivered: Amount::default(),
        total: Some(total),
        retries: 0,
        lost_lines: 0,
    };
    assert_eq!(started.status(), JobStatus::Running);
    assert_eq!(started.configured().unwrap().progress, Some(progress.clone()));
    let completed = started.advance(Step::Complete, at(3)).unwrap();
    assert_eq!(completed.configured().unwrap().progress, Some(progress));
    let again = completed.submit(JobId(2), hour(1), at(4)).unwrap();
    assert_eq!(again.configured().unwrap().progress, None);
    assert!(accepted().start(&endpoint, total, at(2)).is_err());
}

#[test]
fn a_put_while_running_changes_nothing() {
    let job = running();
    let rejected = job.submit(JobId(2), hour(1), at(9)).unwrap_err();
    assert_eq!(rejected, Rejected { status: JobStatus::Running, event: JobEvent::Submit });
    assert_eq!(job, running());
}

#[test]
fn a_put_while_accepted_or_pending_replaces_the_job() {
    let accepted = accepted();
    let pending = accepted.advance(Step::Schedule, at(1)).unwrap();
    for job in [accepted, pending] {
        let replaced = job.submit(JobId(2), hour(1), at(5)).unwrap();
        assert_eq!(replaced, Job::Unconfigured.submit(JobId(2), hour(1), at(5)).unwrap());
    }
}

#[test]
fn a_failed_job_has_its_reason_and_its_successor_has_none() {
    let failed = running().advance(Step::Fail("no answer".into()), at(3)).unwrap();
    assert_eq!(failed.configured().unwrap().reason.as_deref(), Some("no answer"));
    let again = failed.submit(JobId(2), hour(1), at(4)).unwrap();
    assert_eq!(again.configured().unwrap().reason.as_deref(), None);
}

#[test]
fn a_stopped_waiting_job_fails_at_once() {
    let stopped = accepted().stop("cancelled", at(1)).unwrap();
    assert_eq!(stopped.status(), JobStatus::Failed);
    assert_eq!(stopped.configured().unwrap().reason.as_deref(), Some("cancelled"));
    assert_eq!(stopped.configured().unwrap().stop_requested, None);
}

#[test]
fn a_stopped_running_job_stays_running_with_the_first_stop_reason() {
    let stopped = running().stop("cancelled", at(3)).unwrap().stop("disabled", at(4)).unwrap();
    assert_eq!(stopped.status(), JobStatus::Running);
    assert_eq!(stopped.configured().unwrap().stop_requested.as_deref(), Some("cancelled"));
}

#[test]
fn a_settled_job_cannot_be_stopped() {
    let completed = running().advance(Step::Complete, at(3)).unwrap();
    let event = JobEvent::Fail;
    for (job, status) in
        [(completed, JobStatus::Completed), (Job::Unconfigured, JobStatus::Unconfigured)]
    {
        assert_eq!(job.stop("cancelled", at(4)), Err(Rejected { status, event }));
    }
}

#[test]
fn a_running_job_with_a_requested_stop_has_only_a_reason_once_it_fails() {
    let stopped = running().stop("cancelled", at(3)).unwrap();
    assert_eq!(stopped.configured().unwrap().reason, None);
    let failed = stopped.advance(Step::Fail("cancelled".into()), at(4)).unwrap();
    let failed = failed.configured().unwrap();
    assert_eq!((&failed.stop_requested, failed.reason.as_deref()), (&None, Some("cancelled")));
}

#[test]
fn stored_fields_that_contradict_each_other_are_no_job() {
    let Job::Configured(running) = running() else { panic!() };
    let reason = Some(String::from("x"));
    assert!(running.clone().checked().is_some());
    for job in [
        Configured { status: JobStatus::Unconfigured, ..running.clone() },
        Configured { status: JobStatus::Failed, ..running.clone() },
        Configured { reason: reason.clone(), ..running.clone() },
        Configured { status: JobStatus::Completed, stop_requested: reason, ..running.clone() },
    ] {
        assert_eq!(job.clone().checked(), None, "{job:?}");
    }
}
