//! Draws the outages of a region that are not healed.

use replay_page::{
    Msg,
    view::{OutageRow, Outages, labels},
};
use yew::{Callback, Html, html};

use super::parts::{button_in_row, notice_list, time};

pub(super) fn draw(outages: &Outages, send: &Callback<Msg>) -> Html {
    html! {
        <section class="outages" aria-labelledby="outages">
            <h3 id="outages">{ labels::OUTAGES }</h3>
            if !outages.rows.is_empty() {
                <ul>{ for outages.rows.iter().map(|outage| row(outage, send)) }</ul>
            }
            if let Some(more) = &outages.more { <p class="hint">{ more }</p> }
            { notice_list(outages.request_error.as_slice(), send) }
        </section>
    }
}

/// Draws an outage under its id, so that its button keeps the focus when a newer one appears.
fn row(outage: &OutageRow, send: &Callback<Msg>) -> Html {
    html! {
        <li key={outage.id.clone()}>
            <p>
                <span class="when">
                    if outage.is_open { { labels::SINCE } }
                    { time(Some(&outage.began_at)) }
                    if let Some(ended_at) = &outage.ended_at {
                        { labels::TO }{ time(Some(ended_at)) }
                    }
                </span>
                <span>{ &outage.cause }</span>
                <span>{ &outage.undelivered }</span>
            </p>
            if let Some(heal) = &outage.heal { { button_in_row(heal, "secondary", &outage.id, send) } }
        </li>
    }
}
