//! The tab Replay: the range, the button that sends it, what was answered, and the table of jobs.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use replay_core::{
    Instant, JobStatus, Zone,
    timeframe::{Edge, PRESETS},
    wire::{Extension, Reported},
};

use super::{
    Action, Badge, Field, Notice, Readiness, Time, Tone,
    answer::{answer, refused_at},
    reader, said_in_place,
};
use crate::{
    desk::Desk,
    doors::Wish,
    picker::{Draft, field_id, whole_second},
    station::Station,
    tracker::Order,
    words,
};

/// The tab Replay.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// The presets, and last the custom range.
    pub presets: Vec<Preset>,
    /// The ends of a custom range, if that is chosen.
    pub custom: Option<Custom>,
    /// How far back can be asked for, and what is wrong with the range as a whole.
    pub range: Field,
    /// Applies it.
    pub apply: Action,
    /// The range that was applied and will be sent.
    pub applied: String,
    /// What is done to it on the way.
    pub kept_inside: Option<String>,
    /// Where the entries will arrive.
    pub destination: String,
    /// Sends it.
    pub send: Action,
    /// What became of what was sent to the one region in view.
    pub answer: Option<Notice>,
    /// Whether the table has a column of regions.
    pub many: bool,
    /// The jobs in view.
    pub rows: Vec<Row>,
    /// Reads them again.
    pub refresh: Action,
}

/// A range that can be chosen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Preset {
    /// Its words.
    pub label: &'static str,
    /// Its place among the presets; the custom range has none.
    pub place: Option<usize>,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// The ends of a custom range.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Custom {
    /// Each with its text.
    pub ends: [(Edge, String, Field); 2],
    /// How they are read.
    pub hint: String,
}

/// A job.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its region's name.
    pub region: String,
    /// Its status; `None` until it was read.
    pub status: Option<Badge>,
    /// What that means, and why it failed.
    pub meaning: String,
    /// Its start, its end, and when it last changed.
    pub times: [Option<Time>; 3],
    /// How long its timeframe is.
    pub length: Option<String>,
    /// Ends it, where that is offered.
    pub cancel: Option<Action>,
    /// What became of what was sent to it, where there are many.
    pub answer: Option<Notice>,
    /// Why this may not be so.
    pub trouble: Option<Notice>,
}

pub(super) fn view(desk: &Desk, zone: &Zone, now: Instant) -> Replay {
    let picker = &desk.picker;
    let faults = picker.faults(zone, &desk.policy, now);
    let of = |edge: Edge| {
        let mine = faults.iter().find(|fault| fault.edge() == edge);
        mine.map(|fault| words::fault(fault, &desk.policy, zone)).or_else(|| refused_at(desk, edge))
    };
    let end = |edge: Edge, text: &String| {
        let id = field_id(edge);
        let field = Field { id, label: words::end(edge), hint: String::new(), fault: of(edge) };
        (edge, text.clone(), field)
    };
    let custom = if let Draft::Custom { from, to } = picker.draft() {
        Some(Custom {
            ends: [end(Edge::Start, from), end(Edge::End, to)],
            hint: format!(
                "Like 2026-11-23 10:00 ({}), 2026-11-23T10:00:00Z, now-6h or now.",
                zone.name()
            ),
        })
    } else {
        None
    };
    let resolved = picker.applied().resolve(now).ok();
    let moved = resolved.and_then(|range| {
        let kept = desk.policy.kept_inside(range, whole_second(now));
        (kept != range).then(|| zone.print(kept.start()))
    });
    Replay {
        presets: presets(picker.draft()),
        range: Field {
            id: "range",
            label: "Replay time range",
            hint: format!(
                "Request data within the last {}.",
                words::retention(desk.policy.retention)
            ),
            fault: custom.is_none().then(|| of(Edge::Start).or_else(|| of(Edge::End))).flatten(),
        },
        custom,
        apply: Action::wish("Apply", Wish::Apply),
        applied: words::range(&picker.applied(), zone),
        kept_inside: moved.map(|start| {
            format!("From is moved to {start}, so that it is not too long ago on arrival.")
        }),
        destination: destination(desk),
        send: send(desk, zone),
        answer: desk.station().and_then(|station| answer(desk, station, zone)),
        many: desk.is_global(),
        rows: desk.in_view().map(|station| row(desk, station, zone)).collect(),
        refresh: Action::wish("Refresh", Wish::Refresh).busy_if(desk.is_refreshing()),
    }
}

fn presets(draft: &Draft) -> Vec<Preset> {
    let presets = PRESETS.iter().enumerate().map(|(place, (label, length))| Preset {
        label,
        place: Some(place),
        chosen: *draft == Draft::Preset(*length),
    });
    let custom = matches!(draft, Draft::Custom { .. });
    presets.chain([Preset { label: "Custom", place: None, chosen: custom }]).collect()
}

fn destination(desk: &Desk) -> String {
    let Some(station) = desk.station() else {
        return "To the enabled webhook of each region".to_string();
    };
    let endpoint = station.setup.webhook().known().and_then(|webhook| webhook.endpoint.as_ref());
    endpoint.map_or_else(
        || "To this region's webhook".to_string(),
        |endpoint| format!("To this region's webhook, {endpoint}"),
    )
}

fn send(desk: &Desk, zone: &Zone) -> Action {
    let send = Action::wish("Send Replay", Wish::Send);
    let hindered =
        |reason: &str| Action { state: Readiness::Hindered(reason.into()), ..send.clone() };
    if let Some(reason) = desk.denied_in_view() {
        return hindered(&reason);
    }
    if desk.picker.is_drafted(zone) {
        let reason = "Apply the range first.".to_string();
        return Action { state: Readiness::Disabled(reason), ..send };
    }
    let ordered = |station: &Station| station.tracker.ordered();
    if desk.in_view().filter_map(ordered).any(|order| order != Order::Cancel) {
        return send.busy_if(true);
    }
    if desk.in_view().any(|station| ordered(station).is_some()) {
        return hindered("A replay is being cancelled.");
    }
    let disabled = |station: &Station| station.setup.is_enabled() == Some(false);
    if desk.in_view().all(disabled) || desk.recipients().is_empty() {
        return hindered("There is no enabled webhook to send to: see Setup.");
    }
    let running = Some(&Reported::Known(JobStatus::Running));
    if desk.station().is_some_and(|one| one.job().map(|job| &job.status) == running) {
        return hindered("A replay is running. Another one can be sent once it has ended.");
    }
    send
}

fn row(desk: &Desk, station: &Station, zone: &Zone) -> Row {
    let job = station.job();
    let time = |at: Option<Instant>| at.map(|at| Time::of(at, zone));
    let mut meaning = job.map_or("", |job| words::meaning(&job.status)).to_string();
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
        times: [
            time(job.and_then(|job| job.start_at)),
            time(job.and_then(|job| job.end_at)),
            time(job.and_then(|job| job.updated_at)),
        ],
        length: station.ends().map(|(start, end)| words::length(end - start)),
        cancel: cancel(desk, station),
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
