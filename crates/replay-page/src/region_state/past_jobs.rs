//! The past jobs of a region: read when they are shown, page by page.

use alloc::{string::String, vec::Vec};

use replay_client::{
    ClientEffects, Method, Remote, RequestId, RequestOwner, Response, TransportError,
};
use replay_wire::{JobRecord, read_history, routes::Operation};

use super::RegionState;

/// The past jobs, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PastJobs {
    /// Whether they are shown.
    pub(crate) shown: bool,
    /// The jobs read so far.
    pub(crate) jobs: Vec<JobRecord>,
    /// The cursor of the next page, if there are more.
    pub(crate) read: Remote<Option<String>>,
    /// Whether the read in progress is that of the next page.
    more: bool,
}

/// The most jobs of a page.
const LIMIT: &str = "10";

impl PastJobs {
    /// The job with this id.
    pub(crate) fn find(&self, id: &str) -> Option<&JobRecord> {
        self.jobs.iter().find(|job| job.id == id)
    }
}

impl RegionState {
    /// Shows or hides the past jobs; they are read when they are shown.
    pub(crate) fn show_past_jobs(&mut self, shown: bool, effects: &mut ClientEffects) {
        if let Some(past_jobs) = &mut self.past_jobs {
            past_jobs.shown = shown;
        }
        self.read_past_jobs(effects);
    }

    /// Reads the newest past jobs, if they are shown.
    pub(crate) fn read_past_jobs(&mut self, effects: &mut ClientEffects) {
        if self.past_jobs.as_ref().is_some_and(|past_jobs| past_jobs.shown) {
            self.read_page(false, effects);
        }
    }

    /// Reads the next page.
    pub(crate) fn read_more_past_jobs(&mut self, effects: &mut ClientEffects) {
        self.read_page(true, effects);
    }

    /// Takes in a response about the past jobs.
    pub(crate) fn past_jobs_received(
        &mut self,
        request_id: &RequestId,
        response: &Result<Response, TransportError>,
    ) {
        let Some(PastJobs { jobs, read, more, .. }) = &mut self.past_jobs else { return };
        read.response_received(request_id, response, |body| {
            let mut page = read_history(body)?;
            if !*more {
                jobs.clear();
            }
            jobs.append(&mut page.jobs);
            Ok(page.next_cursor)
        });
    }

    fn read_page(&mut self, more: bool, effects: &mut ClientEffects) {
        let Some(past_jobs) = &mut self.past_jobs else { return };
        let known = past_jobs.read.known().filter(|_| more);
        let cursor = known.and_then(Option::as_deref);
        let path = Operation::ReadHistory.path_of_page(&self.region, LIMIT, cursor);
        let owner = RequestOwner::History(self.region.clone());
        past_jobs.more = cursor.is_some();
        past_jobs.read.start_read(effects.fetch(owner, Method::Get, path, None));
    }
}
