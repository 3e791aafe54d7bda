use super::*;
use alloc::{string::ToString, vec};
use chrono::TimeDelta;

#[test]
fn a_job_lives_from_a_put_to_completed() {
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
    assert_eq!((job.id, job.timeframe, job.created_at), (JobId(1), hour(0), at(0)));
}

#[test]
fn a_started_job_shows_its_endpoint_without_query_until_it_is_replaced() {
    let pending = accepted().advance(Step::Schedule, at(1)).unwrap();
    let endpoint = Endpoint { url: "https://a.example/in?key=1#x".into(), origin: String::new() };
    let started = pending.start(&endpoint, at(2)).unwrap();
    let progress = Progress { endpoint: "https://a.example/in".into(), delivered_lines: 0 };
    assert_eq!(started.status(), JobStatus::Running);
    assert_eq!(started.configured().unwrap().progress, Some(progress.clone()));
    let completed = started.advance(Step::Complete, at(3)).unwrap();
    assert_eq!(completed.configured().unwrap().progress, Some(progress));
    let again = completed.submit(JobId(2), hour(1), at(4)).unwrap();
    assert_eq!(again.configured().unwrap().progress, None);
    assert!(accepted().start(&endpoint, at(2)).is_err());
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
fn a_failed_job_keeps_its_reason_and_a_new_put_forgets_it() {
    let failed = running().advance(Step::Fail("no answer".into()), at(3)).unwrap();
    assert_eq!(failed.configured().unwrap().reason.as_deref(), Some("no answer"));
    let again = failed.submit(JobId(2), hour(1), at(4)).unwrap();
    assert_eq!(again.configured().unwrap().reason.as_deref(), None);
}

#[test]
fn a_waiting_job_that_is_stopped_fails_at_once() {
    let stopped = accepted().stop("cancelled", at(1)).unwrap();
    assert_eq!(stopped.status(), JobStatus::Failed);
    assert_eq!(stopped.configured().unwrap().reason.as_deref(), Some("cancelled"));
    assert_eq!(stopped.configured().unwrap().stopping(), None);
}

#[test]
fn a_running_job_that_is_stopped_stays_running_and_keeps_the_first_reason() {
    let stopped = running().stop("cancelled", at(3)).unwrap().stop("disabled", at(4)).unwrap();
    assert_eq!(stopped.status(), JobStatus::Running);
    assert_eq!(stopped.configured().unwrap().stopping(), Some("cancelled"));
}

#[test]
fn a_job_that_ended_cannot_be_stopped() {
    let completed = running().advance(Step::Complete, at(3)).unwrap();
    let event = JobEvent::Fail;
    for (job, status) in
        [(completed, JobStatus::Completed), (Job::Unconfigured, JobStatus::Unconfigured)]
    {
        assert_eq!(job.stop("cancelled", at(4)), Err(Rejected { status, event }));
    }
}

#[test]
fn an_id_prints_as_32_digits_and_reads_back() {
    assert_eq!(JobId(255).to_string(), "000000000000000000000000000000ff");
    assert_eq!(JobId::read(&JobId(u128::MAX).to_string()), Some(JobId(u128::MAX)));
    for text in ["", "ff", "+0000000000000000000000000000001", "g0000000000000000000000000000000"] {
        assert_eq!(JobId::read(text), None, "{text}");
    }
}

#[test]
fn the_aggregate_takes_the_most_active_status_in_the_documented_order() {
    let completed = running().advance(Step::Complete, at(3)).unwrap();
    let failed = running().advance(Step::Fail("x".into()), at(3)).unwrap();
    let pending = accepted().advance(Step::Schedule, at(1)).unwrap();
    let by_activity = [Job::Unconfigured, completed, failed, accepted(), pending, running()];
    for (less, more) in by_activity.iter().zip(&by_activity[1..]) {
        let jobs = [(region("us"), less.clone()), (region("eu"), more.clone())];
        assert_eq!(Aggregate::of(&jobs, None).status, more.status());
    }
}

#[test]
fn the_aggregate_spans_the_jobs_of_the_last_global_put_only() {
    let submitted =
        |id, start| Job::Unconfigured.submit(JobId(id), hour(start), at(start)).unwrap();
    let jobs = [
        (region("us"), submitted(7, 10)),
        (region("eu"), submitted(7, 12)),
        (region("au"), submitted(8, 90)),
    ];
    let of_last = Aggregate::of(&jobs, Some(JobId(7)));
    assert_eq!(of_last.timeframe, Timeframe::new(hour(10).start(), hour(12).end()).ok());
    assert_eq!((of_last.created_at, of_last.updated_at), (Some(at(10)), Some(at(12))));
    let accepted = Some(JobStatus::Accepted);
    assert_eq!(
        of_last.regions,
        vec![(region("us"), accepted), (region("eu"), accepted), (region("au"), None)]
    );
    assert_eq!(of_last.participants().count(), 2);

    let all_replaced = Aggregate::of(&jobs, Some(JobId(6)));
    assert_eq!(all_replaced.timeframe, Timeframe::new(hour(10).start(), hour(90).end()).ok());
    assert_eq!(all_replaced.participants().count(), 3);
}

#[test]
fn the_aggregate_of_no_jobs_is_unconfigured() {
    let jobs = [(region("us"), Job::Unconfigured)];
    let none = Aggregate::of(&jobs, None);
    assert_eq!((none.status, none.timeframe), (JobStatus::Unconfigured, None));
    assert_eq!(none.regions, vec![(region("us"), Some(JobStatus::Unconfigured))]);
}

fn accepted() -> Job {
    Job::Unconfigured.submit(JobId(1), hour(0), at(0)).unwrap()
}

fn running() -> Job {
    let pending = accepted().advance(Step::Schedule, at(1)).unwrap();
    pending.advance(Step::Start, at(2)).unwrap()
}

fn hour(start: i64) -> Timeframe {
    Timeframe::new(at(start), at(start + 60)).unwrap()
}

fn at(minute: i64) -> Timestamp {
    "2026-11-23T12:00:00Z".parse::<Timestamp>().unwrap() + TimeDelta::minutes(minute)
}

fn region(label: &str) -> Region {
    Region::named(label).unwrap()
}
