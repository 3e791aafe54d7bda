//! Passes responses and elapsed waits on to the part of the workspace that requested them.

use replay_client::{ClientEffects, RequestId, RequestOwner, Response, TransportError};
use replay_core::Region;
use replay_wire::read_me;
use time_range::Timestamp;

use super::Workspace;
use crate::{address::Tab, effect::Effect, effects::Effects, words};

impl Workspace {
    /// Takes in the response to a request.
    pub(crate) fn response_received(
        &mut self,
        request_id: &RequestId,
        response: &Result<Response, TransportError>,
        now: Timestamp,
        effects: &mut Effects,
    ) {
        match &request_id.owner {
            RequestOwner::Server => {}
            RequestOwner::Me => {
                self.me.response_received(request_id, response, read_me);
            }
            RequestOwner::Overview => {
                self.overview_received(request_id, response, now, &mut effects.client);
            }
            RequestOwner::Job(region) => {
                self.job_received(region, request_id, response, now, &mut effects.client);
            }
            RequestOwner::Webhook(region) => {
                self.webhook_received(region, request_id, response, effects);
            }
            RequestOwner::Outages(region) => {
                if let Some(region_state) = self.find(region) {
                    region_state.outages_received(request_id, response);
                }
            }
        }
        self.refreshing = self.is_refreshing();
    }

    /// Takes in the end of a wait.
    pub(crate) fn elapsed(&mut self, request_id: &RequestId, effects: &mut ClientEffects) {
        if request_id.owner == RequestOwner::Overview {
            self.overview_elapsed(request_id, effects);
        }
        if let RequestOwner::Job(region) | RequestOwner::Webhook(region) = &request_id.owner {
            let is_shown = self.is_alone_in_view(region);
            if let Some(region_state) = self.find(region) {
                region_state.elapsed(request_id, is_shown, effects);
            }
        }
    }

    /// Takes in a response about a job; announces a new status if the region is in view.
    fn job_received(
        &mut self,
        region: &Region,
        request_id: &RequestId,
        response: &Result<Response, TransportError>,
        now: Timestamp,
        effects: &mut ClientEffects,
    ) {
        let is_in_view = self.is_in_view(region);
        let is_shown = self.watching && self.is_alone_in_view(region);
        let Some(region_state) = self.find(region) else { return };
        let new_status = region_state.job_received(request_id, response, is_shown, now, effects);
        if is_in_view && let Some(status) = new_status {
            self.announce(words::new_status(region, &status));
        }
    }

    /// Takes in a response about a webhook; moves the focus to the first invalid field if the form
    /// is in view.
    fn webhook_received(
        &mut self,
        region: &Region,
        request_id: &RequestId,
        response: &Result<Response, TransportError>,
        effects: &mut Effects,
    ) {
        let form_in_view = self.is_alone_in_view(region) && self.tab == Tab::Setup;
        let Some(region_state) = self.find(region) else { return };
        let invalid =
            region_state.setup.response_received(request_id, response, &mut effects.client);
        if form_in_view && let Some(field) = invalid {
            effects.push(Effect::Focus(field.into()));
        }
    }
}
