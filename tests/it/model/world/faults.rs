//! The faults of a world: a crash of the process, and damage of the archive.

use core::mem;

use replay_server::engine::Deliveries;
use replay_tests::walked_database::WalkedImage;

use super::{Met, World};

impl World {
    /// Ends the process; the requests in flight have arrived or not.
    pub(super) fn crash(&mut self, has_arrived: bool) -> Option<()> {
        let in_flight = mem::take(&mut self.in_flight);
        for batch in &in_flight {
            self.note_sent(batch, has_arrived);
        }
        self.deliveries = Deliveries::default();
        self.meet(Met::CrashDuringRequest, !in_flight.is_empty());
        // Without a request, both crashes lead to the same world.
        (!in_flight.is_empty() || !has_arrived).then_some(())
    }

    /// The database with an unreadable text of a part with the line `c`.
    pub(super) fn damaged(&self) -> Option<WalkedImage> {
        let WalkedImage::Sqlite(mut image) = self.image.clone() else { return None };
        let text = b"c\n";
        let index = image.windows(text.len()).rposition(|bytes| bytes == text)?;
        image[index] = b'x';
        Some(WalkedImage::Sqlite(image))
    }
}
