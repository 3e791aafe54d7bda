//! Converts events of elements into messages.

use replay_page::Msg;
use web_sys::{Event, HtmlInputElement, HtmlSelectElement, InputEvent, SubmitEvent};
use yew::{Callback, TargetCast};

/// Prevents the browser from submitting a form; the form's button sends the message.
pub(super) fn prevent_submit() -> Callback<SubmitEvent> {
    Callback::from(|event: SubmitEvent| event.prevent_default())
}

/// Sends the same message for every event.
pub(super) fn always<E: 'static>(send: &Callback<Msg>, msg: Msg) -> Callback<E> {
    send.reform(move |_| msg.clone())
}

/// Sends the text of an input.
pub(super) fn typed(
    send: &Callback<Msg>,
    msg: impl Fn(String) -> Msg + 'static,
) -> Callback<InputEvent> {
    send.reform(move |event: InputEvent| {
        msg(event.target_unchecked_into::<HtmlInputElement>().value())
    })
}

/// Sends the state of a checkbox.
pub(super) fn ticked(send: &Callback<Msg>, msg: impl Fn(bool) -> Msg + 'static) -> Callback<Event> {
    send.reform(move |event: Event| {
        msg(event.target_unchecked_into::<HtmlInputElement>().checked())
    })
}

/// The index of the selected option. It is set as a property, because the browser ignores an option's
/// attribute once the user has selected another.
pub(super) fn selected_index(mut chosen: impl Iterator<Item = bool>) -> u32 {
    chosen.position(|chosen| chosen).and_then(|index| index.try_into().ok()).unwrap_or_default()
}

/// Sends the index of the option that the user selected.
pub(super) fn selected(
    send: &Callback<Msg>,
    msg: impl Fn(usize) -> Msg + 'static,
) -> Callback<Event> {
    send.reform(move |event: Event| {
        let index = event.target_unchecked_into::<HtmlSelectElement>().selected_index();
        msg(usize::try_from(index).unwrap_or_default())
    })
}
