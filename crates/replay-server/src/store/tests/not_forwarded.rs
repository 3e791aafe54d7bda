//! What a live lane does not forward, and what it makes of changes and answers of its webhook.

use super::{
    lanes::{
        acknowledge, amount, append, forward, forwarding, give_up, live_texts, next_live,
        record_live, send, set_enabled,
    },
    outages::outage,
    *,
};
use replay_core::{lane::LaneOutcome, outage::OutageReason, webhook::WebhookStatus};

on_each_database! {
    lines_dated_before_enabling_are_listed_in_one_outage_and_not_forwarded,
    a_halved_batch_around_a_line_dated_before_enabling_lists_that_line_once,
    a_sample_between_lines_dated_before_enabling_is_not_listed,
    samples_are_neither_forwarded_nor_listed,
    disabling_is_an_outage_of_what_arrives_until_the_webhook_is_enabled_again,
    a_server_that_does_not_forward_has_an_outage_until_it_does_again,
    an_answer_that_the_receiver_is_gone_disables_the_webhook,
    an_answer_of_an_earlier_webhook_changes_nothing_unless_it_is_an_acknowledgement,
}

async fn lines_dated_before_enabling_are_listed_in_one_outage_and_not_forwarded() {
    let store = forwarding().await;
    append(&store, &[(-1, "old"), (1, "a"), (-2, "older")]).await;
    let batch = send(&store).await;
    assert_eq!(live_texts(&batch), ["a"]);
    acknowledge(&store, &batch).await;
    assert_eq!(next_live(&store).await, LiveNext::Nothing);
    append(&store, &[(-3, "oldest")]).await;
    assert_eq!(next_live(&store).await, LiveNext::Nothing);
    let listed = store.outages(&us(), None, 9).await.unwrap().outages;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].cause.reason, OutageReason::DatedBeforeEnabling);
    assert_eq!(listed[0].undelivered, amount(3, 14));
    assert_eq!(listed[0].span, Timeframe::new(at(-3), at(-1)).ok());
}

async fn a_halved_batch_around_a_line_dated_before_enabling_lists_that_line_once() {
    let store = forwarding().await;
    append(&store, &[(1, "a"), (-1, "old"), (2, "b"), (3, "c")]).await;
    let batch = send(&store).await;
    assert_eq!(live_texts(&batch), ["a", "b", "c"]);
    let halves = LaneOutcome::TooLarge { last_of_half: batch.last_of_half.unwrap() };
    record_live(&store, &batch, halves, 1).await;
    for expected in [vec!["a"], vec!["b", "c"]] {
        let half = send(&store).await;
        assert_eq!(live_texts(&half), expected);
        acknowledge(&store, &half).await;
    }
    assert_eq!(outage(&store).await.undelivered, amount(1, 3));
    assert_eq!(next_live(&store).await, LiveNext::Nothing);
}

async fn a_sample_between_lines_dated_before_enabling_is_not_listed() {
    let store = forwarding().await;
    append(&store, &[(-1, "old")]).await;
    store.append_samples(&us(), vec![line(-2, "sample")]).await.unwrap();
    append(&store, &[(-3, "older")]).await;
    assert_eq!(next_live(&store).await, LiveNext::Nothing);
    assert_eq!(outage(&store).await.undelivered, amount(2, 8));
}

async fn samples_are_neither_forwarded_nor_listed() {
    let store = forwarding().await;
    store.append_samples(&us(), vec![line(1, "sample")]).await.unwrap();
    assert_eq!(next_live(&store).await, LiveNext::Nothing);
    append(&store, &[(1, "a")]).await;
    let batch = send(&store).await;
    assert_eq!(live_texts(&batch), ["a"]);
    give_up(&store, &batch).await;
    store.append_samples(&us(), vec![line(2, "another")]).await.unwrap();
    acknowledge(&store, &batch).await;
    assert_eq!(outage(&store).await.undelivered, amount(0, 0));
}

async fn disabling_is_an_outage_of_what_arrives_until_the_webhook_is_enabled_again() {
    let store = forwarding().await;
    append(&store, &[(1, "a")]).await;
    acknowledge(&store, &send(&store).await).await;
    set_enabled(&store, false).await;
    append(&store, &[(2, "b")]).await;
    assert_eq!(next_live(&store).await, LiveNext::Nothing);
    set_enabled(&store, true).await;
    append(&store, &[(30, "c")]).await;
    assert_eq!(live_texts(&send(&store).await), ["c"]);
    let ended = outage(&store).await;
    assert_eq!((ended.cause.reason, ended.undelivered), (OutageReason::Disabled, amount(1, 1)));
}

async fn a_server_that_does_not_forward_has_an_outage_until_it_does_again() {
    let store = forwarding().await;
    forward(&store, false).await;
    append(&store, &[(2, "b")]).await;
    forward(&store, true).await;
    assert_eq!(next_live(&store).await, LiveNext::Nothing);
    let ended = outage(&store).await;
    assert_eq!(ended.cause.reason, OutageReason::NotForwarding);
    assert_eq!((ended.ended_at.is_some(), ended.undelivered), (true, amount(1, 1)));
}

async fn an_answer_that_the_receiver_is_gone_disables_the_webhook() {
    let store = forwarding().await;
    append(&store, &[(1, "a")]).await;
    let gone = LaneOutcome::Gone { detail: "the webhook answered 410".to_owned() };
    record_live(&store, &send(&store).await, gone, 1).await;
    assert!(!store.webhook(&us()).await.unwrap().0.is_enabled());
    let cause = outage(&store).await.cause;
    assert_eq!(cause.reason, OutageReason::Disabled);
    assert_eq!(cause.detail.as_deref(), Some("the webhook answered 410"));
}

async fn an_answer_of_an_earlier_webhook_changes_nothing_unless_it_is_an_acknowledgement() {
    let store = forwarding().await;
    append(&store, &[(1, "a")]).await;
    let batch = send(&store).await;
    let sent_to = store.database.read(|db| webhooks::current_revision(db, &us())).await.unwrap();
    let elsewhere = "https://b.example".to_owned();
    let endpoint = Some(Endpoint { url: elsewhere.clone(), origin: elsewhere });
    let patch = Patch { endpoint, ..Patch::default() };
    store.patch_webhook(&us(), patch, OutageId(9), at(2)).await.unwrap();
    let refused = LaneOutcome::BatchRefused { detail: "the webhook answered 400".to_owned() };
    let gone = LaneOutcome::Gone { detail: "the webhook answered 410".to_owned() };
    for outcome in [refused, gone, LaneOutcome::Acknowledged] {
        assert_eq!(send(&store).await.webhook_id(), batch.webhook_id());
        let attempt = Some(Attempt { at: at(3), code: Some(500), message: None });
        let (range, webhook_revision) = (batch.range, sent_to);
        let record = LiveRecord { range, webhook_revision, outcome, attempt };
        store.record_live(&us(), record, OutageId(9), at(3)).await.unwrap();
    }
    assert_eq!(next_live(&store).await, LiveNext::Nothing);
    assert_eq!(store.outages(&us(), None, 9).await.unwrap().outages, []);
    let health = store.webhook_health(&us()).await.unwrap();
    assert_eq!((health.status, health.enabled), (WebhookStatus::Active, true));
}
