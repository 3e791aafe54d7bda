//! Reads all regions in one request, from time to time, if the server has an overview. If that read
//! fails, the regions are read one by one.

use alloc::{string::String, vec::Vec};

use replay_client::{ClientEffects, RequestError, RequestId, Response, TransportError};
use replay_wire::RegionOverview;
use time_range::Context;

use super::{Watching, Workspace};
use crate::effects::Effects;

impl Workspace {
    /// Whether the server reports all regions in one answer.
    pub(crate) const fn has_overview(&self) -> bool {
        self.heartbeat.is_some()
    }

    /// Reads all regions at once, as the latest read of each.
    pub(super) fn read_overview(&mut self, effects: &mut ClientEffects) {
        let Some(heartbeat) = &mut self.heartbeat else { return };
        let request_id = heartbeat.start_read(effects);
        self.me.start_read(request_id.clone());
        for region_state in &mut self.region_states {
            region_state.join_read(&request_id);
        }
    }

    /// Watches the regions after the overview was read or requested.
    pub(super) fn watch_jointly(&mut self, effects: &mut ClientEffects) {
        for region_state in &mut self.region_states {
            region_state.tracker.watch_jointly(effects);
        }
    }

    /// Takes in the end of a wait.
    pub(super) fn overview_elapsed(&mut self, request_id: &RequestId, effects: &mut ClientEffects) {
        let is_due = self.heartbeat.as_mut().is_some_and(|heartbeat| heartbeat.elapsed(request_id));
        if is_due && self.is_watching() {
            self.read_overview(effects);
        }
    }

    /// Takes in an overview, or why there is none.
    pub(super) fn overview_received(
        &mut self,
        request_id: &RequestId,
        response: &Result<Response, TransportError>,
        context: Context<'_>,
        effects: &mut Effects,
    ) {
        let heartbeat = self.heartbeat.as_mut();
        let result = heartbeat.and_then(|one| one.response_received(request_id, response));
        let has_changed = match result {
            None => return,
            Some(Ok(overview)) => {
                self.me.read_ended(request_id, Ok(overview.me()));
                self.regions_received(request_id, overview.regions, context, effects)
            }
            Some(Err(error)) => {
                let is_final = is_final(&error);
                self.me.read_ended(request_id, Err(error));
                for region_state in &mut self.region_states {
                    region_state.leave_read(request_id);
                }
                if self.is_watching() && !is_final {
                    self.watch_each(&mut effects.client);
                } else if self.is_hidden() && !is_final {
                    self.read_unsettled(&mut effects.client);
                }
                false
            }
        };
        if !self.may_read() {
            self.watch(Watching::Off, &mut effects.client);
        }
        if self.is_watching()
            && let Some(heartbeat) = &mut self.heartbeat
        {
            heartbeat.schedule_read(has_changed, &mut effects.client);
        }
    }

    /// Hands each region its part; returns whether one has changed.
    fn regions_received(
        &mut self,
        request_id: &RequestId,
        mut regions: Vec<RegionOverview>,
        context: Context<'_>,
        effects: &mut Effects,
    ) -> bool {
        let (mut has_changed, mut announcement) = (false, String::new());
        for place in 0..self.region_states.len() {
            let region = self.region_states[place].region.clone();
            let (pace, is_shown) = (self.progress_pace(&region), self.is_alone_in_view(&region));
            let region_state = &mut self.region_states[place];
            let part = regions.iter().position(|one| one.region == region);
            let part = part.map(|part| regions.swap_remove(part));
            let client = &mut effects.client;
            let change =
                region_state.overview_received(request_id, part, is_shown, context.now, client);
            region_state.follow_progress(pace, client);
            has_changed |= change.has_changed;
            self.tell(&region, &change, &mut announcement, context, effects);
        }
        self.announce_news(announcement);
        has_changed
    }
}

/// Whether every other read would have the same result: the token is rejected, or reads nothing.
const fn is_final(error: &RequestError) -> bool {
    matches!(error, RequestError::Refused { status: 401 | 403, .. })
}
