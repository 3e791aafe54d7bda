use super::*;
use crate::{
    JobId, OutageId, Region, Timeframe,
    fixtures::{at, hour, region},
    job::{Amount, Step},
    outage::{Healed, OutageCause, OutageReason},
    request::Kinds,
};

#[test]
fn a_healing_job_spans_the_event_times_of_the_undelivered_lines() {
    let submitted = heal(state(outage(), Job::Unconfigured), None, at(0), at(5)).unwrap();
    assert_eq!(submitted.job.request.timeframe, hour(0));
    assert_eq!(submitted.job.request.heals, Some(OutageId(1)));
    assert_eq!(submitted.job.request.resumes, None);
}

#[test]
fn a_healing_job_resumes_the_one_that_has_failed() {
    let failed = fail(&accepted(heals(hour(0))));
    let failed = failed.configured().unwrap().clone();
    let mut state = state(outage(), Job::Configured(failed.clone()));
    state.last_started = Some(failed);
    let job = heal(state, None, at(0), at(5)).unwrap().job;
    assert_eq!((job.id, job.delivery_id()), (JobId(9), JobId(1)));
}

#[test]
fn healing_is_refused_in_the_documented_order() {
    let open = Outage { ended_at: None, ..outage() };
    let healed = Outage { healed: Some(Healed { at: at(1), by: None }), ..outage() };
    let lost = Outage { undelivered: Amount::default(), lost_lines: 3, ..outage() };
    let running = accepted(hour(0)).advance(Step::Schedule, at(1)).unwrap();
    let running = running.advance(Step::Start, at(2)).unwrap();
    for (outage, job, refusal) in [
        (open.clone(), running, Refusal::Running(Vec::new())),
        (open, Job::Unconfigured, Refusal::OutageNotEnded),
        (healed, Job::Unconfigured, Refusal::OutageHealed),
        (lost, Job::Unconfigured, Refusal::NothingLeft),
    ] {
        assert_eq!(heal(state(outage, job), None, at(0), at(5)), Err(refusal));
    }
    let past = heal(state(outage(), Job::Unconfigured), None, at(61), at(70));
    assert_eq!(past, Err(Refusal::NothingLeft), "the last line is dated before");
    let mut disabled = state(outage(), Job::Unconfigured);
    disabled.target.has_enabled_webhook = false;
    assert_eq!(heal(disabled, None, at(0), at(5)), Err(Refusal::no_enabled_webhook()));
}

#[test]
fn an_outage_is_due_once_the_job_has_settled_and_the_receiver_was_well_for_thirty_seconds() {
    let after = |seconds| at(10) + TimeDelta::seconds(seconds);
    let due = |outage: &Outage, job: &Job, seconds| is_due(outage, job, at(10), after(seconds));
    assert!(due(&outage(), &Job::Unconfigured, 30));
    assert!(!due(&outage(), &Job::Unconfigured, 29));
    assert!(!due(&outage(), &accepted(hour(0)), 60), "an accepted job is not replaced");
    let failed = accepted(hour(0)).advance(Step::Fail("x".into()), after(20)).unwrap();
    assert!(!due(&outage(), &failed, 49) && due(&outage(), &failed, 50));
    let open = Outage { ended_at: None, ..outage() };
    assert!(!due(&open, &Job::Unconfigured, 60));
    for reason in OutageReason::ALL {
        let outage = Outage { cause: OutageCause::plain(reason), ..outage() };
        let expected =
            ![OutageReason::BatchRefused, OutageReason::DatedBeforeEnabling].contains(&reason);
        assert_eq!(due(&outage, &Job::Unconfigured, 30), expected, "{reason:?}");
    }
}

#[test]
fn a_completed_replay_heals_an_outage_that_it_covers_completely() {
    let wide = Timeframe::new(hour(0).start(), hour(1).end()).unwrap();
    let narrow = Timeframe::new(hour(0).start(), hour(0).end() - TimeDelta::seconds(1)).unwrap();
    let kinds = Kinds::of(["access"]);
    let other = JobRequest { heals: Some(OutageId(2)), ..hour(0).into() };
    for (request, high_water_seq, expected) in [
        (hour(0).into(), 40, true),
        (wide.into(), 40, true),
        (hour(0).into(), 39, false),
        (narrow.into(), 40, false),
        (JobRequest { kinds, ..wide.into() }, 40, false),
        (heals(hour(0)), 0, true),
        (other, 40, false),
    ] {
        let completed = complete(&request);
        let healed = is_healed_by(&outage(), &completed, high_water_seq, Some(40));
        assert_eq!(healed, expected, "{request:?} up to {high_water_seq}");
    }
    let failed = fail(&accepted(hour(0)));
    assert!(!is_healed_by(&outage(), failed.configured().unwrap(), 40, Some(40)));
}

/// An outage that has ended, with undelivered lines in the first hour.
fn outage() -> Outage {
    Outage {
        id: OutageId(1),
        cause: OutageCause::plain(OutageReason::Unreachable),
        began_at: at(0),
        ended_at: Some(at(3)),
        undelivered: Amount { lines: 7, bytes: 70 },
        span: Some(hour(0)),
        lost_lines: 0,
        healing_job: None,
        healed: None,
        hold: None,
    }
}

fn state(outage: Outage, current_job: Job) -> HealingState {
    let new_job = NewJob { region: us(), id: JobId(9) };
    let target = SubmissionTarget { new_job, current_job, has_enabled_webhook: true };
    HealingState { outage, last_started: None, target }
}

fn us() -> Region {
    region("us")
}

fn heals(timeframe: Timeframe) -> JobRequest {
    JobRequest { heals: Some(OutageId(1)), ..timeframe.into() }
}

fn accepted(request: impl Into<JobRequest>) -> Job {
    Job::Unconfigured.submit(JobId(1), request, at(0)).unwrap()
}

fn complete(request: &JobRequest) -> Configured {
    let mut job = accepted(request.clone());
    for step in [Step::Schedule, Step::Start, Step::Complete] {
        job = job.advance(step, at(1)).unwrap();
    }
    job.configured().unwrap().clone()
}

fn fail(job: &Job) -> Job {
    job.advance(Step::Fail("the webhook answered 503".into()), at(2)).unwrap()
}
