use super::*;
use crate::job::Amount;
use crate::{
    JobStatus,
    fixtures::{at, hour, region},
    request::Resumption,
    webhook::{Endpoint, Target},
};
use alloc::{string::String, vec};

const TOTAL: JobLines = JobLines { total: Amount { lines: 9, bytes: 90 }, lost: 0 };

#[test]
fn a_put_to_global_makes_one_job_for_each_region_with_its_own_id_and_a_shared_put_id() {
    let submission = to_us_and_eu();
    let targets = targets(&submission, |_| Job::Unconfigured);
    let submitted = submit(&submission, targets, at(5)).unwrap();
    let ids: Vec<_> = submitted.iter().map(|one| (one.job.id, one.job.put_id)).collect();
    assert_eq!(ids, [(JobId(1), PutId(9)), (JobId(2), PutId(9))]);
    assert!(submitted.iter().all(|one| one.job.status == JobStatus::Accepted));
}

#[test]
fn a_put_is_refused_as_a_whole_while_a_job_runs() {
    let only_us_runs = |region: &Region| match region.as_str() {
        "us" => running().into(),
        _ => Job::Unconfigured,
    };
    let to_us = Submission::to_region(region("us"), JobId(1), hour(0));
    for (submission, named) in [(to_us_and_eu(), vec![region("us")]), (to_us, vec![])] {
        let targets = targets(&submission, only_us_runs);
        assert_eq!(submit(&submission, targets, at(5)), Err(Refusal::Running(named)));
    }
}

#[test]
fn a_put_without_a_target_or_with_a_disabled_webhook_is_refused() {
    let submission = to_us_and_eu();
    let mut targets = targets(&submission, |_| Job::Unconfigured);
    targets[1].has_enabled_webhook = false;
    for targets in [targets, vec![]] {
        assert_eq!(submit(&submission, targets, at(5)), Err(Refusal::no_enabled_webhook()));
    }
}

#[test]
fn a_waiting_job_fails_when_it_is_replaced_and_a_settled_one_stays_as_it_is() {
    let replaced_by_a_put = |job: &Configured| {
        let submission = Submission::to_region(region("us"), JobId(2), hour(0));
        let targets = targets(&submission, |_| job.clone().into());
        submit(&submission, targets, at(5)).unwrap().remove(0).replaced
    };
    for waiting in [accepted(), pending()] {
        let replaced = replaced_by_a_put(&waiting).unwrap();
        assert_eq!((replaced.id, replaced.status), (JobId(1), JobStatus::Failed));
        assert_eq!(replaced.reason.as_deref(), Some("it was replaced by a later request"));
    }
    let completed = running().advance(Step::Complete, at(3)).unwrap();
    assert_eq!(replaced_by_a_put(&completed), None);
}

#[test]
fn a_pending_job_starts_only_with_an_enabled_webhook() {
    let Started::Running(job) = start(&pending(), &webhook(true), TOTAL, at(5)).unwrap() else {
        panic!()
    };
    assert_eq!(job.progress.unwrap().endpoint, "https://a.example/in");
    for webhook in [webhook(false), Webhook::default()] {
        let Started::Failed(job) = start(&pending(), &webhook, TOTAL, at(5)).unwrap() else {
            panic!()
        };
        assert_eq!(job.reason.as_deref(), Some("the webhook is not enabled"));
    }
    for job in [accepted(), running()] {
        let event = JobEvent::Start;
        assert_eq!(
            start(&job, &webhook(true), TOTAL, at(5)),
            Err(Rejected { status: job.status, event })
        );
    }
}

#[test]
fn a_change_that_disables_the_webhook_stops_the_job() {
    let disable = Patch { enabled: Some(false), ..Patch::default() };
    let change = |webhook: &Webhook, job: Configured| {
        change_webhook(webhook, &job.into(), disable.clone(), at(5)).unwrap()
    };
    let reason = Some("the webhook was disabled");
    let waiting = change(&webhook(true), accepted()).stopped_job.unwrap();
    assert_eq!((waiting.status, waiting.reason.as_deref()), (JobStatus::Failed, reason));
    let sending = change(&webhook(true), running()).stopped_job.unwrap();
    assert_eq!((sending.status, sending.stop_requested.as_deref()), (JobStatus::Running, reason));
    let unchanged = change(&webhook(false), running());
    assert!(!unchanged.is_changed && unchanged.stopped_job.is_none());
}

#[test]
fn a_change_that_leaves_the_webhook_enabled_stops_nothing() {
    let patch = Patch { skip_ssl_verification: Some(true), ..Patch::default() };
    let changes = change_webhook(&webhook(true), &running().into(), patch, at(5)).unwrap();
    assert!(changes.is_changed && changes.stopped_job.is_none());
}

#[test]
fn a_rate_can_be_set_until_the_job_has_settled() {
    for job in [accepted(), pending(), running()] {
        let limited = set_rate(&job.into(), Some(0)).unwrap();
        assert_eq!(limited.lines_per_second, Some(0));
        assert_eq!(set_rate(&limited.into(), None).unwrap().lines_per_second, None);
    }
    for job in [failed().into(), Job::Unconfigured] {
        assert_eq!(set_rate(&job, Some(1)), Err(Refusal::NothingToStop));
    }
}

#[test]
fn a_failed_job_is_resumed_with_its_request_under_its_delivery_id() {
    let failed = Configured { lines_per_second: Some(7), ..failed() };
    let resumed = resume(&failed.clone().into(), resume_as(2), at(6)).unwrap();
    let resumption = Resumption { job: JobId(1), delivery_id: JobId(1) };
    assert_eq!((resumed.id, resumed.status), (JobId(2), JobStatus::Accepted));
    assert_eq!(resumed.request.resumes, Some(resumption));
    assert_eq!(resumed.request.timeframe, failed.request.timeframe);
    assert_eq!((resumed.lines_per_second, &resumed.progress), (Some(7), &None));

    // The resumed job fails before it starts: the next one takes over the first one's cursors.
    let cancelled = resumed.stop("cancelled", at(7)).unwrap();
    let again = resume(&cancelled.into(), resume_as(3), at(8)).unwrap();
    assert_eq!(again.request.resumes, Some(resumption));

    let started = resumed.advance(Step::Schedule, at(7)).unwrap();
    let Started::Running(started) = start(&started, &webhook(true), TOTAL, at(7)).unwrap() else {
        panic!()
    };
    let paused = Configured { lines_per_second: Some(0), ..started };
    let failed = paused.advance(Step::Fail("cancelled".to_owned()), at(8)).unwrap();
    let again = resume(&failed.into(), resume_as(3), at(9)).unwrap();
    let resumption = Resumption { job: JobId(2), delivery_id: JobId(1) };
    assert_eq!(again.request.resumes, Some(resumption));
    assert_eq!(again.lines_per_second, None, "it is not resumed to be paused");
}

#[test]
fn only_a_failed_job_with_lines_left_is_resumed_and_only_to_an_enabled_webhook() {
    let completed = running().advance(Step::Complete, at(3)).unwrap();
    let others = [accepted(), pending(), running(), completed].map(Job::from);
    for job in others.into_iter().chain([Job::Unconfigured]) {
        assert_eq!(resume(&job, resume_as(2), at(5)), Err(Refusal::NothingToResume));
    }
    for (lost, refusal) in [(0, Refusal::NothingToResume), (4, Refusal::NothingLeft)] {
        let left = JobLines { total: Amount::default(), lost };
        let nothing_left = Resume { left, has_enabled_webhook: false, ..resume_as(2) };
        assert_eq!(resume(&failed().into(), nothing_left, at(5)), Err(refusal));
    }
    let disabled = Resume { has_enabled_webhook: false, ..resume_as(2) };
    assert_eq!(resume(&failed().into(), disabled, at(5)), Err(Refusal::no_enabled_webhook()));
}

#[test]
fn lines_of_an_unsettled_job_may_not_be_deleted() {
    for job in [accepted(), pending(), running()] {
        assert_eq!(deletable_before(&job.into(), at(90)), hour(0).start());
    }
    let completed = running().advance(Step::Complete, at(3)).unwrap();
    for job in [completed.into(), Job::Unconfigured] {
        assert_eq!(deletable_before(&job, at(90)), at(90));
    }
    assert_eq!(deletable_before(&running().into(), at(-5)), at(-5));
}

fn to_us_and_eu() -> Submission {
    let jobs = [("us", 1), ("eu", 2)]
        .map(|(label, id)| NewJob { region: region(label), id: JobId(id) })
        .to_vec();
    Submission::to_global(PutId(9), jobs, hour(0))
}

fn targets(submission: &Submission, current_job: impl Fn(&Region) -> Job) -> Vec<SubmissionTarget> {
    let target = |new_job: &NewJob| SubmissionTarget {
        new_job: new_job.clone(),
        current_job: current_job(&new_job.region),
        has_enabled_webhook: true,
    };
    submission.jobs.iter().map(target).collect()
}

fn resume_as(id: u128) -> Resume {
    Resume { id: JobId(id), requester: None, left: TOTAL, has_enabled_webhook: true }
}

fn webhook(enabled: bool) -> Webhook {
    let origin = String::from("https://a.example");
    let endpoint = Endpoint { url: "https://a.example/in?key=1".into(), origin };
    let target = Some(Target { endpoint, authorization: None, enabled });
    Webhook { target, ..Webhook::default() }
}

fn accepted() -> Configured {
    Job::Unconfigured.submit_with(JobId(1), PutId(1), hour(0), at(0)).unwrap()
}

fn pending() -> Configured {
    accepted().advance(Step::Schedule, at(1)).unwrap()
}

fn running() -> Configured {
    pending().advance(Step::Start, at(2)).unwrap()
}

fn failed() -> Configured {
    running().advance(Step::Fail("cancelled".to_owned()), at(3)).unwrap()
}
