//! Passes responses and elapsed waits on to the part of the workspace that requested them.

use alloc::string::String;

use replay_client::{ClientEffects, RequestId, RequestOwner, Response, TransportError};
use replay_core::Region;
use replay_wire::read_me;
use time_range::Context;

use super::Workspace;
use crate::{
    address::Tab,
    effect::Effect,
    effects::Effects,
    region_state::{JobChange, RegionState},
};

impl Workspace {
    /// Takes in the response to a request.
    pub(crate) fn response_received(
        &mut self,
        request_id: &RequestId,
        response: &Result<Response, TransportError>,
        context: Context<'_>,
        effects: &mut Effects,
    ) {
        let now = context.now;
        match &request_id.owner {
            RequestOwner::Server => {}
            RequestOwner::Me => {
                self.me.response_received(request_id, response, read_me);
            }
            RequestOwner::Overview => {
                self.overview_received(request_id, response, context, effects);
            }
            RequestOwner::Job(region) => {
                let is_shown = self.is_watching() && self.is_alone_in_view(region);
                let pace = self.progress_pace(region);
                self.with_job(region, context, effects, |region_state, effects| {
                    let change =
                        region_state.job_received(request_id, response, is_shown, now, effects);
                    region_state.follow_progress(pace, effects);
                    change
                });
            }
            RequestOwner::Webhook(region) => {
                self.webhook_received(region, request_id, response, effects);
            }
            RequestOwner::Outages(region) => {
                self.with_job(region, context, effects, |region_state, effects| {
                    region_state.outages_received(request_id, response, effects)
                });
            }
            RequestOwner::Progress(region) => {
                let pace = self.progress_pace(region);
                self.with_job(region, context, effects, |region_state, effects| {
                    region_state.progress_received(request_id, response, pace, now, effects)
                });
            }
            RequestOwner::Rate(region) => {
                self.with_job(region, context, effects, |region_state, effects| {
                    region_state.rate_received(request_id, response, effects)
                });
            }
            RequestOwner::History(region) => self.with_region(region, |region_state| {
                region_state.past_jobs_received(request_id, response);
            }),
            RequestOwner::Preview(region, which) => self.with_region(region, |region_state| {
                if let Some(previews) = &mut region_state.previews {
                    let client = &mut effects.client;
                    previews.response_received(*which, request_id, response, now, client);
                }
            }),
        }
        self.refreshing = self.is_refreshing();
    }

    /// Takes in the end of a wait.
    pub(crate) fn elapsed(&mut self, request_id: &RequestId, effects: &mut ClientEffects) {
        match &request_id.owner {
            RequestOwner::Overview => self.overview_elapsed(request_id, effects),
            RequestOwner::Job(region) | RequestOwner::Webhook(region) => {
                let (is_shown, hidden) = (self.is_alone_in_view(region), self.is_hidden());
                self.with_region(region, |region_state| {
                    region_state.elapsed(request_id, is_shown, hidden, effects);
                });
            }
            RequestOwner::Progress(region) => {
                let pace = self.progress_pace(region);
                self.with_region(region, |region_state| {
                    region_state.progress_elapsed(request_id, pace, effects);
                });
            }
            RequestOwner::Preview(region, which) => self.with_region(region, |region_state| {
                if let Some(previews) = &mut region_state.previews {
                    previews.elapsed(*which, request_id);
                }
            }),
            RequestOwner::Server
            | RequestOwner::Me
            | RequestOwner::Outages(_)
            | RequestOwner::Rate(_)
            | RequestOwner::History(_) => {}
        }
    }

    /// Takes in a response about a job or the outages, and tells what it has changed.
    fn with_job(
        &mut self,
        region: &Region,
        context: Context<'_>,
        effects: &mut Effects,
        act: impl FnOnce(&mut RegionState, &mut ClientEffects) -> JobChange,
    ) {
        let Some(region_state) = self.find(region) else { return };
        let change = act(region_state, &mut effects.client);
        let mut announcement = String::new();
        self.tell(region, &change, &mut announcement, context, effects);
        self.announce_news(announcement);
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
        let was_saving = region_state.setup.is_saving();
        let invalid =
            region_state.setup.response_received(request_id, response, &mut effects.client);
        if was_saving && region_state.setup.was_turned_on() {
            // The outage of the disabled webhook has ended.
            region_state.read_outages(&mut effects.client);
        }
        if form_in_view && let Some(field) = invalid {
            effects.push(Effect::Focus(field.into()));
        }
    }
}
