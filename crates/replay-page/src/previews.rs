//! The previews of a region: how many entries the chosen window, the retention and the zoomed part of
//! it hold. Each is read when it is wanted and from then on slowly, since entries arrive; what is
//! wanted is decided by the workspace.

use alloc::string::String;

use chrono::TimeDelta;
use replay_client::{
    ClientEffects, Method, Previewed, Remote, RequestId, RequestOwner, Response, TransportError,
};
use replay_core::{Policy, Region, Timeframe, timeframe::Edge};
use replay_wire::{Preview, read_preview, routes::Operation};
use time_range::{Context, Range, Timestamp, write_timestamp};

use crate::picker::to_send;

/// The previews of a region.
#[derive(Clone, Debug, PartialEq)]
pub struct Previews {
    region: Region,
    slots: [Slot; Previewed::ALL.len()],
}

/// One preview.
#[derive(Clone, Debug, Default, PartialEq)]
struct Slot {
    /// The range that it is of; without one, it is not read.
    range: Option<Range>,
    preview: Remote<Preview>,
    /// When it was last read.
    read_at: Option<Timestamp>,
    /// The wait until the next read.
    timer: Option<RequestId>,
}

/// The pause before a read while the user is still choosing.
const CHOOSING_PAUSE: TimeDelta = TimeDelta::milliseconds(300);

/// The pause between reads of a chosen window that moves with the time.
const MOVING_PAUSE: TimeDelta = TimeDelta::seconds(30);

/// The pause between reads of anything else.
const SLOW_PAUSE: TimeDelta = TimeDelta::minutes(2);

impl Previews {
    pub(crate) fn new(region: Region) -> Self {
        Self { region, slots: Default::default() }
    }

    /// One of the previews.
    pub(crate) const fn get(&self, which: Previewed) -> &Remote<Preview> {
        &self.slots[which as usize].preview
    }

    /// The preview of this range of the chosen window, if it is known.
    pub(crate) fn selection(&self, range: Range) -> Option<&Preview> {
        let slot = &self.slots[Previewed::Selection as usize];
        slot.preview.known().filter(|_| slot.range == Some(range))
    }

    /// When the preview of the chosen window was last read.
    pub(crate) const fn selection_read_at(&self) -> Option<Timestamp> {
        self.slots[Previewed::Selection as usize].read_at
    }

    /// Wants the preview of a range, which must be valid; reads it if that is due.
    pub(crate) fn want(
        &mut self,
        which: Previewed,
        range: Option<Range>,
        policy: &Policy,
        context: Context<'_>,
        effects: &mut ClientEffects,
    ) {
        let owner = RequestOwner::Preview(self.region.clone(), which);
        let slot = &mut self.slots[which as usize];
        if slot.range != range {
            let is_changed = slot.range.is_some() && range.is_some();
            effects.abort_reads_of(&owner);
            *slot = Slot { range, ..Slot::default() };
            slot.timer = is_changed.then(|| effects.wait(owner.clone(), CHOOSING_PAUSE));
        }
        if let Some(range) = range
            && slot.timer.is_none()
            && !slot.preview.is_loading()
            && let Ok(timeframe) = to_send(range, policy, context)
        {
            let path = path(&self.region, timeframe);
            slot.preview.start_read(effects.fetch(owner, Method::Get, path, None));
        }
    }

    /// Makes a read of every wanted preview due.
    pub(crate) fn refresh(&mut self) {
        for slot in &mut self.slots {
            slot.timer = None;
        }
    }

    /// Takes in the response to a read.
    pub(crate) fn response_received(
        &mut self,
        which: Previewed,
        request_id: &RequestId,
        response: &Result<Response, TransportError>,
        now: Timestamp,
        effects: &mut ClientEffects,
    ) {
        let slot = &mut self.slots[which as usize];
        if slot.preview.response_received(request_id, response, read_preview) {
            if slot.preview.request_error().is_none() {
                slot.read_at = Some(now);
            }
            let is_moving = slot.range.is_some_and(|range| range.from.is_relative());
            let is_selection = which == Previewed::Selection;
            let pause = if is_moving && is_selection { MOVING_PAUSE } else { SLOW_PAUSE };
            slot.timer = Some(effects.wait(request_id.owner.clone(), pause));
        }
    }

    /// Takes in the end of a wait.
    pub(crate) fn elapsed(&mut self, which: Previewed, request_id: &RequestId) {
        self.slots[which as usize].timer.take_if(|timer| timer == request_id);
    }
}

fn path(region: &Region, timeframe: Timeframe) -> String {
    let mut path = Operation::PreviewReplay.path(region);
    let ends = [(Edge::Start, timeframe.start()), (Edge::End, timeframe.end())];
    for (separator, (edge, at)) in ["?", "&"].into_iter().zip(ends) {
        path += separator;
        path += edge.field();
        path += "=";
        // Nothing in a timestamp needs an encoding.
        path += &write_timestamp(at);
    }
    path
}
