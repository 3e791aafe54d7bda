//! The tab Setup.

use replay_core::webhook::{LogFormat, Typed};
use replay_page::{
    Msg, Wish,
    setup::Edit,
    view::{Choice, SetupForm},
};
use yew::{Callback, Html, html};

use super::parts::{badge, button, fault, notice, submit, text};

pub(super) fn draw(form: &SetupForm, tell: &Callback<Msg>) -> Html {
    html! {
        <form class="setup" onsubmit={text::stay()} novalidate=true>
            <p class="health">
                <span>{ "Webhook " }</span>
                if let Some(health) = &form.health { { badge(health) } }
                if let Some(last) = &form.last { <span class="last">{ last }</span> }
            </p>
            { endpoint(form, tell) }
            { authorization(form, tell) }
            { log_format(form, tell) }
            { tick("skip", "Skip TLS verification", "Accept any certificate. Only for tests: anybody in between could read the entries.",
                &form.skip_ssl_verification, tell, Edit::SkipSslVerification) }
            { tick("enabled", "Enabled", "Send this region's audit log to the endpoint.",
                &form.enabled, tell, Edit::Enabled) }
            <div class="buttons">
                { submit(&form.save, "primary", tell) }
                if let Some(revert) = &form.revert { { button(revert, "quiet", tell) } }
                if let Some(test) = &form.test { { button(test, "secondary", tell) } }
            </div>
            <>{ for form.notices.iter().map(|one| notice(one, tell)) }</>
        </form>
    }
}

fn edited<T>(edit: impl Fn(T) -> Edit + 'static) -> impl Fn(T) -> Msg + 'static {
    move |value| Msg::Wished(Wish::Edit(edit(value)))
}

fn endpoint(form: &SetupForm, tell: &Callback<Msg>) -> Html {
    let (value, wrong) = &form.endpoint;
    html! {
        <div class="field">
            <label for="endpoint">{ "Endpoint" }</label>
            <input id="endpoint" type="url" autocomplete="off" spellcheck="false"
                value={value.clone()}
                aria-invalid={wrong.as_ref().map(|_| "true")}
                aria-describedby="endpoint-fault endpoint-hint"
                oninput={text::typed(tell, edited(Edit::Endpoint))} />
            { fault("endpoint-fault".to_owned(), wrong.as_ref()) }
            <p class="hint" id="endpoint-hint">{ "Where the entries are sent, like https://siem.example/audit." }</p>
        </div>
    }
}

fn authorization(form: &SetupForm, tell: &Callback<Msg>) -> Html {
    let (value, wrong) = &form.authorization;
    html! {
        <div class="field">
            <label for="authorization">{ "Authorization" }</label>
            <input id="authorization" type="password" autocomplete="off"
                value={value.0.clone()} placeholder={form.placeholder}
                aria-invalid={wrong.as_ref().map(|_| "true")}
                aria-describedby="authorization-fault authorization-hint"
                oninput={text::typed(tell, edited(|value| Edit::Authorization(Typed(value))))} />
            { fault("authorization-fault".to_owned(), wrong.as_ref()) }
            <p class="hint" id="authorization-hint">
                { "The value of the Authorization header. It is never shown again; left empty, what is saved stays." }
            </p>
        </div>
    }
}

fn log_format(form: &SetupForm, tell: &Callback<Msg>) -> Html {
    let (choices, wrong) = &form.log_formats;
    let formats: Vec<Option<LogFormat>> = choices.iter().map(|choice| choice.format).collect();
    let onchange = text::chosen(tell, move |place| {
        let format = formats.get(place).copied().flatten();
        format.map_or(Msg::Done, |format| Msg::Wished(Wish::Edit(Edit::LogFormat(format))))
    });
    let option =
        |choice: &Choice| html! { <option selected={choice.chosen}>{ &choice.label }</option> };
    html! {
        <div class="field">
            <label for="log-format">{ "Log format" }</label>
            <select id="log-format" {onchange} aria-describedby="log-format-fault"
                aria-invalid={wrong.as_ref().map(|_| "true")}>
                { for choices.iter().map(option) }
            </select>
            { fault("log-format-fault".to_owned(), wrong.as_ref()) }
        </div>
    }
}

fn tick(
    id: &'static str,
    label: &'static str,
    hint: &'static str,
    (checked, wrong): &(bool, Option<String>),
    tell: &Callback<Msg>,
    edit: fn(bool) -> Edit,
) -> Html {
    html! {
        <div class="field tick-field">
            <label class="tick" for={id}>
                <input {id} type="checkbox" checked={*checked}
                    aria-invalid={wrong.as_ref().map(|_| "true")}
                    aria-describedby={format!("{id}-fault {id}-hint")}
                    onchange={text::ticked(tell, edited(edit))} />
                { label }
            </label>
            { fault(format!("{id}-fault"), wrong.as_ref()) }
            <p class="hint" id={format!("{id}-hint")}>{ hint }</p>
        </div>
    }
}
