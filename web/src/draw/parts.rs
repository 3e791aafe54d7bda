//! Draws the elements that every part of the page is composed of: buttons, badges, notices and times.

use replay_page::{
    Intent, Msg,
    view::{Action, Badge, Notice, Pick, Readiness, Time, Tone, labels},
};
use web_sys::MouseEvent;
use yew::{Callback, Html, html};

use super::events;

/// Draws a button. If it cannot be pressed, the reason is beside it.
pub(super) fn button(action: &Action, class: &'static str, send: &Callback<Msg>) -> Html {
    pressed_by("button", action, class, None, "", send)
}

/// Draws a button with an icon of the document's set before its text.
pub(super) fn button_with_icon(
    action: &Action,
    class: &'static str,
    icon: &'static str,
    send: &Callback<Msg>,
) -> Html {
    pressed_by("button", action, class, Some(icon), "", send)
}

/// Draws a button in a row of a table; `row` keeps the ids of reasons unique.
pub(super) fn button_in_row(
    action: &Action,
    class: &'static str,
    row: &str,
    send: &Callback<Msg>,
) -> Html {
    pressed_by("button", action, class, None, row, send)
}

/// Draws the submit button of a form, which the Enter key presses too.
pub(super) fn submit(action: &Action, class: &'static str, send: &Callback<Msg>) -> Html {
    pressed_by("submit", action, class, None, "", send)
}

fn pressed_by(
    kind: &'static str,
    action: &Action,
    class: &'static str,
    sign: Option<&'static str>,
    row: &str,
    send: &Callback<Msg>,
) -> Html {
    let (disabled, unavailable, reason) = match &action.state {
        Readiness::Ready => (false, false, None),
        Readiness::Busy => (false, true, None),
        Readiness::Unavailable(reason) => (false, true, Some(reason)),
        Readiness::Disabled(reason) => (true, false, Some(reason)),
    };
    let name = action.name.as_deref().unwrap_or(action.label);
    let id = reason.map(|_| format!("why-not-{name}-{row}").to_ascii_lowercase().replace(' ', "-"));
    let setup = action.setup.as_ref().map(|region| {
        let onclick =
            events::always::<MouseEvent>(send, Msg::Intended(Intent::OpenSetup(region.clone())));
        html! { <button type="button" class="quiet" {onclick}>{ labels::SEE_SETUP }</button> }
    });
    let (send, msg) = (send.clone(), action.msg.clone());
    let onclick = move |_: MouseEvent| {
        if !unavailable {
            send.emit(msg.clone());
        }
    };
    html! {
        <>
            <button type={kind} {class} {disabled} {onclick}
                aria-disabled={unavailable.then_some("true")}
                aria-busy={(action.state == Readiness::Busy).then_some("true")}
                aria-describedby={id.clone()} aria-label={action.name.clone()}>
                if let Some(sign) = sign { { icon(sign) } }
                { action.label }
            </button>
            if let Some(reason) = reason { <span class="why-not" {id}>{ reason }</span> }
            if let Some(setup) = setup { { setup } }
        </>
    }
}

/// Draws an icon of the document's set; `name` is its id there without `i-`. It has no text of its own.
pub(super) fn icon(name: &'static str) -> Html {
    html! { <svg class="icon" aria-hidden="true"><use href={format!("#i-{name}")} /></svg> }
}

/// Draws a block around others.
pub(super) fn block(class: &'static str, children: Vec<Html>) -> Html {
    html! { <div {class}>{ children }</div> }
}

/// Draws a paragraph.
pub(super) fn line(class: &'static str, text: &str) -> Html {
    html! { <p {class}>{ text }</p> }
}

/// Draws a text in a line.
pub(super) fn span(class: &'static str, text: &str) -> Html {
    inline(class, vec![text.into()])
}

/// Draws parts of a line.
pub(super) fn inline(class: &'static str, parts: Vec<Html>) -> Html {
    html! { <span {class}>{ for parts }</span> }
}

/// Draws an option of a select.
pub(super) fn option(label: &str, chosen: bool) -> Html {
    html! { <option selected={chosen}>{ label }</option> }
}

/// Draws a group of radio buttons as one row of segments.
pub(super) fn segmented(
    name: &'static str,
    legend: &'static str,
    picks: &[Pick],
    send: &Callback<Msg>,
) -> Html {
    html! {
        <fieldset class="segmented">
            <legend class="unseen">{ legend }</legend>
            { for picks.iter().map(|pick| html! {
                <label>
                    <input type="radio" {name} id={pick.id} checked={pick.current}
                        onchange={events::always(send, pick.msg.clone())} />
                    <span>{ &pick.label }</span>
                </label>
            }) }
        </fieldset>
    }
}

/// Draws a status.
pub(super) fn badge(badge: &Badge) -> Html {
    let class = match badge.tone {
        Tone::Neutral => "badge neutral",
        Tone::Busy => "badge busy",
        Tone::Good => "badge good",
        Tone::Warning => "badge warning",
        Tone::Bad => "badge bad",
    };
    html! { <span {class}>{ &badge.word }</span> }
}

/// Draws notices in live regions. The regions are in the document before there is a notice: a screen
/// reader announces only changes of existing ones.
pub(super) fn notice_list(notices: &[Notice], send: &Callback<Msg>) -> Html {
    live_notices(&Vec::from_iter(notices), send)
}

/// Draws notices of several parts in the same live regions.
pub(super) fn live_notices(notices: &[&Notice], send: &Callback<Msg>) -> Html {
    html! {
        <>
            <div role="alert">{ some(notices, |tone| tone == Tone::Bad, send) }</div>
            <div role="status">{ some(notices, |tone| tone != Tone::Bad, send) }</div>
        </>
    }
}

/// Draws notices that a screen reader does not announce.
pub(super) fn silent_notices(notices: &[Notice], send: &Callback<Msg>) -> Html {
    some(&Vec::from_iter(notices), |_| true, send)
}

fn some(notices: &[&Notice], is_drawn: fn(Tone) -> bool, send: &Callback<Msg>) -> Html {
    let mut drawn = Vec::new();
    for one in notices {
        if is_drawn(one.tone) {
            drawn.push(notice(one, &drawn.len().to_string(), send));
        }
    }
    Html::from_iter(drawn)
}

/// Draws a notice; `place` keeps the ids of reasons unique.
fn notice(notice: &Notice, place: &str, send: &Callback<Msg>) -> Html {
    let class = match notice.tone {
        Tone::Neutral => "notice neutral",
        Tone::Busy => "notice busy",
        Tone::Good => "notice good",
        Tone::Warning => "notice warning",
        Tone::Bad => "notice bad",
    };
    html! {
        <div {class}>
            <p>{ &notice.text }</p>
            if let Some(action) = &notice.action { { button_in_row(action, "quiet", place, send) } }
        </div>
    }
}

/// Draws a time.
pub(super) fn time(time: Option<&Time>) -> Html {
    match time {
        Some(time) => {
            html! { <time datetime={time.iso.clone()} title={time.iso.clone()}>{ &time.shown }</time> }
        }
        None => html! { <span class="none">{ labels::NO_VALUE }</span> },
    }
}

/// Draws the fault of a field under this id.
pub(super) fn fault(id: String, fault: Option<&String>) -> Html {
    html! { { for fault.map(|fault| html! { <p class="fault" {id}>{ fault }</p> }) } }
}
