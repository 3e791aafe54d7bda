//! Reports the events of the timeline's picture and sliders. One listener on the document serves all of
//! them: a closure for each would make the page larger.

use core::sync::atomic::{AtomicI32, Ordering};

use gloo_events::{EventListener, EventListenerOptions};
use replay_page::{
    Intent, Msg,
    timeline::{AREA, Gesture, Handle, HandleStep, Place, Scale},
};
use wasm_bindgen::JsCast;
use web_sys::{
    Document, Element, Event, HtmlInputElement, KeyboardEvent, MouseEvent, PointerEvent, WheelEvent,
};
use yew::Callback;

use crate::browser;

/// The events that are listened to.
const EVENTS: [&str; 9] = [
    "pointerdown",
    "pointermove",
    "pointerup",
    "pointercancel",
    "wheel",
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
    let handle = Handle::ALL.into_iter().find(|handle| handle.id() == id);
    if event.type_() == "wheel" {
        let event: &WheelEvent = event.unchecked_ref();
        let is_here = id == AREA || handle.is_some();
        return if is_here && event.ctrl_key() { wheeled(event) } else { None };
    }
    if id == AREA {
        return match event.dyn_ref::<PointerEvent>() {
            Some(event) => pointed(event, &target),
            None => (key(event)? == "Escape").then_some(Gesture::Cancel),
        };
    }
    let handle = handle?;
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
        "pointermove" if event.buttons() == 0 => Some(Gesture::Hover(place(event, area))),
        "pointerup" => Some(Gesture::Release(place(event, area))),
        "pointercancel" => Some(Gesture::Cancel),
        _ => None,
    }
}

/// The gesture of the wheel, or of two fingers on a touchpad, which browsers report as many small turns of
/// the wheel with Control. Neither zooms the page.
fn wheeled(event: &WheelEvent) -> Option<Gesture> {
    /// A notch of most wheels is 100 pixels.
    const NOTCH: i32 = 50;
    event.prevent_default();
    #[expect(clippy::cast_possible_truncation, reason = "a turn is short")]
    let turned = TURNED.load(Ordering::Relaxed).saturating_add(event.delta_y() as i32);
    let is_notch = turned.abs() >= NOTCH;
    TURNED.store(if is_notch { 0 } else { turned }, Ordering::Relaxed);
    let place = place(event, &browser::element(AREA)?);
    let zoom = if turned < 0 { Gesture::ZoomInAt(place) } else { Gesture::ZoomOutAt(place) };
    is_notch.then_some(zoom)
}

/// How far the wheel has turned since the last zoom, in pixels.
static TURNED: AtomicI32 = AtomicI32::new(0);

fn place(event: &MouseEvent, area: &Element) -> Place {
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
