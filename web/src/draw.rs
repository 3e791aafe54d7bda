//! Draws the view as elements, whose events send messages. No text is made here. An optional element
//! is drawn by `if let` or in `<>`, which keep its position: in a `for`, it would move its
//! neighbours, and an input among them would lose its focus.

mod calendar;
mod dialog;
mod element;
mod events;
mod history;
mod job;
mod parts;
pub(crate) mod picker;
mod regions;
mod replay;
mod setup;
mod timeline;

use replay_page::{
    Msg, View,
    view::{Account, Body, Open, Panel, Pick, labels},
};
use web_sys::KeyboardEvent;
use yew::{Callback, Html, NodeRef, html};

use self::parts::{button, notice_list, segmented};

/// The dialog elements.
#[derive(Default)]
pub(crate) struct Dialogs {
    pub(crate) question: NodeRef,
    pub(crate) sign_in: NodeRef,
}

/// The whole page.
pub(crate) fn page(view: &View, dialogs: &Dialogs, send: &Callback<Msg>) -> Html {
    html! {
        <>
            <header class="bar">
                <p class="crumbs">{ labels::BREADCRUMB }</p>
                <div class="bar-tools">
                    { segmented("clocks", labels::CLOCKS, &view.clocks, send) }
                    if let Some(account) = &view.account { { account_bar(account, send) } }
                </div>
            </header>
            <main>
                <h1>{ labels::HEADING }</h1>
                { body(&view.body, send) }
            </main>
            <p role="status" class="unseen">{ &view.announcement }</p>
            { dialog::question(view.question.as_ref(), &dialogs.question, send) }
            { dialog::sign_in(view.dialog.as_ref(), &dialogs.sign_in, send) }
        </>
    }
}

fn account_bar(account: &Account, send: &Callback<Msg>) -> Html {
    html! {
        <>
            if let Some(text) = &account.text { <span class="role">{ text }</span> }
            { button(&account.action, "quiet", send) }
        </>
    }
}

fn body(body: &Body, send: &Callback<Msg>) -> Html {
    match body {
        Body::Waiting => html! { <p class="waiting">{ labels::LOADING }</p> },
        Body::Unreachable(why) => notice_list(core::slice::from_ref(&**why), send),
        Body::Open(open) => workspace(open, send),
    }
}

fn workspace(open: &Open, send: &Callback<Msg>) -> Html {
    html! {
        <div class="workspace">
            { regions::draw(&open.regions, send) }
            <section class="card" aria-labelledby="scope">
                <h2 id="scope">{ &open.heading }</h2>
                { notice_list(&open.notices, send) }
                { tabs(&open.tabs, send) }
                { for open.tabs.iter().filter(|tab| tab.current).map(|tab| html! {
                    <div role="tabpanel" id="panel" aria-labelledby={tab.id} tabindex="-1">
                        { match &open.panel {
                            Panel::Unread(text, notices) => html! {
                                <><p class="waiting">{ *text }</p>{ notice_list(notices, send) }</>
                            },
                            Panel::Setup(form) => setup::draw(form, send),
                            Panel::Replay(replay) => replay::draw(replay, send),
                        } }
                    </div>
                }) }
            </section>
        </div>
    }
}

/// Draws the tabs: the Tab key reaches the selected one, the arrow keys select another.
fn tabs(tabs: &[Pick], send: &Callback<Msg>) -> Html {
    let count = tabs.len();
    let tab = |(place, tab): (usize, &Pick)| {
        let (send_key, msgs) =
            (send.clone(), tabs.iter().map(|tab| tab.msg.clone()).collect::<Vec<_>>());
        let onkeydown = move |event: KeyboardEvent| {
            let to = match event.key().as_str() {
                "ArrowRight" => (place + 1) % count,
                "ArrowLeft" => (place + count - 1) % count,
                "Home" => 0,
                "End" => count - 1,
                _ => return,
            };
            event.prevent_default();
            send_key.emit(msgs[to].clone());
        };
        html! {
            <button type="button" role="tab" id={tab.id} aria-controls="panel"
                aria-selected={tab.current.to_string()}
                tabindex={if tab.current { "0" } else { "-1" }}
                onclick={events::always(send, tab.msg.clone())} {onkeydown}>
                { &tab.label }
            </button>
        }
    };
    html! {
        <div role="tablist" aria-labelledby="scope" class="tabs">
            { for tabs.iter().enumerate().map(tab) }
        </div>
    }
}
