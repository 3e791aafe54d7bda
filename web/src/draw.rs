//! Drawing: each part of the view as elements, and what is done to them as messages. No word that
//! depends on anything is made here. What comes and goes has a place of its own, by `if let` or `<>`:
//! a part of a `for` would move its neighbours, and whoever types in one of them would lose it.

mod dialog;
mod events;
mod parts;
mod regions;
mod replay;
mod setup;

use replay_page::{
    Msg, View,
    view::{Account, Body, HEADING, Open, Panel, Pick},
};
use web_sys::KeyboardEvent;
use yew::{Callback, Html, NodeRef, html};

use self::parts::{button, said};

/// The dialogs in the document.
#[derive(Default)]
pub(crate) struct Dialogs {
    pub(crate) question: NodeRef,
    pub(crate) sign_in: NodeRef,
}

/// The whole page.
pub(crate) fn page(view: &View, dialogs: &Dialogs, tell: &Callback<Msg>) -> Html {
    html! {
        <>
            <header class="bar">
                <p class="crumbs">{ "Organization / Audit Logs Setup" }</p>
                <div class="bar-tools">
                    { clocks(&view.clocks, tell) }
                    if let Some(account) = &view.account { { account_bar(account, tell) } }
                </div>
            </header>
            <main>
                <h1>{ HEADING }</h1>
                { body(&view.body, tell) }
            </main>
            <p role="status" class="unseen">{ &view.announcement }</p>
            { dialog::question(view.question.as_ref(), &dialogs.question, tell) }
            { dialog::sign_in(view.dialog.as_ref(), &dialogs.sign_in, tell) }
        </>
    }
}

fn account_bar(account: &Account, tell: &Callback<Msg>) -> Html {
    html! {
        <>
            if let Some(text) = &account.text { <span class="role">{ text }</span> }
            { button(&account.action, "quiet", tell) }
        </>
    }
}

fn clocks(clocks: &[Pick], tell: &Callback<Msg>) -> Html {
    html! {
        <fieldset class="segmented">
            <legend class="unseen">{ "Times in" }</legend>
            { for clocks.iter().map(|clock| html! {
                <label>
                    <input type="radio" name="clocks" id={clock.id} checked={clock.current}
                        onchange={events::always(tell, clock.msg.clone())} />
                    <span>{ &clock.label }</span>
                </label>
            }) }
        </fieldset>
    }
}

fn body(body: &Body, tell: &Callback<Msg>) -> Html {
    match body {
        Body::Waiting => html! { <p class="waiting">{ "Loading…" }</p> },
        Body::Unreachable(why) => said(core::slice::from_ref(why), tell),
        Body::Open(open) => workspace(open, tell),
    }
}

fn workspace(open: &Open, tell: &Callback<Msg>) -> Html {
    html! {
        <div class="desk">
            { regions::draw(&open.regions, tell) }
            <section class="card" aria-labelledby="scope">
                <h2 id="scope">{ &open.heading }</h2>
                { tabs(&open.tabs, tell) }
                { for open.tabs.iter().filter(|tab| tab.current).map(|tab| html! {
                    <div role="tabpanel" id="panel" aria-labelledby={tab.id} tabindex="-1">
                        { match &open.panel {
                            Panel::Unread(text, notices) => html! {
                                <><p class="waiting">{ *text }</p>{ said(notices, tell) }</>
                            },
                            Panel::Setup(form) => setup::draw(form, tell),
                            Panel::Replay(replay) => replay::draw(replay, tell),
                        } }
                    </div>
                }) }
            </section>
        </div>
    }
}

/// Tabs of which one is reached by Tab, and the others by the arrows.
fn tabs(tabs: &[Pick], tell: &Callback<Msg>) -> Html {
    let count = tabs.len();
    let tab = |(place, tab): (usize, &Pick)| {
        let (tell_key, msgs) =
            (tell.clone(), tabs.iter().map(|tab| tab.msg.clone()).collect::<Vec<_>>());
        let onkeydown = move |event: KeyboardEvent| {
            let to = match event.key().as_str() {
                "ArrowRight" => (place + 1) % count,
                "ArrowLeft" => (place + count - 1) % count,
                "Home" => 0,
                "End" => count - 1,
                _ => return,
            };
            event.prevent_default();
            tell_key.emit(msgs[to].clone());
        };
        html! {
            <button type="button" role="tab" id={tab.id} aria-controls="panel"
                aria-selected={tab.current.to_string()}
                tabindex={if tab.current { "0" } else { "-1" }}
                onclick={events::always(tell, tab.msg.clone())} {onkeydown}>
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
