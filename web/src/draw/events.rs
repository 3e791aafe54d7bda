//! What becomes of a browser's events: messages, and nothing the browser would do by itself.

use replay_page::Msg;
use web_sys::{Event, HtmlInputElement, HtmlSelectElement, InputEvent, SubmitEvent};
use yew::{Callback, TargetCast};

/// A form goes nowhere: what it means is its button's.
pub(super) fn stay() -> Callback<SubmitEvent> {
    Callback::from(|event: SubmitEvent| event.prevent_default())
}

/// The same message, whatever the event says.
pub(super) fn always<E: 'static>(tell: &Callback<Msg>, msg: Msg) -> Callback<E> {
    tell.reform(move |_| msg.clone())
}

/// What was typed.
pub(super) fn typed(
    tell: &Callback<Msg>,
    msg: impl Fn(String) -> Msg + 'static,
) -> Callback<InputEvent> {
    tell.reform(move |event: InputEvent| {
        msg(event.target_unchecked_into::<HtmlInputElement>().value())
    })
}

/// Whether it was ticked.
pub(super) fn ticked(tell: &Callback<Msg>, msg: impl Fn(bool) -> Msg + 'static) -> Callback<Event> {
    tell.reform(move |event: Event| {
        msg(event.target_unchecked_into::<HtmlInputElement>().checked())
    })
}

/// The place of the option that is chosen. It is set as a property, since an option's attribute
/// says nothing any more once a person has chosen another.
pub(super) fn place(mut chosen: impl Iterator<Item = bool>) -> u32 {
    chosen.position(|chosen| chosen).and_then(|place| place.try_into().ok()).unwrap_or_default()
}

/// Which of the options was chosen, by its place.
pub(super) fn chosen(
    tell: &Callback<Msg>,
    msg: impl Fn(usize) -> Msg + 'static,
) -> Callback<Event> {
    tell.reform(move |event: Event| {
        let place = event.target_unchecked_into::<HtmlSelectElement>().selected_index();
        msg(usize::try_from(place).unwrap_or_default())
    })
}
