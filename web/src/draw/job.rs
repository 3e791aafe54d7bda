//! Draws a region's job: its steps, how far it is, and the buttons that act on it.

use replay_page::{
    Intent, Msg,
    view::{JobStep, Progress, Rate, Row, StepState, labels},
};
use yew::{Callback, Html, html};

use super::{
    events,
    parts::{button_in_row, icon, line, live_notices, option, span},
};

/// The job of the one region in view.
pub(super) fn panel(job: &Row, send: &Callback<Msg>) -> Html {
    html! {
        <div class={if job.empty.is_some() { "job none" } else { "job" }}>
            { steps(&job.steps) }
            { content(job, "secondary", send) }
        </div>
    }
}

/// What a job is doing, and what can be done about it.
pub(super) fn content(job: &Row, class: &'static str, send: &Callback<Msg>) -> Html {
    let notices =
        [&job.advice, &job.waiting, &job.rate_error, &job.mutation_notice, &job.request_error];
    let actions = [&job.cancel, &job.resume, &job.resend, &job.setup, &job.drop_held];
    let notices: Vec<_> = notices.into_iter().flatten().collect();
    html! {
        <>
            if let Some(one) = &job.progress { { progress(one) } }
            if job.empty.is_none() {
                { line("meaning", &job.meaning) }
                if let Some(destination) = &job.destination { { line("meaning", destination) } }
            }
            <div class="buttons" role="group" aria-label={labels::ACTIONS} tabindex="-1">
                if let Some(one) = &job.rate { { rate(one, class, &job.region, send) } }
                // Each has its place, so that a double click on one does not press another.
                { for actions.map(|action| html! {
                    <>{ for action.iter().map(|it| button_in_row(it, class, &job.region, send)) }</>
                }) }
            </div>
            { live_notices(&notices, send) }
        </>
    }
}

/// Draws the steps of a job as an ordered list.
fn steps(steps: &[JobStep]) -> Html {
    if steps.is_empty() {
        return Html::default();
    }
    let step = |step: &JobStep| {
        let (class, sign) = match step.state {
            StepState::Done => ("done", Some("check")),
            StepState::Completed => ("good", Some("check")),
            StepState::Failed => ("bad", Some("cross")),
            StepState::Current => ("now", None),
            StepState::Open => ("", None),
        };
        let is_here = !matches!(step.state, StepState::Done | StepState::Open);
        html! {
            <li {class} aria-current={is_here.then_some("step")}>
                <span class="mark">{ for sign.map(icon) }</span>{ step.label }
            </li>
        }
    };
    html! { <ol class="steps">{ for steps.iter().map(step) }</ol> }
}

/// Draws a bar, with what is known in words below it.
pub(super) fn progress(progress: &Progress) -> Html {
    let (max, value) = match progress.bar {
        Some(bar) => (Some(bar.total.to_string()), Some(bar.delivered.to_string())),
        None => (None, None),
    };
    html! {
        <div class="progress">
            <progress aria-label={progress.name.clone()} {max} {value} />
            <p>
                { span("", &progress.amount) }
                { for progress.facts.iter().map(|fact| span("", fact)) }
            </p>
        </div>
    }
}

fn rate(rate: &Rate, class: &'static str, row: &str, send: &Callback<Msg>) -> Html {
    let chosen = events::selected_index(rate.speeds.iter().map(|speed| speed.chosen));
    let limits: Vec<_> = rate.speeds.iter().map(|speed| speed.limit).collect();
    let region = rate.region.clone();
    let onchange = events::selected(send, move |index| {
        let limit = limits.get(index).copied().flatten();
        Msg::Intended(Intent::SetRate(region.clone(), limit))
    });
    html! {
        <>
            { button_in_row(&rate.pause, class, row, send) }
            if !rate.speeds.is_empty() {
                <label class="speed">
                    { labels::SPEED }
                    <select ~selectedIndex={chosen} {onchange} aria-label={rate.name.clone()}>
                        { for rate.speeds.iter().map(|speed| option(&speed.label, speed.chosen)) }
                    </select>
                </label>
            }
        </>
    }
}
