//! Draws the list of regions. They are links, so that each can be opened in another browser tab.

use replay_page::{
    Msg,
    view::{Link, RegionLink, RegionProgress, labels},
};
use web_sys::MouseEvent;
use yew::{Callback, Html, html};

use super::parts::badge;
use crate::browser;

pub(super) fn draw(regions: &[RegionLink], send: &Callback<Msg>) -> Html {
    html! {
        <nav aria-label={labels::REGIONS} class="regions">
            <ul>{ for regions.iter().map(|region| html! { <li>{ one(region, send) }</li> }) }</ul>
        </nav>
    }
}

fn one(region: &RegionLink, send: &Callback<Msg>) -> Html {
    let row = |what: &str, value: Html| html! { <span class="fact"><span>{ what }</span>{ value }</span> };
    let content = html! {
        <>
            <span class="region-name">{ &region.link.label }</span>
            if region.not_set_up.is_some() { { line("timeframe", labels::NOT_SET_UP) } }
            if let Some(webhook) = &region.webhook { { row(labels::WEBHOOK, badge(webhook)) } }
            if let Some(job) = &region.job { { row(labels::REPLAY, badge(job)) } }
            if let Some(running) = &region.progress { { progress(running) } }
            if let Some(text) = &region.timeframe { { line("timeframe", text) } }
            if let Some(text) = &region.fault { { line("fault", text) } }
        </>
    };
    let set_up = region.not_set_up.as_ref().and_then(|one| one.link.as_ref().zip(Some(&one.name)));
    html! {
        <>
            { anchor(&region.link, None, content, send) }
            { for set_up.map(|(link, name)| anchor(link, Some(name), html! { &link.label }, send)) }
        </>
    }
}

fn line(class: &'static str, text: &str) -> Html {
    html! { <span {class}>{ text }</span> }
}

/// Draws a link within the page. One with an accessible name stands beside a region.
fn anchor(link: &Link, name: Option<&String>, content: Html, send: &Callback<Msg>) -> Html {
    html! {
        <a class={name.map(|_| "set-up")} href={link.href.clone()} aria-label={name.cloned()}
            aria-current={link.current.then_some("page")}
            onclick={followed(link, send)} onauxclick={opened(link)}>
            { content }
        </a>
    }
}

fn progress(running: &RegionProgress) -> Html {
    let text = |number: u64| number.to_string();
    let (value, max) =
        running.share.map(|share| (text(share.delivered), text(share.total))).unzip();
    html! {
        <span class="running">
            <progress aria-label={running.name.clone()} {value} {max} />
            <span>{ &running.text }</span>
        </span>
    }
}

/// Follows the link within the page for a plain click, and opens another browser tab for a click that
/// asks for one; other clicks are left to the browser.
fn followed(link: &Link, send: &Callback<Msg>) -> Callback<MouseEvent> {
    let (send, msg, href) = (send.clone(), link.msg.clone(), link.href.clone());
    Callback::from(move |event: MouseEvent| {
        if event.shift_key() || event.alt_key() {
            return;
        }
        if event.ctrl_key() || event.meta_key() {
            open(&event, &href);
        } else {
            event.prevent_default();
            send.emit(msg.clone());
        }
    })
}

/// Opens another browser tab for a click of the middle button.
fn opened(link: &Link) -> Callback<MouseEvent> {
    let href = link.href.clone();
    Callback::from(move |event: MouseEvent| {
        if event.button() == 1 {
            open(&event, &href);
        }
    })
}

/// Opens another browser tab. A tab that the browser opens by itself has a session storage of its own,
/// without the token that is kept there.
fn open(event: &MouseEvent, href: &str) {
    event.prevent_default();
    browser::open_tab(href);
}
