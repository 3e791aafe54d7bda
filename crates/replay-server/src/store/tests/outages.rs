//! Outages of live lanes: their undelivered lines, and what heals them or removes the lines.

use super::{
    lanes::{
        acknowledge, amount, append, forwarding, give_up, live_texts, record_live, send, send_with,
    },
    *,
};
use replay_core::{
    Outage, Refusal, lane::LaneOutcome, outage::OutageReason, webhook::WebhookStatus,
};

on_each_database! {
    an_outage_has_the_lines_after_its_probe_and_the_lane_goes_on_with_new_ones,
    a_healing_job_delivers_exactly_the_undelivered_lines_and_heals_the_outage,
    a_failed_healing_job_leaves_its_unacknowledged_lines_in_the_outage,
    a_resumed_healing_job_heals_the_outage_and_what_the_first_one_delivered_is_not_lost,
    a_healing_job_leaves_lines_out_that_the_retention_removes_and_they_are_lost,
    a_replay_heals_an_outage_only_if_it_covers_all_of_it,
    a_replay_heals_an_outage_with_what_the_failed_replay_delivered_that_it_resumes,
    a_resumed_replay_heals_no_outage_with_lines_that_arrived_after_its_snapshot,
    a_refused_batch_is_listed_alone_and_an_outage_around_it_leaves_it_out,
    the_retention_takes_lines_out_of_outages_and_counts_them_as_lost,
    a_healing_job_reports_the_lines_that_the_retention_has_removed,
    an_outage_whose_lines_are_all_past_the_retention_cannot_be_healed,
    a_receiver_that_refuses_one_batch_after_another_makes_one_outage,
    the_retention_keeps_lines_that_the_lane_still_sends,
}

async fn an_outage_has_the_lines_after_its_probe_and_the_lane_goes_on_with_new_ones() {
    let store = forwarding().await;
    append(&store, &[(3, "a")]).await;
    let probe = send(&store).await;
    give_up(&store, &probe).await;
    let health = store.webhook_health(&us()).await.unwrap();
    assert_eq!((health.status, health.inactive_since), (WebhookStatus::Inactive, Some(at(10))));
    append(&store, &[(5, "b"), (2, "cc")]).await;
    let open = outage(&store).await;
    assert_eq!((open.ended_at, open.undelivered), (None, amount(3, 4)));
    acknowledge(&store, &probe).await;
    append(&store, &[(6, "new")]).await;
    assert_eq!(live_texts(&send(&store).await), ["new"]);
    let ended = outage(&store).await;
    assert_eq!((ended.ended_at, ended.undelivered), (Some(at(11)), amount(2, 3)));
    assert_eq!(ended.span, Timeframe::new(at(2), at(5)).ok());
    let health = store.webhook_health(&us()).await.unwrap();
    assert_eq!((health.status, health.inactive_since), (WebhookStatus::Active, None));
}

async fn a_healing_job_delivers_exactly_the_undelivered_lines_and_heals_the_outage() {
    let store = with_outage().await;
    store.append(&us(), vec![line(3, "beside")]).await.unwrap();
    let id = outage(&store).await.id;
    store.heal(&us(), id, JobId(1), None, at(0), at(12)).await.unwrap();
    assert_eq!(texts(&start(&store).await.unwrap()), ["cc", "b"]);
    delivered(&store).await;
    let healed = outage(&store).await;
    assert_eq!(healed.healed.map(|healed| healed.by), Some(Some(JobId(1))));
    assert_eq!(healed.undelivered, amount(0, 0));
}

async fn a_failed_healing_job_leaves_its_unacknowledged_lines_in_the_outage() {
    let store = with_outage().await;
    let id = outage(&store).await.id;
    store.heal(&us(), id, JobId(1), None, at(0), at(12)).await.unwrap();
    fail_after_one_line(&store).await;
    let left = outage(&store).await;
    assert_eq!((left.undelivered, left.healed), (amount(1, 1), None));
}

async fn a_resumed_healing_job_heals_the_outage_and_what_the_first_one_delivered_is_not_lost() {
    for cutoff in [-99, 4] {
        let store = with_outage().await;
        let id = outage(&store).await.id;
        store.heal(&us(), id, JobId(1), None, at(0), at(12)).await.unwrap();
        fail_after_one_line(&store).await;

        resume(&store, at(cutoff)).await;
        assert_eq!(outage(&store).await.healing_job, Some(JobId(2)));
        let progress = store.job(&us()).await.unwrap().configured().unwrap().progress.clone();
        let progress = progress.unwrap();
        assert_eq!((progress.total, progress.lost_lines), (Some(amount(1, 1)), 0));
        delivered(&store).await;
        let healed = outage(&store).await;
        assert_eq!(healed.healed.map(|healed| healed.by), Some(Some(JobId(2))));
        assert_eq!((healed.undelivered, healed.lost_lines), (amount(0, 0), 0));
    }
}

async fn a_healing_job_leaves_lines_out_that_the_retention_removes_and_they_are_lost() {
    let store = with_outage().await;
    let id = outage(&store).await.id;
    store.heal(&us(), id, JobId(1), None, at(0), at(12)).await.unwrap();
    store.advance(&us(), JobId(1), Step::Schedule, at(12)).await.unwrap();
    store.start(&us(), JobId(1), LIMITS, at(4), at(12)).await.unwrap();
    let progress = store.job(&us()).await.unwrap().configured().unwrap().progress.clone().unwrap();
    assert_eq!((progress.total, progress.lost_lines), (Some(amount(1, 1)), 1));
    assert_eq!(delivered(&store).await.len(), 1);
    assert_eq!(outage(&store).await.lost_lines, 1);
}

async fn a_replay_heals_an_outage_only_if_it_covers_all_of_it() {
    for (start_at, is_healed) in [(2, true), (3, false)] {
        let store = with_outage().await;
        submit(&store, at(start_at), at(9)).await;
        start(&store).await;
        delivered(&store).await;
        assert_eq!(outage(&store).await.healed.is_some(), is_healed, "from {start_at}");
    }
}

async fn a_replay_heals_an_outage_with_what_the_failed_replay_delivered_that_it_resumes() {
    let store = with_outage().await;
    submit(&store, at(2), at(9)).await;
    fail_after_one_line(&store).await;
    assert_eq!(outage(&store).await.healed, None);
    resume(&store, at(-99)).await;
    delivered(&store).await;
    let healed = outage(&store).await;
    assert_eq!(healed.healed.map(|healed| healed.by), Some(Some(JobId(2))));
}

async fn a_resumed_replay_heals_no_outage_with_lines_that_arrived_after_its_snapshot() {
    let store = forwarding().await;
    append(&store, &[(3, "a")]).await;
    let probe = send(&store).await;
    give_up(&store, &probe).await;
    append(&store, &[(5, "b")]).await;
    submit(&store, at(2), at(9)).await;
    fail_after_one_line(&store).await;
    // The failed replay has passed this line's place already.
    append(&store, &[(2, "cc")]).await;
    acknowledge(&store, &probe).await;
    resume(&store, at(-99)).await;
    delivered(&store).await;
    let left = outage(&store).await;
    assert_eq!((left.healed, left.undelivered), (None, amount(2, 3)));
}

async fn a_refused_batch_is_listed_alone_and_an_outage_around_it_leaves_it_out() {
    let store = forwarding().await;
    append(&store, &[(1, "a"), (2, "b"), (3, "c")]).await;
    give_up(&store, &send_with(&store, 1).await).await;
    let probe = send(&store).await;
    let refused = LaneOutcome::BatchRefused { detail: "the webhook answered 400".to_owned() };
    record_live(&store, &probe, refused, 2).await;
    acknowledge(&store, &send_with(&store, 1).await).await;
    let outages = store.outages(&us(), None, 9).await.unwrap().outages;
    let listed: Vec<_> =
        outages.iter().map(|outage| (outage.cause.reason, outage.undelivered)).collect();
    let expected =
        [(OutageReason::BatchRefused, amount(1, 1)), (OutageReason::Unreachable, amount(1, 1))];
    assert_eq!(listed, expected);
}

async fn the_retention_takes_lines_out_of_outages_and_counts_them_as_lost() {
    let store = with_outage().await;
    assert_eq!(store.trim(&us(), at(5)).await.unwrap(), Trimmed { lines: 2, lost_lines: 1 });
    let left = outage(&store).await;
    assert_eq!((left.undelivered, left.lost_lines), (amount(1, 1), 1));
    assert_eq!(store.trim(&us(), at(6)).await.unwrap(), Trimmed { lines: 1, lost_lines: 1 });
    let lost = outage(&store).await;
    assert_eq!((lost.undelivered, lost.lost_lines, lost.healed), (amount(0, 0), 2, None));
}

async fn a_healing_job_reports_the_lines_that_the_retention_has_removed() {
    let store = with_outage().await;
    store.trim(&us(), at(5)).await.unwrap();
    let id = outage(&store).await.id;
    store.heal(&us(), id, JobId(1), None, at(0), at(12)).await.unwrap();
    assert_eq!(texts(&start(&store).await.unwrap()), ["b"]);
    delivered(&store).await;
    let job = store.job(&us()).await.unwrap().configured().unwrap().clone();
    assert_eq!((job.status, job.progress.unwrap().lost_lines), (JobStatus::Completed, 1));
    let healed = outage(&store).await;
    assert_eq!((healed.healed.is_some(), healed.lost_lines), (true, 1));
}

async fn an_outage_whose_lines_are_all_past_the_retention_cannot_be_healed() {
    let store = with_outage().await;
    let id = outage(&store).await.id;
    let refused = store.heal(&us(), id, JobId(1), None, at(6), at(12)).await.unwrap_err();
    assert!(matches!(refused, ChangeError::Refused(Refusal::NothingLeft)), "{refused:?}");
    assert!(!store.heal_oldest(&us(), JobId(1), at(0), at(6), at(99)).await.unwrap());
    assert!(store.heal_oldest(&us(), JobId(1), at(0), at(5), at(99)).await.unwrap());
}

async fn a_receiver_that_refuses_one_batch_after_another_makes_one_outage() {
    let store = forwarding().await;
    append(&store, &[(1, "a"), (2, "b"), (3, "c")]).await;
    for _ in 0..3 {
        let refused = LaneOutcome::BatchRefused { detail: "the webhook answered 400".to_owned() };
        record_live(&store, &send_with(&store, 1).await, refused, 2).await;
    }
    let outages = store.outages(&us(), None, 9).await.unwrap().outages;
    assert_eq!(outages.len(), 1);
    assert_eq!(outages[0].undelivered, amount(3, 3));
    assert_eq!(outages[0].span, Timeframe::new(at(1), at(3)).ok());
}

async fn the_retention_keeps_lines_that_the_lane_still_sends() {
    let store = forwarding().await;
    append(&store, &[(1, "a")]).await;
    append(&store, &[(2, "b")]).await;
    let batch = send_with(&store, 1).await;
    assert_eq!(store.trim(&us(), at(9)).await.unwrap(), Trimmed::default());
    give_up(&store, &batch).await;
    assert_eq!(store.trim(&us(), at(9)).await.unwrap(), Trimmed { lines: 1, lost_lines: 1 });
    assert_eq!(live_texts(&send(&store).await), ["a"], "the batch is sent as it is");
}

/// A store with an ended outage of the lines `b` of minute 5 and `cc` of minute 2.
pub(super) async fn with_outage() -> Store {
    let store = forwarding().await;
    append(&store, &[(3, "a")]).await;
    let probe = send(&store).await;
    give_up(&store, &probe).await;
    append(&store, &[(5, "b")]).await;
    append(&store, &[(2, "cc")]).await;
    acknowledge(&store, &probe).await;
    store
}

/// Starts job 1, which fails after its first line was delivered.
pub(super) async fn fail_after_one_line(store: &Store) {
    let one_line = Limits { batch: BatchLimits { lines: 1, bytes: 1_000 }, ..LIMITS };
    store.advance(&us(), JobId(1), Step::Schedule, at(12)).await.unwrap();
    store.start(&us(), JobId(1), one_line, at(-99), at(12)).await.unwrap();
    let first = next(store).await.unwrap();
    record(store, &first, acknowledged(&first), 202).await;
    store.advance(&us(), JobId(1), Step::Fail("given up".to_owned()), at(13)).await.unwrap();
}

/// Starts job 2, which resumes job 1 without the lines dated before `cutoff`.
pub(super) async fn resume(store: &Store, cutoff: Timestamp) {
    store.resume(&us(), JobId(2), None, cutoff, at(14)).await.unwrap();
    store.advance(&us(), JobId(2), Step::Schedule, at(14)).await.unwrap();
    store.start(&us(), JobId(2), LIMITS, cutoff, at(14)).await.unwrap();
}

/// The latest outage.
pub(super) async fn outage(store: &Store) -> Outage {
    store.outages(&us(), None, 1).await.unwrap().outages.remove(0)
}
