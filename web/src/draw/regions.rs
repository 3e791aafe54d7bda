//! The list of regions: links, so that each can be opened in a tab of its own.

use replay_page::{
    Msg,
    view::{Link, RegionLink},
};
use web_sys::MouseEvent;
use yew::{Callback, Html, html};

use super::parts::badge;

pub(super) fn draw(regions: &[RegionLink], tell: &Callback<Msg>) -> Html {
    html! {
        <nav aria-label="Regions" class="regions">
            <ul>{ for regions.iter().map(|region| html! { <li>{ one(region, tell) }</li> }) }</ul>
        </nav>
    }
}

fn one(region: &RegionLink, tell: &Callback<Msg>) -> Html {
    let row = |what: &str, value: Html| html! { <span class="fact"><span>{ what }</span>{ value }</span> };
    html! {
        <a href={region.link.href.clone()} aria-current={region.link.current.then_some("page")}
            onclick={followed(&region.link, tell)}>
            <span class="region-name">{ &region.link.label }</span>
            if let Some(webhook) = &region.webhook { { row("Webhook ", badge(webhook)) } }
            if let Some(job) = &region.job { { row("Replay ", badge(job)) } }
            if let Some(text) = &region.timeframe { <span class="timeframe">{ text }</span> }
            if let Some(text) = &region.request_error { <span class="fault">{ text }</span> }
        </a>
    }
}

/// A plain click stays on the page; any other is the browser's.
fn followed(link: &Link, tell: &Callback<Msg>) -> Callback<MouseEvent> {
    let (tell, msg) = (tell.clone(), link.msg.clone());
    Callback::from(move |event: MouseEvent| {
        let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
        if !modified && event.button() == 0 {
            event.prevent_default();
            tell.emit(msg.clone());
        }
    })
}
