//! The tab Replay.

use replay_page::{
    Intent, Msg,
    view::{Custom, RangeEnd, Replay, Row},
};
use yew::{Callback, Html, html};

use super::{
    events,
    parts::{badge, button, button_in_row, fault, said, submit, time},
};

pub(super) fn draw(replay: &Replay, tell: &Callback<Msg>) -> Html {
    html! {
        <>
            { range(replay, tell) }
            <div class="send">
                <p class="applied">
                    <span>{ "Applied range" }</span>
                    <output id="applied">{ &replay.applied }</output>
                    <small>{ &replay.destination }</small>
                    if let Some(text) = &replay.kept_inside { <small>{ text }</small> }
                </p>
                { button(&replay.send, "primary", tell) }
            </div>
            { said(replay.answer.as_slice(), tell) }
            { table(replay, tell) }
        </>
    }
}

fn range(replay: &Replay, tell: &Callback<Msg>) -> Html {
    let field = &replay.range;
    let chosen = events::place(replay.presets.iter().map(|preset| preset.chosen));
    let places: Vec<_> = replay.presets.iter().map(|preset| preset.index).collect();
    let onchange = events::chosen(tell, move |place| {
        Msg::Intended(Intent::DraftRange(places.get(place).copied().flatten()))
    });
    html! {
        <form class="range" onsubmit={events::stay()} novalidate=true>
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
            if let Some(custom) = &replay.custom { { ends(custom, tell) } }
            <div class="apply">{ submit(&replay.apply, "secondary", tell) }</div>
        </form>
    }
}

fn ends(custom: &Custom, tell: &Callback<Msg>) -> Html {
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
                    oninput={events::typed(tell, move |text| Msg::Intended(Intent::Type(edge, text)))} />
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

fn table(replay: &Replay, tell: &Callback<Msg>) -> Html {
    let columns = ["Region", "Status", "Starts at", "Ends at", "Updated at"];
    let columns = &columns[usize::from(!replay.many)..];
    html! {
        <div class="jobs">
            <div class="jobs-head">
                <h3 id="jobs">{ "Status" }</h3>
                { button(&replay.refresh, "quiet", tell) }
            </div>
            <table role="table" aria-labelledby="jobs">
                <thead role="rowgroup"><tr role="row">
                    { for columns.iter().map(|name| html! {
                        <th role="columnheader" scope="col">{ *name }</th>
                    }) }
                </tr></thead>
                <tbody role="rowgroup">
                    { for replay.rows.iter().map(|job| row(job, replay.many, tell)) }
                </tbody>
            </table>
        </div>
    }
}

fn row(job: &Row, many: bool, tell: &Callback<Msg>) -> Html {
    html! {
        <tr role="row">
            { for many.then(|| html! {
                <th role="rowheader" scope="row" data-label="Region">{ &job.region }</th>
            }) }
            <td role="cell" data-label="Status" class="status">
                { job.status.as_ref().map_or_else(|| html! { <span class="none">{ "—" }</span> }, badge) }
                <p class="meaning">{ &job.meaning }</p>
                if let Some(destination) = &job.destination { <p class="meaning">{ destination }</p> }
                // Each has an element of its own: whoever presses one twice does not press the other.
                if let Some(cancel) = &job.cancel { { button_in_row(cancel, "quiet", &job.region, tell) } }
                if let Some(resend) = &job.resend { { button_in_row(resend, "quiet", &job.region, tell) } }
                { said(job.answer.as_slice(), tell) }
                { said(job.request_error.as_slice(), tell) }
            </td>
            <td role="cell" data-label="Starts at">{ time(job.starts_at.as_ref()) }</td>
            <td role="cell" data-label="Ends at">
                { time(job.ends_at.as_ref()) }
                if let Some(length) = &job.length { <span class="length">{ length }</span> }
            </td>
            <td role="cell" data-label="Updated at">{ time(job.updated_at.as_ref()) }</td>
        </tr>
    }
}
