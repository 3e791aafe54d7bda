//! Buttons, badges, notices and moments: what the other drawings are made of.

use replay_page::{
    Msg,
    view::{Action, Badge, Notice, Readiness, Time, Tone},
};
use web_sys::MouseEvent;
use yew::{Callback, Html, html};

/// A button; where it cannot be pressed, the reason stands beside it.
pub(super) fn button(action: &Action, class: &'static str, tell: &Callback<Msg>) -> Html {
    pressed_by("button", action, class, "", tell)
}

/// A button in the row of that name: a reason's id is unique among all rows.
pub(super) fn button_in_row(
    action: &Action,
    class: &'static str,
    row: &str,
    tell: &Callback<Msg>,
) -> Html {
    pressed_by("button", action, class, row, tell)
}

/// The button of its form: Enter in a field presses it too.
pub(super) fn submit(action: &Action, class: &'static str, tell: &Callback<Msg>) -> Html {
    pressed_by("submit", action, class, "", tell)
}

fn pressed_by(
    kind: &'static str,
    action: &Action,
    class: &'static str,
    row: &str,
    tell: &Callback<Msg>,
) -> Html {
    let (disabled, hindered, reason) = match &action.state {
        Readiness::Ready => (false, false, None),
        Readiness::Busy => (false, true, None),
        Readiness::Unavailable(reason) => (false, true, Some(reason)),
        Readiness::Disabled(reason) => (true, false, Some(reason)),
    };
    let name = action.name.as_deref().unwrap_or(action.label);
    let id = reason.map(|_| format!("why-not-{name}-{row}").to_ascii_lowercase().replace(' ', "-"));
    let (tell, msg) = (tell.clone(), action.msg.clone());
    let onclick = move |_: MouseEvent| {
        if !hindered {
            tell.emit(msg.clone());
        }
    };
    html! {
        <>
            <button type={kind} {class} {disabled} {onclick}
                aria-disabled={hindered.then_some("true")}
                aria-busy={(action.state == Readiness::Busy).then_some("true")}
                aria-describedby={id.clone()} aria-label={action.name.clone()}>
                { action.label }
            </button>
            if let Some(reason) = reason { <span class="why-not" {id}>{ reason }</span> }
        </>
    }
}

/// A status in one word.
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

/// What a person should know. It has its place before there is anything in it: only so is it read
/// out when it comes.
pub(super) fn said(notices: &[Notice], tell: &Callback<Msg>) -> Html {
    let (bad, other): (Vec<_>, Vec<_>) =
        notices.iter().partition(|notice| notice.tone == Tone::Bad);
    html! {
        <>
            <div role="alert">{ for bad.into_iter().map(|one| notice(one, tell)) }</div>
            <div role="status">{ for other.into_iter().map(|one| notice(one, tell)) }</div>
        </>
    }
}

fn notice(notice: &Notice, tell: &Callback<Msg>) -> Html {
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
            if let Some(action) = &notice.action { { button(action, "quiet", tell) } }
        </div>
    }
}

/// A moment, or that there is none.
pub(super) fn time(time: Option<&Time>) -> Html {
    match time {
        Some(time) => html! { <time datetime={time.iso.clone()}>{ &time.shown }</time> },
        None => html! { <span class="none">{ "—" }</span> },
    }
}

/// What is wrong with a field, to stand below it under this id.
pub(super) fn fault(id: String, fault: Option<&String>) -> Html {
    html! { { for fault.map(|fault| html! { <p class="fault" {id}>{ fault }</p> }) } }
}
