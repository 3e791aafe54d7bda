//! Draws the tab Replay.

use replay_page::{
    Intent, Msg,
    view::{
        Custom, RangeEnd, Replay, Row,
        labels::{self, COLUMNS},
    },
};
use yew::{Callback, Html, html};

use super::{
    events,
    parts::{
        badge, button, button_in_row, button_with_icon, fault, notice_list, silent_notices, submit,
        time,
    },
};

pub(super) fn draw(replay: &Replay, send: &Callback<Msg>) -> Html {
    html! {
        <>
            { range(replay, send) }
            <div class="send">
                <p class="applied">
                    <span>{ labels::APPLIED_RANGE }</span>
                    <output id="applied">{ &replay.applied }</output>
                    <small>{ &replay.destination }</small>
                    if let Some(text) = &replay.kept_inside { <small>{ text }</small> }
                </p>
                { button(&replay.send, "primary", send) }
            </div>
            { notice_list(replay.mutation_notice.as_slice(), send) }
            { silent_notices(&replay.outages, send) }
            { table(replay, send) }
        </>
    }
}

fn range(replay: &Replay, send: &Callback<Msg>) -> Html {
    let field = &replay.range;
    let chosen = events::selected_index(replay.presets.iter().map(|preset| preset.chosen));
    let indices: Vec<_> = replay.presets.iter().map(|preset| preset.index).collect();
    let onchange = events::selected(send, move |index| {
        Msg::Intended(Intent::DraftRange(indices.get(index).copied().flatten()))
    });
    html! {
        <form class="range" onsubmit={events::prevent_submit()} novalidate=true>
            <div class="field">
                <label for={field.id}>{ field.label }</label>
                <select id={field.id} ~selectedIndex={chosen} {onchange} aria-describedby="range-fault range-hint"
                    aria-invalid={field.fault.as_ref().map(|_| "true")}>
                    { for replay.presets.iter().map(|preset| html! {
                        <option selected={preset.chosen}>{ preset.label }</option>
                    }) }
                </select>
                { fault("range-fault".to_owned(), field.fault.as_ref()) }
                <p class="hint" id="range-hint">{ &field.hint }</p>
            </div>
            if let Some(custom) = &replay.custom { { ends(custom, send) } }
            <div class="apply">{ submit(&replay.apply, "secondary", send) }</div>
        </form>
    }
}

fn ends(custom: &Custom, send: &Callback<Msg>) -> Html {
    let end = |RangeEnd { edge, text, field }: &RangeEnd| {
        let (edge, id) = (*edge, field.id);
        let wrong = field.fault.as_ref();
        html! {
            <div class="field">
                <label for={id}>{ field.label }</label>
                <input {id} type="text" autocomplete="off" spellcheck="false" inputmode="text"
                    value={text.clone()}
                    aria-invalid={wrong.map(|_| "true")}
                    aria-describedby={format!("{id}-fault ends-hint")}
                    oninput={events::typed(send, move |text| Msg::Intended(Intent::Type(edge, text)))} />
                { fault(format!("{id}-fault"), wrong) }
            </div>
        }
    };
    html! {
        <div class="ends">
            { end(&custom.from) }
            { end(&custom.to) }
            <p class="hint" id="ends-hint">{ &custom.hint }</p>
        </div>
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

fn row(job: &Row, many: bool, send: &Callback<Msg>) -> Html {
    html! {
        <tr role="row">
            { for many.then(|| html! {
                <th role="rowheader" scope="row" data-label={COLUMNS.region}>{ &job.region }</th>
            }) }
            <td role="cell" data-label={COLUMNS.status} class="status">
                { job.status.as_ref().map_or_else(|| html! { <span class="none">{ labels::NO_VALUE }</span> }, badge) }
                <p class="meaning">{ &job.meaning }</p>
                if let Some(destination) = &job.destination { <p class="meaning">{ destination }</p> }
                // Separate elements, so that a double click on one does not press the other.
                if let Some(cancel) = &job.cancel { { button_in_row(cancel, "quiet", &job.region, send) } }
                if let Some(resend) = &job.resend { { button_in_row(resend, "quiet", &job.region, send) } }
                if let Some(resume) = &job.resume { { button_in_row(resume, "quiet", &job.region, send) } }
                { notice_list(job.mutation_notice.as_slice(), send) }
                { notice_list(job.request_error.as_slice(), send) }
            </td>
            <td role="cell" data-label={COLUMNS.starts_at}>{ time(job.starts_at.as_ref()) }</td>
            <td role="cell" data-label={COLUMNS.ends_at}>
                { time(job.ends_at.as_ref()) }
                if let Some(length) = &job.length { <span class="length">{ length }</span> }
            </td>
            <td role="cell" data-label={COLUMNS.updated_at}>{ time(job.updated_at.as_ref()) }</td>
        </tr>
    }
}
