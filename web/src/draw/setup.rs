//! The tab Setup.

use replay_core::webhook::{LogFormat, Typed};
use replay_page::{
    Intent, Msg,
    setup::Edit,
    view::{Choice, Field, Input, SetupForm},
};
use yew::{Callback, Html, html};

use super::{
    events,
    parts::{badge, button, fault, said, submit},
};

pub(super) fn draw(form: &SetupForm, tell: &Callback<Msg>) -> Html {
    html! {
        <form class="setup" onsubmit={events::stay()} novalidate=true>
            <p class="health">
                <span>{ "Webhook " }</span>
                if let Some(health) = &form.health { { badge(health) } }
                if let Some(last) = &form.last { <span class="last">{ last }</span> }
            </p>
            <fieldset class="setup" disabled={form.read_only}>
                { endpoint(form, tell) }
                { authorization(form, tell) }
                if let Some(remove) = &form.remove_authorization {
                    { tick(remove, tell, Edit::RemoveAuthorization) }
                }
                { log_format(form, tell) }
                { tick(&form.skip_ssl_verification, tell, Edit::SkipSslVerification) }
                { tick(&form.enabled, tell, Edit::Enabled) }
            </fieldset>
            <div class="buttons">
                { submit(&form.save, "primary", tell) }
                if let Some(revert) = &form.revert { { button(revert, "quiet", tell) } }
                if let Some(test) = &form.test { { button(test, "secondary", tell) } }
            </div>
            { said(&form.notices, tell) }
        </form>
    }
}

fn edited<T>(edit: impl Fn(T) -> Edit + 'static) -> impl Fn(T) -> Msg + 'static {
    move |value| Msg::Intended(Intent::Edit(edit(value)))
}

fn endpoint(form: &SetupForm, tell: &Callback<Msg>) -> Html {
    let Input { value, field } = &form.endpoint;
    let input = html! {
        <input id={field.id} type="url" autocomplete="off" spellcheck="false" value={value.clone()}
            aria-invalid={invalid(field)} aria-describedby={described(field)}
            oninput={events::typed(tell, edited(Edit::Endpoint))} />
    };
    labelled(field, input)
}

fn authorization(form: &SetupForm, tell: &Callback<Msg>) -> Html {
    let Input { value, field } = &form.authorization;
    let input = html! {
        <input id={field.id} type="password" autocomplete="new-password" value={value.0.clone()}
            placeholder={form.placeholder}
            aria-invalid={invalid(field)} aria-describedby={described(field)}
            oninput={events::typed(tell, edited(|value| Edit::Authorization(Typed(value))))} />
    };
    labelled(field, input)
}

fn log_format(form: &SetupForm, tell: &Callback<Msg>) -> Html {
    let Input { value: choices, field } = &form.log_formats;
    let formats: Vec<Option<LogFormat>> = choices.iter().map(|choice| choice.format).collect();
    let chosen = events::place(choices.iter().map(|choice| choice.chosen));
    let onchange = events::chosen(tell, move |place| {
        let format = formats.get(place).copied().flatten();
        format.map_or(Msg::Done, |format| Msg::Intended(Intent::Edit(Edit::LogFormat(format))))
    });
    let option =
        |choice: &Choice| html! { <option selected={choice.chosen}>{ &choice.label }</option> };
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

fn tick(
    Input { value: checked, field }: &Input<bool>,
    tell: &Callback<Msg>,
    edit: fn(bool) -> Edit,
) -> Html {
    html! {
        <div class="field tick-field">
            <label class="tick" for={field.id}>
                <input id={field.id} type="checkbox" checked={*checked}
                    aria-invalid={invalid(field)} aria-describedby={described(field)}
                    onchange={events::ticked(tell, edited(edit))} />
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
