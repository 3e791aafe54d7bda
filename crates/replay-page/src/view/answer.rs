//! What became of an order to a region's job, in words: granted, refused and why, or not known.

use alloc::{
    format,
    string::{String, ToString},
};

use replay_core::{Zone, timeframe::Edge};

use super::{Action, Notice, Tone, writer};
use crate::{
    desk::Desk,
    doors::Wish,
    station::Station,
    tracker::{JobKey, Order, Outcome},
    watch::Trouble,
    words,
};

/// What became of the latest order to a region. A granted order is announced until its job was
/// replaced, and a sent replay until it has ended.
pub(super) fn answer(desk: &Desk, station: &Station, zone: &Zone) -> Option<Notice> {
    let outcome = station.tracker.outcome()?;
    let Outcome { order, result, .. } = outcome;
    let trouble = match result {
        Ok(key) => {
            let over = matches!(order, Order::Send(_)) && station.has_ended();
            let current = station.job().map(JobKey::of) == Some(*key) && !over;
            return current.then(|| granted(*order, zone, ""));
        }
        Err(trouble) => trouble,
    };
    let (verb, again) = match order {
        Order::Send(_) => ("sent", "Send again"),
        Order::Cancel => ("cancelled", "Cancel again"),
    };
    let again = Action::wish(again, Wish::Repeat(station.region.clone()));
    let why = match (trouble, order) {
        (Trouble::Refused(409, _), Order::Cancel) => "There is nothing left to cancel.".to_string(),
        (Trouble::Refused(409, _), Order::Send(_)) => running(station, zone),
        _ => words::refusal(trouble, label, &writer(desk, station)),
    };
    if trouble.may_have_worked() {
        if has_arrived(outcome, station) {
            let granted = || granted(*order, zone, " Only the answer was lost.");
            return (!station.has_ended()).then(granted);
        }
        if *order == Order::Cancel && station.has_ended() {
            let text = "The replay has ended, with or without the cancellation.".to_string();
            return Some(Notice { tone: Tone::Neutral, text, action: None });
        }
        let what_next = if station.tracker.is_at_rest() {
            "Refresh shows how it stands."
        } else {
            "The table is kept up to date."
        };
        let text = format!("It is not known whether the replay was {verb}. {why} {what_next}");
        return Some(Notice { tone: Tone::Warning, text, action: Some(again) });
    }
    let action = trouble.may_pass().then_some(again);
    Some(Notice { tone: Tone::Bad, text: format!("The replay was not {verb}. {why}"), action })
}

/// What a replay that was in the way replays, as it was read since.
fn running(station: &Station, zone: &Zone) -> String {
    let what = station.ends().map_or_else(
        || "Another one".to_string(),
        |(start, end)| format!("Another one, of {} to {},", zone.print(start), zone.print(end)),
    );
    let place = station.region.name();
    format!("{what} was running in {place}. Send it again once that has ended.")
}

fn granted(order: Order, zone: &Zone, more: &str) -> Notice {
    let text = match order {
        Order::Send(timeframe) => format!(
            "The replay was accepted: {} to {}.{more}",
            zone.print(timeframe.start()),
            zone.print(timeframe.end())
        ),
        Order::Cancel => format!("The cancellation was accepted.{more}"),
    };
    Notice { tone: Tone::Good, text, action: None }
}

/// Whether the job is the one that was ordered, so that only the answer was lost; the one that was
/// there before may have had the same timeframe.
fn has_arrived(outcome: &Outcome, station: &Station) -> bool {
    let ends = station.ends();
    station.job() != outcome.before.as_ref()
        && matches!(outcome.order, Order::Send(sent) if ends == Some((sent.start(), sent.end())))
}

/// A field of a replay as the page calls it.
fn label(field: &str) -> &str {
    match field {
        "start_at" => words::end(Edge::Start),
        "end_at" => words::end(Edge::End),
        "audit_log_webhook" => "The webhook",
        _ => field,
    }
}

/// What the server has found wrong with an end of the range that was sent.
pub(super) fn refused_at(desk: &Desk, edge: Edge) -> Option<String> {
    desk.in_view().find_map(|station| {
        let trouble = station.tracker.outcome()?.result.as_ref().err()?;
        words::refused_field(trouble, edge.field(), words::end(edge))
    })
}
