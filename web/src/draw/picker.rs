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
    events::{self, chosen},
    parts::{block, button, fault, icon, segmented, span, submit},
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
                { for picker.detail.iter().map(|text| span("detail", text)) }
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
                    { span("draft-mark", labels::NOT_APPLIED) }
                    { understood(draft, send) }
                    { button(&draft.apply, "secondary", send) }
                    { discard(draft, send) }
                </div>
            }
        </div>
    }
}

fn popover(popover: &Popover, send: &Callback<Msg>) -> Html {
    let draft = &popover.understood;
    let groups = popover.options.iter().map(|options| group(options, send)).collect();
    let save = vec![
        text_input("range-name", labels::SAVE_AS, &popover.name, "", false, Choice::Rename, send),
        submit(&popover.save, "secondary", send),
    ];
    let mut copy = vec![span("", labels::COPY_AS)];
    copy.extend(popover.copy.iter().map(|copy| button(copy, "secondary", send)));
    copy.push(span("", popover.copied.unwrap_or_default()));
    html! {
        <div role="dialog" class="popover" id={POPOVER} aria-labelledby="range-label" tabindex="-1"
            onkeydown={events::typed_ahead(send, POPOVER)} onpaste={events::pasted(send)}>
            <form onsubmit={events::submitted(send, draft.apply.msg.clone())} novalidate=true>
                { segmented("range-tab", labels::RANGE_TABS, &popover.tabs, send) }
                if let Some(custom) = &popover.custom { { inputs(custom, send) } }
                { block("groups", groups) }
                { block("foot", vec![
                    understood(draft, send),
                    discard(draft, send),
                    // Not on its click: the form is gone before it is submitted.
                    html! { <button type="submit" class="primary">{ draft.apply.label }</button> },
                ]) }
            </form>
            <details>
                <summary>{ labels::SAVE_OR_COPY }</summary>
                <form class="save" onsubmit={events::prevent_submit()} novalidate=true>{ save }</form>
                { block("copy", copy) }
            </details>
        </div>
    }
}

fn discard(draft: &Understood, send: &Callback<Msg>) -> Html {
    draft.discard.as_ref().map_or_else(Html::default, |discard| button(discard, "quiet", send))
}

fn group(group: &RangeGroup, send: &Callback<Msg>) -> Html {
    let options: Vec<_> = group.options.iter().map(|option| self::option(option, send)).collect();
    html! { <fieldset class="options"><legend>{ group.legend }</legend>{ options }</fieldset> }
}

fn option(option: &RangeOption, send: &Callback<Msg>) -> Html {
    html! {
        <div class="option" ondblclick={events::always(send, Msg::Intended(Intent::Apply))}>
            <label>
                <input type="radio" name="range-option" id={option.current.then_some(Picker::CHOSEN)}
                    checked={option.current} onchange={events::always(send, option.draft.clone())} />
                { span("", &option.label) }
                { span("detail", option.detail.as_deref().unwrap_or_default()) }
            </label>
            { for option.forget.as_ref().map(|forget| button(forget, "quiet", send)) }
        </div>
    }
}

fn inputs(custom: &Custom, send: &Callback<Msg>) -> Html {
    let input = |RangeInput { field, label, text, invalid }: &RangeInput| {
        let field = *field;
        let typed = move |text| Choice::Type(field, text);
        let step = move |caret, step| chosen(Choice::Step(field, caret, step));
        let input =
            text_input(field.id(), label, text, "understood ends-hint", *invalid, typed, send);
        html! { <div class="field" onkeydown={events::stepped(send, step)}>{ input }</div> }
    };
    let mut ends: Vec<_> = custom.inputs.iter().map(input).collect();
    ends.push(html! { <p class="hint" id="ends-hint">{ &custom.hint }</p> });
    block("custom", vec![block("ends", ends), calendar(&custom.calendar, send)])
}

/// Draws a text field and its label.
fn text_input(
    id: &'static str,
    label: &'static str,
    text: &str,
    described_by: &'static str,
    invalid: bool,
    typed: impl Fn(String) -> Choice + 'static,
    send: &Callback<Msg>,
) -> Html {
    let typed: Box<dyn Fn(String) -> Choice> = Box::new(typed);
    html! {
        <>
            <label for={id}>{ label }</label>
            <input {id} type="text" autocomplete="off" spellcheck="false" value={text.to_owned()}
                aria-invalid={invalid.then_some("true")} aria-describedby={described_by}
                onmousedown={events::selected_at_once()}
                oninput={events::typed(send, move |text| chosen(typed(text)))} />
        </>
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
