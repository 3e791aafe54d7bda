//! Reports the events of the timeline's picture and sliders. One listener on the document serves all of
//! them: a closure for each would make the page larger.

use gloo_events::{EventListener, EventListenerOptions};
use replay_page::{
    Intent, Msg,
    timeline::{AREA, Gesture, Handle, HandleStep, Place, Scale},
};
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Event, HtmlInputElement, KeyboardEvent, PointerEvent};
use yew::Callback;

/// The events that are listened to.
const EVENTS: [&str; 8] = [
    "pointerdown",
    "pointermove",
    "pointerup",
    "pointercancel",
    "keydown",
    "keyup",
    "input",
    "change",
];

/// Listens until the listeners are dropped.
pub(super) fn listen(
    document: &Document,
    send: &Callback<Msg>,
) -> impl Iterator<Item = EventListener> {
    EVENTS.into_iter().map(|name| {
        let send = send.clone();
        let options = EventListenerOptions::enable_prevent_default();
        EventListener::new_with_options(document, name, options, move |event| {
            if let Some(gesture) = gesture(event) {
                send.emit(Msg::Intended(Intent::Timeline(gesture)));
            }
        })
    })
}

fn gesture(event: &Event) -> Option<Gesture> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let id = target.id();
    if id == AREA {
        return match event.dyn_ref::<PointerEvent>() {
            Some(event) => pointed(event, &target),
            None => (key(event)? == "Escape").then_some(Gesture::Cancel),
        };
    }
    let handle = Handle::ALL.into_iter().find(|handle| handle.id() == id)?;
    if let Some(step) = step(event) {
        if event.type_() == "keyup" {
            return Some(Gesture::Settle);
        }
        event.prevent_default();
        return Some(Gesture::Key(handle, step));
    }
    match event.type_().as_str() {
        "input" => {
            let place = target.unchecked_into::<HtmlInputElement>().value().parse().ok()?;
            Some(Gesture::Slide(handle, place))
        }
        "change" => Some(Gesture::Settle),
        _ => None,
    }
}

/// The gesture of a pointer. A pressed pointer is captured, so that it may leave the picture.
fn pointed(event: &PointerEvent, area: &Element) -> Option<Gesture> {
    if !event.is_primary() {
        return None;
    }
    match event.type_().as_str() {
        "pointerdown" if event.button() == 0 => {
            // Without it, the choice ends at the edge of the picture.
            let _ = area.set_pointer_capture(event.pointer_id());
            Some(Gesture::Press(place(event, area)))
        }
        "pointermove" if event.buttons() == 1 => Some(Gesture::Drag(place(event, area))),
        "pointerup" => Some(Gesture::Release(place(event, area))),
        "pointercancel" => Some(Gesture::Cancel),
        _ => None,
    }
}

fn place(event: &PointerEvent, area: &Element) -> Place {
    let bounds = area.get_bounding_client_rect();
    let share = (f64::from(event.client_x()) - bounds.left()) / bounds.width();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is limited")]
    let place = (share * f64::from(Scale::WIDTH)) as Place;
    place.min(Scale::WIDTH)
}

fn step(event: &Event) -> Option<HandleStep> {
    let event = event.dyn_ref::<KeyboardEvent>()?;
    let is_other = event.ctrl_key() || event.alt_key() || event.meta_key();
    if is_other { None } else { HandleStep::of_key(&event.key(), event.shift_key()) }
}

/// The pressed key.
fn key(event: &Event) -> Option<String> {
    (event.type_() == "keydown").then(|| event.dyn_ref().map(KeyboardEvent::key))?
}
