//! Draws the sign-in dialog and the confirmation before a replay is sent to all regions. Both are
//! always in the document, and empty while they are closed.

use replay_core::webhook::Typed;
use replay_page::{
    Intent, Msg,
    view::{Dialog, Question, labels},
};
use web_sys::{Event, SubmitEvent};
use yew::{Callback, Html, NodeRef, html};

use super::{
    events,
    parts::{button, fault},
};

pub(super) fn sign_in(dialog: Option<&Dialog>, node: &NodeRef, send: &Callback<Msg>) -> Html {
    let dismissed = events::always::<Event>(send, Msg::SignInDismissed);
    html! {
        <dialog ref={node} aria-labelledby="sign-in" oncancel={dismissed}>
            { for dialog.map(|dialog| form(dialog, send)) }
        </dialog>
    }
}

pub(super) fn question(question: Option<&Question>, node: &NodeRef, send: &Callback<Msg>) -> Html {
    let dismissed = events::always::<Event>(send, Msg::Intended(Intent::DismissSend));
    html! {
        <dialog ref={node} aria-labelledby="question" oncancel={dismissed}>
            { for question.map(|question| asked(question, send)) }
        </dialog>
    }
}

// Not inlined, so that it can be loaded later.
#[inline(never)]
fn asked(question: &Question, send: &Callback<Msg>) -> Html {
    html! {
        <>
            <p id="question" tabindex="-1" autofocus=true>{ &question.text }</p>
            <>{ for question.left_out.iter().map(|text| html! { <p class="hint">{ text }</p> }) }</>
            <div class="buttons">
                { button(&question.send, "primary", send) }
                { button(&question.cancel, "quiet", send) }
            </div>
        </>
    }
}

fn form(dialog: &Dialog, send: &Callback<Msg>) -> Html {
    let onsubmit = send.reform(|event: SubmitEvent| {
        event.prevent_default();
        Msg::SignedIn
    });
    html! {
        <form {onsubmit} novalidate=true>
            <h2 id="sign-in">{ labels::SIGN_IN }</h2>
            <p id="token-hint">{ dialog.text }</p>
            <label for="token">{ labels::TOKEN }</label>
            <input id="token" type="password" autocomplete="new-password" autofocus=true
                value={dialog.typed.0.clone()}
                aria-invalid={dialog.fault.map(|_| "true")} aria-describedby="token-fault token-hint"
                oninput={events::typed(send, |value| Msg::TokenTyped(Typed(value)))} />
            // The focus is in the field already, and a live region outside the dialog is silent.
            <div role="alert">
                { fault("token-fault".to_owned(), dialog.fault.map(str::to_owned).as_ref()) }
            </div>
            <label class="tick">
                <input type="checkbox" checked={dialog.keep}
                    onchange={events::ticked(send, Msg::KeepTicked)} />
                { labels::KEEP_TOKEN }
            </label>
            <div class="buttons">
                <button type="submit" class="primary">{ labels::SIGN_IN }</button>
                <button type="button" class="quiet"
                    onclick={events::always(send, Msg::SignInDismissed)}>{ labels::CANCEL }</button>
            </div>
        </form>
    }
}
