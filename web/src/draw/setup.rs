//! Draws the tab Setup.

use replay_core::webhook::{LogFormat, Typed};
use replay_page::{
    Intent, Msg,
    setup::Edit,
    view::{Field, FormatChoice, Input, SetupForm, labels},
};
use yew::{Callback, Html, html};

use super::{
    events,
    parts::{badge, button, fault, notice_list, option, submit},
};

// Not inlined, so that it can be loaded later.
#[inline(never)]
pub(super) fn draw(form: &SetupForm, send: &Callback<Msg>) -> Html {
    html! {
        <form class="setup" onsubmit={events::prevent_submit()} novalidate=true>
            <p class="health">
                <span>{ labels::WEBHOOK }</span>
                if let Some(health) = &form.health { { badge(health) } }
                if let Some(last) = &form.last { <span class="last">{ last }</span> }
            </p>
            <fieldset class="setup" disabled={form.read_only}>
                { endpoint(form, send) }
                { authorization(form, send) }
                if let Some(remove) = &form.remove_authorization {
                    { tick(remove, send, |it| edit(Edit::RemoveAuthorization(it))) }
                }
                { log_format(form, send) }
                { tick(&form.skip_ssl_verification, send, |it| edit(Edit::SkipSslVerification(it))) }
                { tick(&form.enabled, send, |it| edit(Edit::Enabled(it))) }
            </fieldset>
            <div class="buttons">
                { submit(&form.save, "primary", send) }
                if let Some(revert) = &form.revert { { button(revert, "quiet", send) } }
                if let Some(test) = &form.test { { button(test, "secondary", send) } }
                if let Some(back) = &form.back { { button(back, "quiet", send) } }
            </div>
            { notice_list(&form.notices, send) }
        </form>
    }
}

const fn edit(edit: Edit) -> Msg {
    Msg::Intended(Intent::Edit(edit))
}

fn edited<T>(edit: impl Fn(T) -> Edit + 'static) -> impl Fn(T) -> Msg + 'static {
    move |value| Msg::Intended(Intent::Edit(edit(value)))
}

fn endpoint(form: &SetupForm, send: &Callback<Msg>) -> Html {
    let Input { value, field } = &form.endpoint;
    let input = html! {
        <input id={field.id} type="url" autocomplete="off" spellcheck="false" value={value.clone()}
            aria-invalid={invalid(field)} aria-describedby={described(field)}
            oninput={events::typed(send, edited(Edit::Endpoint))} />
    };
    labelled(field, input)
}

fn authorization(form: &SetupForm, send: &Callback<Msg>) -> Html {
    let Input { value, field } = &form.authorization;
    let input = html! {
        <input id={field.id} type="password" autocomplete="new-password" value={value.0.clone()}
            placeholder={form.placeholder}
            aria-invalid={invalid(field)} aria-describedby={described(field)}
            oninput={events::typed(send, edited(|value| Edit::Authorization(Typed(value))))} />
    };
    labelled(field, input)
}

fn log_format(form: &SetupForm, send: &Callback<Msg>) -> Html {
    let Input { value: choices, field } = &form.log_formats;
    let formats: Vec<Option<LogFormat>> = choices.iter().map(|choice| choice.format).collect();
    let chosen = events::selected_index(choices.iter().map(|choice| choice.chosen));
    let onchange = events::selected(send, move |index| {
        let format = formats.get(index).copied().flatten();
        format.map_or(Msg::Done, |format| Msg::Intended(Intent::Edit(Edit::LogFormat(format))))
    });
    let option = |choice: &FormatChoice| option(&choice.label, choice.chosen);
    let input = html! {
        <select id={field.id} ~selectedIndex={chosen} {onchange}
            aria-invalid={invalid(field)} aria-describedby={described(field)}>
            { for choices.iter().map(option) }
        </select>
    };
    labelled(field, input)
}

fn labelled(field: &Field, input: Html) -> Html {
    html! {
        <div class="field">
            <label for={field.id}>{ field.label }</label>
            { input }
            { below(field) }
        </div>
    }
}

/// Draws a checkbox.
pub(super) fn tick(
    Input { value: checked, field }: &Input<bool>,
    send: &Callback<Msg>,
    msg: fn(bool) -> Msg,
) -> Html {
    html! {
        <div class="field tick-field">
            <label class="tick" for={field.id}>
                <input id={field.id} type="checkbox" checked={*checked}
                    aria-invalid={invalid(field)} aria-describedby={described(field)}
                    onchange={events::ticked(send, msg)} />
                { field.label }
            </label>
            { below(field) }
        </div>
    }
}

fn below(field: &Field) -> Html {
    html! {
        <>
            { fault(format!("{}-fault", field.id), field.fault.as_ref()) }
            <p class="hint" id={format!("{}-hint", field.id)}>{ &field.hint }</p>
        </>
    }
}

fn invalid(field: &Field) -> Option<&'static str> {
    field.fault.as_ref().map(|_| "true")
}

fn described(field: &Field) -> String {
    format!("{0}-fault {0}-hint", field.id)
}
