//! Steps of an engine without its tasks, and the batches of a running job.

use std::sync::Arc;

use replay_core::Region;
use replay_server::{
    delivery::Deliver,
    engine::{Deliveries, Engine, Next},
    store::{Batch, Claimed, Due, Store},
};

/// Takes the next step of the region's job. A request is made and its result stored.
pub async fn step<D: Deliver>(
    engine: &Engine<D>,
    region: &Region,
    deliveries: &mut Deliveries,
) -> Next {
    // What a test changed is noticed without a wake-up.
    deliveries.mark_stale();
    let next = engine.next(region, deliveries).await.unwrap();
    let Next::Send(batch) = next else { return next };
    let result = engine.delivery.deliver(&batch).await;
    engine.finish(region, deliveries, vec![(batch, result)]).await.unwrap();
    Next::Now
}

/// The unacknowledged batches of the region's running job in order; none if no job is running.
/// Claims its slices.
pub async fn batches(store: &Store, region: &Region) -> Vec<Batch> {
    let Due::Deliver { job: id, .. } = store.due(region).await.unwrap() else { return Vec::new() };
    let Claimed { receiver, slices } = store.claim(region, id, "test").await.unwrap();
    let mut all = Vec::new();
    for mut slice in slices {
        while !slice.is_completed() {
            let receiver = Arc::clone(&receiver);
            let batches = store.next_batches(region, id, slice, receiver).await.unwrap();
            slice.cursor = batches.last().map_or(slice.end, |batch| batch.cursor);
            all.extend(batches);
        }
    }
    all
}

/// The lines of a batch, without line feeds.
pub fn lines(batch: &Batch) -> Vec<Vec<u8>> {
    let text = batch.body.text();
    let lines = text.strip_suffix(b"\n").unwrap_or(&text).split(|byte| *byte == b'\n');
    lines.map(<[u8]>::to_vec).collect()
}
