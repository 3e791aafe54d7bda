//! Draws the tab Replay.

use replay_page::{
    Intent, Msg,
    view::{
        Replay, Row,
        labels::{self, COLUMNS},
    },
};
use yew::{Callback, Html, html};

use super::{
    history, job,
    parts::{badge, button, button_with_icon, line, notice_list, silent_notices, time},
    picker,
    setup::tick,
    timeline,
};
use crate::focus::OUTAGES;

pub(super) fn draw(replay: &Replay, send: &Callback<Msg>) -> Html {
    html! {
        <>
            <div class="request">
                { picker::trigger(&replay.picker, send) }
                { button(&replay.send, "primary", send) }
                { picker::below(&replay.picker, send) }
                if let Some(later) = &replay.later { { button(later, "secondary", send) } }
                <small>{ &replay.destination }</small>
                if let Some(text) = &replay.kept_inside { <small>{ text }</small> }
            </div>
            if let Some(selection) = &replay.selection { { timeline::selection(selection, send) } }
            if let Some(timeline) = &replay.timeline { { timeline::draw(timeline, send) } }
            { notice_list(replay.mutation_notice.as_slice(), send) }
            <div id={OUTAGES}>{ silent_notices(&replay.outages, send) }</div>
            { jobs(replay, send) }
            if let Some(notify) = &replay.notify { { tick(notify, send, |wanted| Msg::Intended(Intent::Notify(wanted))) } }
            { table(replay, send) }
            if let Some(history) = &replay.history { { history::draw(history, send) } }
        </>
    }
}

/// Draws the job of the one region in view, or all of them together.
fn jobs(replay: &Replay, send: &Callback<Msg>) -> Html {
    match &replay.summary {
        Some(summary) => html! {
            <div class="summary">
                { line("", &summary.text) }
                if let Some(progress) = &summary.progress { { job::progress(progress) } }
            </div>
        },
        None if replay.many => Html::default(),
        None => html! { { for replay.rows.iter().map(|row| job::panel(row, send)) } },
    }
}

fn table(replay: &Replay, send: &Callback<Msg>) -> Html {
    let columns =
        [COLUMNS.region, COLUMNS.status, COLUMNS.starts_at, COLUMNS.ends_at, COLUMNS.updated_at];
    let columns = &columns[usize::from(!replay.many)..];
    html! {
        <div class="jobs">
            <div class="jobs-head">
                <h3 id="jobs">{ labels::JOBS }</h3>
                { button_with_icon(&replay.refresh, "quiet", "refresh", send) }
            </div>
            <table role="table" aria-labelledby="jobs">
                <thead role="rowgroup"><tr role="row">
                    { for columns.iter().map(|name| html! {
                        <th role="columnheader" scope="col">{ *name }</th>
                    }) }
                </tr></thead>
                <tbody role="rowgroup">
                    { for replay.rows.iter().map(|job| row(job, replay.many, send)) }
                </tbody>
            </table>
        </div>
    }
}

fn row(row: &Row, many: bool, send: &Callback<Msg>) -> Html {
    let status = html! {
        <>
            { row.status.as_ref().map_or_else(|| html! { <span class="none">{ labels::NO_VALUE }</span> }, badge) }
            if many { { job::content(row, "quiet", send) } }
        </>
    };
    let region = || {
        html! {
            <th role="rowheader" scope="row" data-label={COLUMNS.region}>{ &row.region }</th>
        }
    };
    if let Some(empty) = row.empty {
        return html! {
            <tr role="row">
                { for many.then(region) }
                <td role="cell" colspan="4" class="status">
                    { line("", empty) }
                    if many { { job::content(row, "quiet", send) } }
                </td>
            </tr>
        };
    }
    html! {
        <tr role="row">
            { for many.then(region) }
            <td role="cell" data-label={COLUMNS.status} class="status">{ status }</td>
            <td role="cell" data-label={COLUMNS.starts_at}>{ time(row.starts_at.as_ref()) }</td>
            <td role="cell" data-label={COLUMNS.ends_at}>
                { time(row.ends_at.as_ref()) }
                if let Some(length) = &row.length { <span class="length">{ length }</span> }
            </td>
            <td role="cell" data-label={COLUMNS.updated_at}>{ time(row.updated_at.as_ref()) }</td>
        </tr>
    }
}
