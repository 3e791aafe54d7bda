//! The database of the walk, whose rows are set before each event.

use replay_core::{
    LaneId, OutageId,
    lease::{Work, WorkKind},
    webhook::Patch,
};
use replay_server::store::{ForwardedRegion, Store};
use replay_tests::{
    database_image::ImagedDatabase,
    test_database::TestDatabase,
    walking::{at, endpoint, new_line, us},
};
use std::sync::Arc;

/// A store and the rows of its database.
#[derive(Debug)]
pub(in crate::nodes) struct Database {
    pub(super) store: Store,
    pub(super) rows: ImagedDatabase,
    /// What the nodes share: the requests to the region's webhook.
    pub(super) works: Arc<[Work]>,
}

/// The walk decides when a lease expires: until then, it lasts, however long the walk does.
pub(super) const LASTING: &str = "
    UPDATE lease SET expires_at = 4000000000000 WHERE expires_at NOT IN (0, 4000000000000);
    UPDATE node SET seen_at = 4000000000000 WHERE seen_at NOT IN (0, 4000000000000)";

/// Lets every lease expire.
pub(super) const EXPIRE: &str = "UPDATE lease SET expires_at = 0; UPDATE node SET seen_at = 0";

/// The lines that are archived before the walk begins, with their minutes.
pub(super) const LINES: [(i64, &str); 4] = [(2, "b"), (1, "a"), (2, "c"), (2, "d")];

/// The line that arrives.
pub(super) const LATE: (i64, &str) = (1, "late");

impl Database {
    /// Some lines, an enabled webhook, and a live lane.
    pub(in crate::nodes) async fn new() -> Self {
        let database = TestDatabase::new();
        let store = Store::connect(database.config().clone()).await.unwrap();
        for (minute, text) in LINES {
            store.append(&us(), vec![new_line(at(minute), text)]).await.unwrap();
        }
        let patch = Patch { enabled: Some(true), ..endpoint("https://a.example") };
        store.patch_webhook(&us(), patch, OutageId(0), at(-9)).await.unwrap();
        let forwarded =
            ForwardedRegion { region: us(), new_lane: LaneId(255), new_outage: OutageId(0) };
        store.set_forwarding(vec![forwarded], true, at(-9)).await.unwrap();
        let works = [Work { kind: WorkKind::Delivery, region: us() }];
        // The lease is inserted before it is claimed.
        let rows = ImagedDatabase::new(&database);
        Self { store, rows, works: Arc::new(works) }
    }
}
