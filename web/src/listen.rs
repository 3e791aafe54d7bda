//! Reports events of the browser to the page as messages.

mod timeline;

use gloo_events::{EventListener, EventListenerOptions};
use replay_page::{Choice, Intent, Msg};
use wasm_bindgen::JsCast;
use web_sys::{Event, EventTarget, KeyboardEvent, window};
use yew::Callback;

use crate::{
    browser,
    draw::picker::{POPOVER, ROOT},
};

/// Listens to changes of the address, the network and the visibility, until the listeners are
/// dropped.
pub(crate) fn listen(send: &Callback<Msg>) -> Vec<EventListener> {
    let Some(window) = window() else { return Vec::new() };
    let on = |target: &EventTarget, event: &'static str, msg: fn() -> Msg| {
        let send = send.clone();
        EventListener::new(target, event, move |_| send.emit(msg()))
    };
    let mut listeners = vec![
        on(&window, "popstate", || Msg::Moved(browser::address())),
        on(&window, "online", visibility),
    ];
    if let Some(document) = window.document() {
        listeners.push(presses_outside(&document, send));
        listeners.push(ignore_held_enter(&document));
        listeners.push(on(&document, "visibilitychange", visibility));
        listeners.extend(timeline::listen(&document, send));
    }
    if visibility() == Msg::Hidden {
        send.emit(Msg::Hidden);
    }
    listeners
}

/// Closes the popover of the range picker when something outside of it is pressed. The focus alone
/// does not say so: not everything that can be pressed takes it.
fn presses_outside(document: &EventTarget, send: &Callback<Msg>) -> EventListener {
    let send = send.clone();
    EventListener::new(document, "pointerdown", move |event| {
        let is_inside = event.target().is_some_and(|target| browser::is_inside(&target, ROOT));
        if !is_inside && browser::element(POPOVER).is_some() {
            send.emit(Msg::Intended(Intent::Choose(Choice::Leave)));
        }
    })
}

/// Ignores an Enter key that is held down: what it has pressed may be gone, and another button may have
/// the focus.
fn ignore_held_enter(document: &EventTarget) -> EventListener {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(document, "keydown", options, |event| {
        let key = event.dyn_ref::<KeyboardEvent>();
        if key.is_some_and(|key| key.repeat() && key.key() == "Enter") {
            event.prevent_default();
        }
    })
}

/// Makes the browser ask for a confirmation before the page is left, until the listener is dropped.
pub(crate) fn ask_before_leaving() -> Option<EventListener> {
    let options = EventListenerOptions::enable_prevent_default();
    let ask = |event: &Event| event.prevent_default();
    let window = window()?;
    Some(EventListener::new_with_options(&window, "beforeunload", options, ask))
}

fn visibility() -> Msg {
    if browser::is_hidden() { Msg::Hidden } else { Msg::Shown }
}
