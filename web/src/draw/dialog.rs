//! The dialog that asks for a token. It is always in the document, and opened where there is
//! something in it.

use replay_core::webhook::Typed;
use replay_page::{Msg, view::Dialog};
use web_sys::{Event, SubmitEvent};
use yew::{Callback, Html, NodeRef, html};

use super::{events, parts::fault};

pub(super) fn draw(dialog: Option<&Dialog>, node: &NodeRef, tell: &Callback<Msg>) -> Html {
    let dismissed = events::always::<Event>(tell, Msg::SignInDismissed);
    html! {
        <dialog ref={node} aria-labelledby="sign-in" oncancel={dismissed}>
            { for dialog.map(|dialog| form(dialog, tell)) }
        </dialog>
    }
}

fn form(dialog: &Dialog, tell: &Callback<Msg>) -> Html {
    let onsubmit = tell.reform(|event: SubmitEvent| {
        event.prevent_default();
        Msg::SignedIn
    });
    html! {
        <form {onsubmit} novalidate=true>
            <h2 id="sign-in">{ "Sign in" }</h2>
            <p id="token-hint">{ dialog.text }</p>
            <label for="token">{ "Token" }</label>
            <input id="token" type="password" autocomplete="new-password" autofocus=true
                value={dialog.typed.0.clone()}
                aria-invalid={dialog.fault.map(|_| "true")} aria-describedby="token-fault token-hint"
                oninput={events::typed(tell, |value| Msg::TokenTyped(Typed(value)))} />
            { fault("token-fault".to_owned(), dialog.fault.map(str::to_owned).as_ref()) }
            <label class="tick">
                <input type="checkbox" checked={dialog.keep}
                    onchange={events::ticked(tell, Msg::KeepTicked)} />
                { "Keep it until this tab is closed" }
            </label>
            <div class="buttons">
                <button type="submit" class="primary">{ "Sign in" }</button>
                <button type="button" class="quiet"
                    onclick={events::always(tell, Msg::SignInDismissed)}>{ "Cancel" }</button>
            </div>
        </form>
    }
}
