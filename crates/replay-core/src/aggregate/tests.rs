use super::*;
use crate::{
    JobId,
    fixtures::{accepted, at, hour, region, running},
    job::Step,
};
use alloc::vec;

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
    let submitted = |id, put_id, start| {
        let (id, put_id) = (JobId(id), PutId(put_id));
        Job::from(Job::Unconfigured.submit_with(id, put_id, hour(start), at(start)).unwrap())
    };
    let jobs = [
        (region("us"), submitted(1, 7, 10)),
        (region("eu"), submitted(2, 7, 12)),
        (region("au"), submitted(3, 8, 90)),
    ];
    let of_last_put = Aggregate::of(&jobs, Some(PutId(7)));
    assert_eq!(of_last_put.timeframe, Timeframe::new(hour(10).start(), hour(12).end()).ok());
    assert_eq!((of_last_put.created_at, of_last_put.updated_at), (Some(at(10)), Some(at(12))));
    let accepted = Some(JobStatus::Accepted);
    assert_eq!(
        of_last_put.regions,
        vec![(region("us"), accepted), (region("eu"), accepted), (region("au"), None)]
    );
    assert_eq!(of_last_put.participants().count(), 2);

    let all_replaced = Aggregate::of(&jobs, Some(PutId(6)));
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
