//! Tells the user what has changed of the jobs and the outages: by an announcement, of jobs in view only,
//! and by a notification of a settled job while the page is hidden.

use alloc::string::String;

use replay_core::{JobStatus, Region};
use replay_wire::Reported;
use time_range::Context;

use super::Workspace;
use crate::{effects::Effects, region_state::JobChange, words};

impl Workspace {
    /// Tells what has changed of a region; what is to be announced is added to `announcement`,
    /// since several regions may change at once.
    pub(super) fn tell(
        &mut self,
        region: &Region,
        change: &JobChange,
        announcement: &mut String,
        context: Context<'_>,
        effects: &mut Effects,
    ) {
        let (hidden, is_in_view) = (self.is_hidden(), self.is_in_view(region));
        if hidden
            && let Some(region_state) = self.find(region)
            && !region_state.is_under_way()
        {
            region_state.tracker.watch(false, &mut effects.client);
        }
        if let Some(since) = change.outage_after
            && let Some(outage) = self.find(region).and_then(|one| one.outage_after(since))
        {
            push(announcement, &words::new_outage(region, outage, context));
        }
        let text = match (&change.new_status, change.is_paused) {
            (Some(status), _) => words::new_status(region, status),
            (None, Some(is_paused)) => words::new_pause(region, is_paused),
            (None, None) => return,
        };
        let status = change.new_status.as_ref().and_then(Reported::known);
        if hidden && status.is_some_and(JobStatus::is_settled) {
            self.notifications.show(&text, effects);
        }
        if is_in_view {
            push(announcement, &text);
        }
    }

    /// Announces what was collected, if anything was.
    pub(super) fn announce_news(&mut self, announcement: String) {
        if !announcement.is_empty() {
            self.announce(announcement);
        }
    }
}

/// Adds a text, which ends with a full stop or without one.
fn push(announcement: &mut String, text: &str) {
    if !announcement.is_empty() {
        *announcement += if announcement.ends_with('.') { " " } else { ". " };
    }
    *announcement += text;
}
