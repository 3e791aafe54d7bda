//! A store with rows in every table.

use super::{
    lanes::{append, give_up, send},
    outages::{fail_after_one_line, resume, with_outage},
    *,
};
use replay_core::{IdempotencyKey, Scope, idempotency::BodyDigest};

const BLOCKS: SealLimits = blocks_of(5);

/// A store with jobs in each status. In `us` a job is running that resumes one which heals an outage,
/// while another outage is open; in `eu` one with several batches.
pub(super) async fn filled() -> Store {
    let store = with_outage().await;
    let outage = outages::outage(&store).await.id;
    store.heal(&us(), outage, JobId(1), None, at(0), at(12)).await.unwrap();
    fail_after_one_line(&store).await;
    resume(&store, at(-99)).await;
    append(&store, &[(6, "new")]).await;
    give_up(&store, &send(&store).await).await;
    store.append_samples(&us(), lines(3)).await.unwrap();
    run_in_eu(&store).await;
    for (label, steps) in [("au", 0), ("me", 1), ("in", 2)] {
        settle_in(&store, &Region::named(label).unwrap(), steps).await;
    }
    store.set_served_regions(vec![us(), eu()]).await.unwrap();
    let mut token = token("one");
    token.last_used_at = Some(at(8));
    store.add_token(token).await.unwrap();
    store
}

/// A running job with a region's lines in blocks, and earlier parts that were deleted.
async fn run_in_eu(store: &Store) {
    store.patch_webhook(&eu(), enabled_webhook(), OutageId(0), at(0)).await.unwrap();
    for minute in 0..20 {
        store.append(&eu(), vec![line(minute, &format!("line {minute}"))]).await.unwrap();
    }
    while store.seal(&eu(), BLOCKS).await.unwrap() {}
    let timeframe = Timeframe::new(at(0), at(19)).unwrap();
    let submission = Submission::to_region(eu(), JobId(5), timeframe);
    let put = KeyedPut {
        scope: Scope::One(eu()),
        token_id: "one".to_owned(),
        key: IdempotencyKey::read(b"ticket").unwrap(),
        body: BodyDigest([7; 32]),
    };
    store.submit_once(submission, Some(put), at(9)).await.unwrap();
    store.advance(&eu(), JobId(5), Step::Schedule, at(9)).await.unwrap();
    store.start(&eu(), JobId(5), LIMITS, at(-99), at(9)).await.unwrap();
}

/// A job of a PUT to `global` that was replaced by one which made this number of steps.
async fn settle_in(store: &Store, region: &Region, steps: usize) {
    store.patch_webhook(region, enabled_webhook(), OutageId(0), at(0)).await.unwrap();
    let timeframe = Timeframe::new(at(0), at(1)).unwrap();
    let jobs = vec![NewJob { region: region.clone(), id: JobId(7) }];
    store.submit(Submission::to_global(PutId(9), jobs, timeframe), at(9)).await.unwrap();
    let submission = Submission::to_region(region.clone(), JobId(8), timeframe);
    store.submit(submission, at(9)).await.unwrap();
    if steps > 0 {
        store.advance(region, JobId(8), Step::Schedule, at(9)).await.unwrap();
    }
    if steps > 1 {
        store.start(region, JobId(8), LIMITS, at(-99), at(9)).await.unwrap();
        store.advance(region, JobId(8), Step::Complete, at(9)).await.unwrap();
    }
}

/// A token of an admin.
pub(super) fn token(id: &str) -> StoredToken {
    StoredToken {
        id: id.to_owned(),
        role: "org-admin".to_owned(),
        regions: Vec::new(),
        sha256: [3; 32],
        created_at: at(0),
        expires_at: Some(at(99)),
        last_used_at: None,
    }
}
