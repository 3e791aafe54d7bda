//! The past jobs of a region: a few for the timeline, and page by page when they are shown.

use alloc::{string::String, vec::Vec};

use replay_client::{
    ClientEffects, Method, Remote, RequestId, RequestOwner, Response, TransportError,
};
use replay_wire::{HistoryPage, JobRecord, read_history, routes::Operation};

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

/// The number of jobs that are read while they are not shown, for the timeline.
const MARKED: &str = "5";

impl PastJobs {
    /// Whether nothing was read so far.
    pub(super) const fn is_unread(&self) -> bool {
        self.read.known().is_none()
            && self.read.request_error().is_none()
            && !self.read.is_loading()
    }

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
        if shown {
            self.read_past_jobs(effects);
        }
    }

    /// Reads the newest past jobs.
    pub(crate) fn read_past_jobs(&mut self, effects: &mut ClientEffects) {
        self.read_page(false, effects);
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
        let cursor = read.known().cloned().flatten();
        read.response_received(request_id, response, |body| {
            let page = read_history(body)?;
            if *more {
                add(jobs, page.jobs);
                return Ok(page.next_cursor);
            }
            let later = after(jobs, &page);
            let has_later = !later.is_empty();
            *jobs = page.jobs;
            add(jobs, later);
            Ok(if has_later { cursor } else { page.next_cursor })
        });
    }

    fn read_page(&mut self, more: bool, effects: &mut ClientEffects) {
        let Some(past_jobs) = &mut self.past_jobs else { return };
        let known = past_jobs.read.known().filter(|_| more);
        let cursor = known.and_then(Option::as_deref);
        let limit = if past_jobs.shown { LIMIT } else { MARKED };
        let path = Operation::ReadHistory.path_of_page(&self.region, limit, cursor);
        let owner = RequestOwner::History(self.region.clone());
        past_jobs.more = cursor.is_some();
        past_jobs.read.start_read(effects.fetch(owner, Method::Get, path, None));
    }
}

/// Adds the jobs that the list does not have. A page shifts when a job is added between two reads.
fn add(jobs: &mut Vec<JobRecord>, more: Vec<JobRecord>) {
    for job in more {
        if jobs.iter().all(|known| known.id != job.id) {
            jobs.push(job);
        }
    }
}

/// The known jobs that come after those of the first page. None if the page is the whole list, or
/// ends before the first known job: jobs between the two were never read.
fn after(jobs: &mut Vec<JobRecord>, page: &HistoryPage) -> Vec<JobRecord> {
    let last = page.jobs.last().filter(|_| page.next_cursor.is_some());
    let place = last.and_then(|last| jobs.iter().position(|job| job.id == last.id));
    place.map(|place| jobs.split_off(place + 1)).unwrap_or_default()
}
