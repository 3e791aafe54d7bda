//! The door in: what happens in the browser without having been asked for, as messages.

use gloo_events::{EventListener, EventListenerOptions};
use replay_page::Msg;
use web_sys::{Event, window};
use yew::Callback;

use crate::browser;

/// Listens for as long as the listeners live.
pub(crate) fn listen(tell: &Callback<Msg>) -> Vec<EventListener> {
    let Some(window) = window() else { return Vec::new() };
    let on = |target: &web_sys::EventTarget, event: &'static str, msg: fn() -> Msg| {
        let tell = tell.clone();
        EventListener::new(target, event, move |_| tell.emit(msg()))
    };
    let mut listeners = vec![
        on(&window, "popstate", || Msg::Moved(browser::address())),
        on(&window, "online", seen),
    ];
    if let Some(document) = window.document() {
        listeners.push(on(&document, "visibilitychange", seen));
    }
    if seen() == Msg::Hidden {
        tell.emit(Msg::Hidden);
    }
    listeners
}

/// Has the browser ask before the page is left, for as long as the listener lives.
pub(crate) fn ask_before_leaving() -> Option<EventListener> {
    let options = EventListenerOptions::enable_prevent_default();
    let ask = |event: &Event| event.prevent_default();
    let window = window()?;
    Some(EventListener::new_with_options(&window, "beforeunload", options, ask))
}

fn seen() -> Msg {
    if browser::is_hidden() { Msg::Hidden } else { Msg::Shown }
}
