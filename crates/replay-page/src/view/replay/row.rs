//! A row of the table of jobs: how a region's job is, and what can be done about it.

use alloc::{
    format,
    string::{String, ToString},
};

use replay_core::{
    Instant, JobStatus, Zone,
    wire::{Extension, Reported},
};

use super::send;
use crate::{
    desk::Desk,
    doors::Wish,
    station::Station,
    tracker::Order,
    view::{Action, Badge, Notice, Readiness, Time, Tone, answer::answer, reader, said_in_place},
    words,
};

/// A job.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its region's name.
    pub region: String,
    /// Its status; `None` until it was read.
    pub status: Option<Badge>,
    /// What that means, and why it failed.
    pub meaning: String,
    /// Where it delivers to, as it was when the job started.
    pub destination: Option<String>,
    /// Its start, its end, and when it last changed.
    pub times: [Option<Time>; 3],
    /// How long its timeframe is.
    pub length: Option<String>,
    /// Ends it while it is under way, where that is offered.
    pub cancel: Option<Action>,
    /// Sends its timeframe once more, where it has completed or failed.
    pub resend: Option<Action>,
    /// What became of what was sent to it, where there are many.
    pub answer: Option<Notice>,
    /// Why this may not be so.
    pub trouble: Option<Notice>,
}

pub(super) fn row(desk: &Desk, station: &Station, zone: &Zone, now: Instant) -> Row {
    let job = station.job();
    let time = |at: Option<Instant>| at.map(|at| Time::of(at, zone));
    let health = station.setup.health().known();
    let mut meaning = job.map(|job| words::meaning(job, health)).unwrap_or_default();
    if let Some(reason) = job.and_then(|job| job.reason.as_ref()) {
        meaning = format!("{meaning} Reason: {reason}.");
    }
    let watch = station.tracker.job();
    let many = desk.is_global();
    if many && station.setup.is_enabled() == Some(false) {
        meaning = format!("{meaning} Left out of sending to all: it has no enabled webhook.");
    }
    let row = Row {
        region: station.region.name().to_string(),
        status: job.map(|job| words::status(&job.status)),
        meaning,
        destination: job.and_then(|job| Some(format!("To {}", job.endpoint.as_ref()?))),
        times: [
            time(job.and_then(|job| job.start_at)),
            time(job.and_then(|job| job.end_at)),
            time(job.and_then(|job| job.updated_at)),
        ],
        length: station.ends().map(|(start, end)| words::length(end - start)),
        cancel: cancel(desk, station),
        resend: resend(desk, station, zone, now),
        answer: many.then(|| answer(desk, station, zone)).flatten(),
        trouble: said_in_place(watch.trouble()).map(|trouble| {
            let why = words::trouble(trouble, &reader(desk, station));
            let stale = if job.is_some() { " What is shown was read before." } else { "" };
            Notice {
                tone: Tone::Warning,
                text: format!("{why}{stale}"),
                action: Some(Action::wish("Try again", Wish::Refresh).busy_if(watch.is_asking())),
            }
        }),
    };
    if many { named(row) } else { row }
}

/// A row among several: its actions have accessible names that tell them apart.
fn named(mut row: Row) -> Row {
    let region = &row.region;
    row.cancel = row.cancel.map(|cancel| cancel.named(format!("Cancel the replay in {region}")));
    row.resend =
        row.resend.map(|resend| resend.named(format!("Send the same window again in {region}")));
    for notice in [&mut row.answer, &mut row.trouble].into_iter().flatten() {
        let action = notice.action.take();
        notice.action = action.map(|action| {
            let name = format!("{} in {region}", action.label);
            action.named(name)
        });
    }
    row
}

fn cancel(desk: &Desk, station: &Station) -> Option<Action> {
    let under_way = matches!(
        station.job().map(|job| &job.status),
        Some(Reported::Known(JobStatus::Accepted | JobStatus::Pending | JobStatus::Running))
    );
    let cancel = Action::wish("Cancel", Wish::Cancel(station.region.clone()));
    let denied = desk.denied(&station.region);
    let cancel = match station.tracker.ordered() {
        _ if denied.is_some() => cancel.hindered_if(denied),
        None => cancel,
        Some(Order::Cancel) => cancel.busy_if(true),
        Some(Order::Send(_)) => {
            let reason = "A replay is being sent.".to_string();
            Action { state: Readiness::Hindered(reason), ..cancel }
        }
    };
    (under_way && desk.offers(Extension::Cancel)).then_some(cancel)
}

fn resend(desk: &Desk, station: &Station, zone: &Zone, now: Instant) -> Option<Action> {
    let state = match station.settled_timeframe(&desk.policy, now)? {
        Ok(_) => send::readiness(&[station]),
        Err(faults) => {
            let fault = faults.first().map(|fault| words::fault(fault, &desk.policy, zone));
            Readiness::Hindered(fault.unwrap_or_default())
        }
    };
    let wish = Wish::Resend(station.region.clone());
    let resend = Action { state, ..Action::wish("Send the same window again", wish) };
    Some(resend.hindered_if(desk.denied(&station.region)))
}
