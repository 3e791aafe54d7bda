//! Draws the past jobs of a region.

use replay_page::{
    Msg,
    view::{History, PastJob, labels},
};
use yew::{Callback, Html, html};

use super::{
    events,
    parts::{badge, button_in_row, icon, inline, line, notice_list, span, time},
};

pub(super) fn draw(history: &History, send: &Callback<Msg>) -> Html {
    let toggle = &history.toggle;
    html! {
        <section class="history" aria-labelledby="history">
            <h3>
                <button type="button" class="quiet" id="history"
                    aria-expanded={history.shown.to_string()}
                    onclick={events::always(send, toggle.msg.clone())}>
                    { icon("down") }{ toggle.label }
                </button>
            </h3>
            { line("waiting", history.text) }
            <ol>{ for history.jobs.iter().map(|job| past_job(job, send)) }</ol>
            if let Some(more) = &history.more { { button_in_row(more, "quiet", "history", send) } }
            { notice_list(history.request_error.as_slice(), send) }
        </section>
    }
}

// Not inlined, so that it can be loaded later.
#[inline(never)]
fn past_job(job: &PastJob, send: &Callback<Msg>) -> Html {
    let facts = [
        badge(&job.status),
        inline("", [time(Some(&job.starts_at)), " – ".into(), time(Some(&job.ends_at))].into()),
        span("meaning", &job.outcome),
        inline("meaning", [labels::REQUESTED.into(), time(Some(&job.requested_at))].into()),
        span("meaning", &job.requester),
    ];
    html! {
        <li key={job.id.clone()}>
            { inline("past", facts.into()) }
            { button_in_row(&job.resend, "quiet", &job.id, send) }
            <details>
                <summary>{ labels::DETAILS }</summary>
                { for job.details.iter().map(|detail| {
                    inline("fact", [span("", detail.name), span("", &detail.value)].into())
                }) }
            </details>
        </li>
    }
}
