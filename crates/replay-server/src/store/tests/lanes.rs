//! Live lanes: the lines of their batches, and what is not forwarded.

use super::{outages::outage, *};
use crate::archive::SealLimits;
use replay_core::{
    LaneId,
    job::Amount,
    lane::LaneOutcome,
    outage::{OutageCause, OutageReason, SeqRange},
    webhook::WebhookStatus,
};

const BLOCKS: SealLimits =
    SealLimits { lines: 4, bytes: 10_000, round_lines: 100, round_bytes: 10_000, overlaps: 2 };

#[tokio::test]
async fn a_batch_has_the_lines_in_order_of_arrival_whatever_their_day_and_their_part() {
    let store = forwarding().await;
    let day = 24 * 60;
    append(&store, &[(2 * day, "a"), (5, "b"), (day, "c")]).await;
    append(&store, &[(1, "d")]).await;
    store.append(&eu(), lines(2)).await.unwrap();
    append(&store, &[(3 * day, "e"), (2, "f")]).await;
    let batch = send(&store).await;
    assert_eq!((live_texts(&batch), batch.range), (split("a b c d e f"), range(1, 8)));
    assert_eq!(batch.webhook_id(), format!("{}-1-8", LaneId(7)));
    acknowledge(&store, &batch).await;
    assert_eq!(next_live(&store).await, LiveNext::Nothing);
}

#[tokio::test]
async fn a_batch_is_the_same_after_more_lines_a_restart_and_other_limits() {
    let store = forwarding().await;
    append(&store, &[(1, "a"), (0, "b")]).await;
    let batch = send(&store).await;
    append(&store, &[(1, "c")]).await;
    let store = Store::in_memory(Some(&store.image().await.unwrap())).unwrap();
    assert_eq!(send_with(&store, 1).await, batch);
    acknowledge(&store, &batch).await;
    assert_eq!(live_texts(&send_with(&store, 1).await), ["c"]);
}

#[tokio::test]
async fn a_batch_is_limited_in_lines_and_bytes_and_a_long_line_is_a_batch_of_its_own() {
    let store = forwarding().await;
    let long = "x".repeat(2_000);
    append(&store, &[(1, "a"), (1, "b"), (1, &long), (1, "c")]).await;
    for expected in [vec!["a", "b"], vec![&long], vec!["c"]] {
        let batch = send(&store).await;
        assert_eq!(live_texts(&batch), expected);
        acknowledge(&store, &batch).await;
    }
    append(&store, &[(1, "d"), (1, "e"), (1, "f")]).await;
    assert_eq!(live_texts(&send_with(&store, 2).await), ["d", "e"]);
}

#[tokio::test]
async fn the_lane_of_a_backup_has_an_id_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let (original, backup) = (dir.path().join("original.db"), dir.path().join("backup.db"));
    let store = forwarding_in(Store::open(&original).unwrap()).await;
    append(&store, &[(1, "a")]).await;
    let batch = send(&store).await;
    std::fs::write(&backup, b"").unwrap();
    store.back_up(backup.clone()).await.unwrap();
    let restored = send(&Store::open(&backup).unwrap()).await;
    assert_eq!(live_texts(&restored), live_texts(&batch));
    assert_ne!(restored.webhook_id(), batch.webhook_id());
    assert_eq!(send(&store).await.webhook_id(), batch.webhook_id());
}

#[tokio::test]
async fn lines_stay_recent_until_the_lane_has_passed_them() {
    let store = forwarding().await;
    for minute in 1..=8 {
        append(&store, &[(minute, "x")]).await;
    }
    assert!(!store.seal(&us(), BLOCKS).await.unwrap());
    let batch = send_with(&store, 4).await;
    acknowledge(&store, &batch).await;
    assert!(store.seal(&us(), BLOCKS).await.unwrap());
    assert_eq!(store.recent_lines(&us()).await.unwrap().lines, 4);
}

#[tokio::test]
async fn the_batch_of_an_outage_is_the_same_after_its_lines_were_sealed() {
    let store = forwarding().await;
    append(&store, &[(4, "a"), (3, "b"), (2, "c"), (1, "d"), (0, "e")]).await;
    let batch = send_with(&store, 2).await;
    give_up(&store, &batch).await;
    assert!(store.seal(&us(), BLOCKS).await.unwrap());
    let probe = send(&store).await;
    assert_eq!((live_texts(&probe), probe.webhook_id()), (split("a b"), batch.webhook_id()));
}

#[tokio::test]
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

#[tokio::test]
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

#[tokio::test]
async fn a_sample_between_lines_dated_before_enabling_is_not_listed() {
    let store = forwarding().await;
    append(&store, &[(-1, "old")]).await;
    store.append_samples(&us(), vec![line(-2, "sample")]).await.unwrap();
    append(&store, &[(-3, "older")]).await;
    assert_eq!(next_live(&store).await, LiveNext::Nothing);
    assert_eq!(outage(&store).await.undelivered, amount(2, 8));
}

#[tokio::test]
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

#[tokio::test]
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

#[tokio::test]
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

#[tokio::test]
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

#[tokio::test]
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

/// A store whose region `us` is forwarded since minute 0.
pub(super) async fn forwarding() -> Store {
    forwarding_in(Store::in_memory(None).unwrap()).await
}

async fn forwarding_in(store: Store) -> Store {
    enable(&store).await;
    forward(&store, true).await;
    store
}

pub(super) async fn forward(store: &Store, is_forwarding: bool) {
    let new_outage = new_outage(store).await;
    let region = ForwardedRegion { region: us(), new_lane: LaneId(7), new_outage };
    store.set_forwarding(vec![region], is_forwarding, at(0)).await.unwrap();
}

pub(super) async fn append(store: &Store, lines: &[(i64, &str)]) {
    let lines = lines.iter().map(|(minute, text)| line(*minute, text)).collect();
    store.append(&us(), lines).await.unwrap();
}

pub(super) async fn next_live(store: &Store) -> LiveNext {
    let new_outage = new_outage(store).await;
    store.next_live(&us(), LIMITS.batch, new_outage, at(10)).await.unwrap()
}

pub(super) async fn send(store: &Store) -> LiveBatch {
    send_with(store, LIMITS.batch.lines).await
}

pub(super) async fn send_with(store: &Store, lines: u64) -> LiveBatch {
    let (limits, new_outage) = (BatchLimits { lines, ..LIMITS.batch }, new_outage(store).await);
    let next = store.next_live(&us(), limits, new_outage, at(10)).await.unwrap();
    let LiveNext::Send(request) = next else { panic!("nothing is sent") };
    LiveBatch::clone(&request.batch)
}

pub(super) async fn acknowledge(store: &Store, batch: &LiveBatch) {
    record_live(store, batch, LaneOutcome::Acknowledged, 11).await;
}

pub(super) async fn give_up(store: &Store, batch: &LiveBatch) {
    let cause = OutageCause::plain(OutageReason::Unreachable);
    record_live(store, batch, LaneOutcome::GivenUp(cause), 10).await;
}

pub(super) async fn record_live(
    store: &Store,
    batch: &LiveBatch,
    outcome: LaneOutcome,
    minute: i64,
) {
    let code = if outcome == LaneOutcome::Acknowledged { 202 } else { 503 };
    let attempt = Some(Attempt { at: at(minute), code: Some(code), message: None });
    let revision = store.database.read(|db| webhooks::current_revision(db, &us()));
    let webhook_revision = revision.await.unwrap();
    let record = LiveRecord { range: batch.range, webhook_revision, outcome, attempt };
    let new_outage = new_outage(store).await;
    store.record_live(&us(), record, new_outage, at(minute)).await.unwrap();
}

pub(super) async fn set_enabled(store: &Store, enabled: bool) {
    let (patch, new_outage) =
        (Patch { enabled: Some(enabled), ..Patch::default() }, new_outage(store).await);
    store.patch_webhook(&us(), patch, new_outage, at(20)).await.unwrap();
}

/// The id for another outage.
pub(super) async fn new_outage(store: &Store) -> OutageId {
    OutageId(store.outages(&us(), None, 99).await.unwrap().outages.len() as u128)
}

pub(super) fn live_texts(batch: &LiveBatch) -> Vec<String> {
    String::from_utf8(batch.body.text()).unwrap().lines().map(str::to_owned).collect()
}

pub(super) fn split(words: &str) -> Vec<String> {
    words.split(' ').map(str::to_owned).collect()
}

pub(super) const fn range(first: i64, last: i64) -> SeqRange {
    SeqRange { first, last }
}

pub(super) const fn amount(lines: u64, bytes: u64) -> Amount {
    Amount { lines, bytes }
}
