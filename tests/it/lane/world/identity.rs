//! The identity of a world: everything that can influence what happens later. Two worlds with the same
//! identity are walked through once.

use sha2::{Digest, Sha256};

use super::World;

impl World {
    /// The digest of the world without the history that led to it.
    pub(in crate::lane) fn identity(&self) -> [u8; 32] {
        let Self {
            seen,
            live,
            live_request,
            deliveries,
            job_request,
            arrived,
            submitted,
            sent,
            disabled_in_flight,
            abandoned,
            lost,
            budget,
            jobs_left,
            ..
        } = self;
        // The clock of the test stands still, so that equal states have equal instants.
        let process = (live, live_request, deliveries, job_request);
        let observer =
            (arrived, submitted, sent, disabled_in_flight, abandoned, lost, budget, jobs_left);
        let text = format!("{}{:?}{process:?}{observer:?}", seen.rows, seen.parts);
        Sha256::digest(text.as_bytes()).into()
    }
}
