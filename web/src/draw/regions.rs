//! Draws the list of regions. They are links, so that each can be opened in another browser tab.

use replay_page::{
    Msg,
    view::{Link, RegionLink, labels},
};
use web_sys::MouseEvent;
use yew::{Callback, Html, html};

use super::parts::badge;

pub(super) fn draw(regions: &[RegionLink], send: &Callback<Msg>) -> Html {
    html! {
        <nav aria-label={labels::REGIONS} class="regions">
            <ul>{ for regions.iter().map(|region| html! { <li>{ one(region, send) }</li> }) }</ul>
        </nav>
    }
}

fn one(region: &RegionLink, send: &Callback<Msg>) -> Html {
    let row = |what: &str, value: Html| html! { <span class="fact"><span>{ what }</span>{ value }</span> };
    html! {
        <a href={region.link.href.clone()} aria-current={region.link.current.then_some("page")}
            onclick={followed(&region.link, send)}>
            <span class="region-name">{ &region.link.label }</span>
            if let Some(webhook) = &region.webhook { { row(labels::WEBHOOK, badge(webhook)) } }
            if let Some(job) = &region.job { { row(labels::REPLAY, badge(job)) } }
            if let Some(text) = &region.timeframe { <span class="timeframe">{ text }</span> }
            if let Some(text) = &region.fault { <span class="fault">{ text }</span> }
        </a>
    }
}

/// Follows the link within the page for a plain click; other clicks are left to the browser.
fn followed(link: &Link, send: &Callback<Msg>) -> Callback<MouseEvent> {
    let (send, msg) = (send.clone(), link.msg.clone());
    Callback::from(move |event: MouseEvent| {
        let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
        if !modified && event.button() == 0 {
            event.prevent_default();
            send.emit(msg.clone());
        }
    })
}
