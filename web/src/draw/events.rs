//! Converts events of elements into messages.

use replay_page::{Choice, Intent, Msg};
use time_range::Step;
use wasm_bindgen::JsCast;
use web_sys::{
    ClipboardEvent, Event, FocusEvent, HtmlInputElement, HtmlSelectElement, InputEvent,
    KeyboardEvent, MouseEvent, SubmitEvent,
};
use yew::{Callback, TargetCast};

use crate::browser;

/// Prevents the browser from submitting a form; the form's button sends the message.
pub(super) fn prevent_submit() -> Callback<SubmitEvent> {
    Callback::from(|event: SubmitEvent| event.prevent_default())
}

/// Sends the message in place of submitting a form.
pub(super) fn submitted(send: &Callback<Msg>, msg: Msg) -> Callback<SubmitEvent> {
    send.reform(move |event: SubmitEvent| {
        event.prevent_default();
        msg.clone()
    })
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

/// Sends the place of the caret if an arrow key is pressed that changes the text there.
pub(super) fn stepped(
    send: &Callback<Msg>,
    msg: impl Fn(usize, Step) -> Msg + 'static,
) -> Callback<KeyboardEvent> {
    let send = send.clone();
    Callback::from(move |event: KeyboardEvent| {
        let step = match (event.key().as_str(), event.shift_key()) {
            ("ArrowUp", false) => Step::Up,
            ("ArrowDown", false) => Step::Down,
            ("ArrowUp", true) => Step::LargeUp,
            ("ArrowDown", true) => Step::LargeDown,
            _ => return,
        };
        let caret = event.target_unchecked_into::<HtmlInputElement>().selection_start();
        if let Some(caret) = caret.ok().flatten().and_then(|caret| caret.try_into().ok()) {
            event.prevent_default();
            send.emit(msg(caret, step));
        }
    })
}

/// Sends a character that is typed in the element with this id while no text field has the focus.
pub(super) fn typed_ahead(send: &Callback<Msg>, id: &'static str) -> Callback<KeyboardEvent> {
    let send = send.clone();
    Callback::from(move |event: KeyboardEvent| {
        let key = event.key();
        let is_character = key.chars().count() == 1 && key != " ";
        let is_shortcut = event.ctrl_key() || event.alt_key() || event.meta_key();
        if is_character && !is_shortcut && !is_typed_in(&event) {
            event.prevent_default();
            // What has the focus may vanish before the next key.
            if let Some(element) = browser::element(id) {
                browser::focus_in_place(element);
            }
            send.emit(chosen(Choice::TypeAhead(key)));
        }
    })
}

/// Sends a text that is pasted while no text field has the focus.
pub(super) fn pasted(send: &Callback<Msg>) -> Callback<Event> {
    let send = send.clone();
    Callback::from(move |event: Event| {
        let clipboard = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data);
        let text = clipboard.and_then(|clipboard| clipboard.get_data("text").ok());
        if let Some(text) = text
            && !is_typed_in(&event)
        {
            send.emit(chosen(Choice::TypeAhead(text)));
        }
    })
}

/// Whether the event is one of a text field.
fn is_typed_in(event: &Event) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    target.is_some_and(|input| input.type_() == "text")
}

/// Sends the message if the Escape key is pressed while `open`.
pub(super) fn escaped(send: &Callback<Msg>, open: bool, msg: Msg) -> Callback<KeyboardEvent> {
    let send = send.clone();
    Callback::from(move |event: KeyboardEvent| {
        if open && event.key() == "Escape" {
            event.prevent_default();
            send.emit(msg.clone());
        }
    })
}

/// Sends the message if the focus moves from the element with this id to one outside of it.
pub(super) fn left(send: &Callback<Msg>, id: &'static str, msg: Msg) -> Callback<FocusEvent> {
    let send = send.clone();
    Callback::from(move |event: FocusEvent| {
        if let Some(to) = event.related_target()
            && !browser::is_inside(&to, id)
        {
            send.emit(msg.clone());
        }
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

/// Selects the whole text of a field by the press that focuses it, as the Tab key does: what is typed or
/// pasted replaces it. Later presses place the caret.
pub(super) fn selected_at_once() -> Callback<MouseEvent> {
    Callback::from(|event: MouseEvent| {
        let input = event.target_unchecked_into::<HtmlInputElement>();
        if browser::focused().as_ref() != Some(input.as_ref()) {
            event.prevent_default();
            let _ = input.focus();
            input.select();
        }
    })
}

/// What the user does in the range picker, as a message.
pub(super) fn chosen(choice: Choice) -> Msg {
    Msg::Intended(Intent::Choose(choice))
}
