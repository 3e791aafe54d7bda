//! Live lanes: the lines of their batches, and what is not forwarded.

use super::*;
use crate::archive::SealLimits;
use replay_core::{
    LaneId,
    job::Amount,
    lane::LaneOutcome,
    outage::{OutageCause, OutageReason, SeqRange},
};

on_each_database! {
    a_batch_has_the_lines_in_order_of_arrival_whatever_their_day_and_their_part,
    a_batch_is_the_same_after_more_lines_a_restart_and_other_limits,
    a_batch_is_limited_in_lines_and_bytes_and_a_long_line_is_a_batch_of_its_own,
    no_line_of_an_append_is_skipped_whose_days_overlap,
    lines_stay_recent_until_the_lane_has_passed_them,
    the_batch_of_an_outage_is_the_same_after_its_lines_were_sealed,
}

const BLOCKS: SealLimits = blocks_of(4);

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

async fn a_batch_is_the_same_after_more_lines_a_restart_and_other_limits() {
    let store = forwarding().await;
    append(&store, &[(1, "a"), (0, "b")]).await;
    let batch = send(&store).await;
    append(&store, &[(1, "c")]).await;
    let store = restarted(&store).await;
    assert_eq!(send_with(&store, 1).await, batch);
    acknowledge(&store, &batch).await;
    assert_eq!(live_texts(&send_with(&store, 1).await), ["c"]);
}

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

async fn no_line_of_an_append_is_skipped_whose_days_overlap() {
    let store = forwarding().await;
    let day_of = |seq| match seq {
        1..50 | 1_300 => 0,
        50..=1_150 => 1,
        1_200..=1_250 => 2,
        _ => 3,
    };
    let text = |seq: i64| seq.to_string();
    let lines = (1..=1_300).map(|seq| line(day_of(seq) * 24 * 60, &text(seq))).collect();
    store.append(&us(), lines).await.unwrap();
    let mut sent = Vec::new();
    for expected in [range(1, 1_000), range(1_001, 1_300)] {
        let limits = BatchLimits { lines: 1_000, bytes: 1_000_000 };
        let next = store.next_live(&us(), limits, OutageId(0), at(10)).await.unwrap();
        let LiveNext::Send(request) = next else { panic!("nothing is sent") };
        assert_eq!(request.batch.range, expected);
        sent.extend(live_texts(&request.batch));
        acknowledge(&store, &request.batch).await;
    }
    assert_eq!(sent, (1..=1_300).map(text).collect::<Vec<_>>());
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

async fn the_batch_of_an_outage_is_the_same_after_its_lines_were_sealed() {
    let store = forwarding().await;
    append(&store, &[(4, "a"), (3, "b"), (2, "c"), (1, "d"), (0, "e")]).await;
    let batch = send_with(&store, 2).await;
    give_up(&store, &batch).await;
    assert!(store.seal(&us(), BLOCKS).await.unwrap());
    let probe = send(&store).await;
    assert_eq!((live_texts(&probe), probe.webhook_id()), (split("a b"), batch.webhook_id()));
}

/// A store whose region `us` is forwarded since minute 0.
pub(super) async fn forwarding() -> Store {
    forwarding_in(new_store().await).await
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
