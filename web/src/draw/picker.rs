//! Draws the range picker: the trigger, the draft that is not applied, and the popover.

use replay_page::{
    Choice, Intent, Msg, Picker,
    view::{
        Custom, Popover, RangeGroup, RangeInput, RangeOption, RangePicker, Tone, Understood, labels,
    },
};
use yew::{Callback, Html, html};

use super::{
    calendar::calendar,
    events,
    parts::{button, fault, icon, segmented, submit},
};

/// The id of the element around the trigger and the popover.
pub(crate) const ROOT: &str = "picker";

/// The id of the popover.
pub(crate) const POPOVER: &str = "range-popover";

pub(super) fn trigger(picker: &RangePicker, send: &Callback<Msg>) -> Html {
    let open = picker.popover.is_some();
    html! {
        <div class="picker" id={ROOT} onkeydown={events::escaped(send, open, chosen(Choice::Escape))}
            onfocusout={events::left(send, ROOT, chosen(Choice::Leave))}>
            <label id="range-label" for={Picker::TRIGGER}>{ labels::RANGE }</label>
            <button type="button" class="trigger" id={Picker::TRIGGER}
                aria-haspopup="dialog" aria-expanded={open.to_string()}
                aria-labelledby="range-label range" aria-describedby="range-fault range-hint"
                onclick={events::always(send, picker.toggle.clone())}>
                { icon("calendar") }
                <span id="applied">{ &picker.choice }</span>
                { for picker.detail.iter().map(|text| html! { <span class="detail">{ text }</span> }) }
            </button>
            if let Some(open) = &picker.popover { { popover(open, send) } }
        </div>
    }
}

/// Draws what is below the trigger.
pub(super) fn below(picker: &RangePicker, send: &Callback<Msg>) -> Html {
    html! {
        <div class="below">
            { fault("range-fault".to_owned(), picker.fault.as_ref()) }
            <p class="hint" id="range-hint">{ &picker.hint }</p>
            if let Some(draft) = &picker.draft {
                <div class="draft">
                    <span class="draft-mark">{ labels::NOT_APPLIED }</span>
                    { understood(draft, send) }
                    { button(&draft.apply, "secondary", send) }
                    if let Some(discard) = &draft.discard { { button(discard, "quiet", send) } }
                </div>
            }
        </div>
    }
}

fn popover(popover: &Popover, send: &Callback<Msg>) -> Html {
    let draft = &popover.understood;
    html! {
        <div role="dialog" class="popover" id={POPOVER} aria-labelledby="range-label" tabindex="-1">
            <form onsubmit={events::submitted(send, draft.apply.msg.clone())} novalidate=true>
                { segmented("range-tab", labels::RANGE_TABS, &popover.tabs, send) }
                if let Some(custom) = &popover.custom { { inputs(custom, send) } }
                <div class="groups">
                    { for popover.options.iter().map(|options| group(options, send)) }
                </div>
                <div class="foot">
                    { understood(draft, send) }
                    if let Some(discard) = &draft.discard { { button(discard, "quiet", send) } }
                    // Not on its click: the form is gone before it is submitted.
                    <button type="submit" class="primary">{ draft.apply.label }</button>
                </div>
            </form>
            <details>
                <summary>{ labels::SAVE_OR_COPY }</summary>
                { save(popover, send) }
                <div class="copy">
                    <span>{ labels::COPY_AS }</span>
                    <>{ for popover.copy.iter().map(|copy| button(copy, "secondary", send)) }</>
                    <span>{ popover.copied.unwrap_or_default() }</span>
                </div>
            </details>
        </div>
    }
}

fn group(group: &RangeGroup, send: &Callback<Msg>) -> Html {
    let option = |option: &RangeOption| {
        html! {
            <div class="option" ondblclick={events::always(send, option.take.clone())}>
                <label>
                    <input type="radio" name="range-option" id={option.id} checked={option.current}
                        onchange={events::always(send, option.draft.clone())} />
                    <span>{ &option.label }</span>
                    if let Some(detail) = &option.detail { <small>{ detail }</small> }
                </label>
                if let Some(forget) = &option.forget { { button(forget, "quiet", send) } }
            </div>
        }
    };
    html! {
        <fieldset class="options">
            <legend>{ group.legend }</legend>
            { for group.options.iter().map(option) }
        </fieldset>
    }
}

fn save(popover: &Popover, send: &Callback<Msg>) -> Html {
    html! {
        <form class="save" onsubmit={events::prevent_submit()} novalidate=true>
            <label for="range-name">{ labels::SAVE_AS }</label>
            <input id="range-name" type="text" autocomplete="off" value={popover.name.clone()}
                oninput={events::typed(send, |text| chosen(Choice::Rename(text)))} />
            { submit(&popover.save, "secondary", send) }
        </form>
    }
}

fn inputs(custom: &Custom, send: &Callback<Msg>) -> Html {
    let input = |RangeInput { field, label, text, invalid }: &RangeInput| {
        let (field, id) = (*field, field.id());
        html! {
            <div class="field">
                <label for={id}>{ *label }</label>
                <input {id} type="text" autocomplete="off" spellcheck="false" value={text.clone()}
                    aria-invalid={invalid.then_some("true")} aria-describedby="understood ends-hint"
                    oninput={events::typed(send, move |text| chosen(Choice::Type(field, text)))}
                    onkeydown={events::stepped(send, move |caret, step| chosen(Choice::Step(field, caret, step)))} />
            </div>
        }
    };
    html! {
        <div class="custom">
            <div class="ends">
                { for custom.inputs.iter().map(input) }
                <p class="hint" id="ends-hint">{ &custom.hint }</p>
            </div>
            { calendar(&custom.calendar, send) }
        </div>
    }
}

fn understood(understood: &Understood, send: &Callback<Msg>) -> Html {
    let class = match understood.tone {
        Tone::Bad => "understood bad",
        Tone::Warning => "understood warning",
        Tone::Neutral | Tone::Busy | Tone::Good => "understood",
    };
    html! {
        <div {class}>
            <p id="understood">{ &understood.text }</p>
            { for understood.mends.iter().map(|mend| html! {
                <button type="button" onclick={events::always(send, mend.msg.clone())}>
                    { &mend.label }
                </button>
            }) }
        </div>
    }
}

pub(super) fn chosen(choice: Choice) -> Msg {
    Msg::Intended(Intent::Choose(choice))
}
