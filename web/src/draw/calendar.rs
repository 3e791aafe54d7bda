//! Draws the calendar of the range picker as a grid: the Tab key reaches the day of the cursor, the
//! arrow keys move it.

use replay_page::{
    Choice, Intent, Msg,
    picker::CursorMove,
    view::{CalendarDay, CalendarGrid, labels},
};
use web_sys::KeyboardEvent;
use yew::{Callback, Html, html};

use super::events::{self, chosen};

pub(super) fn calendar(grid: &CalendarGrid, send: &Callback<Msg>) -> Html {
    let head = labels::WEEKDAYS
        .iter()
        .map(|name| html! { <th scope="col" abbr={*name}>{ &name[..2] }</th> });
    let week = |week: &[Option<CalendarDay>]| {
        let days = week.iter().map(|one| {
            one.as_ref().map_or_else(|| html! { <td></td> }, |one| day(one, &grid.cursor, send))
        });
        html! { <tr>{ for days }</tr> }
    };
    html! {
        <div class="calendar">
            <h3 id="calendar">{ &grid.title }</h3>
            <table role="grid" aria-labelledby="calendar" aria-describedby="calendar-hint" onkeydown={moved(send)}>
                <thead><tr>{ for head }</tr></thead>
                <tbody>{ for grid.days.chunks(7).map(week) }</tbody>
            </table>
            <p class="hint" id="calendar-hint">{ labels::CALENDAR_HINT }</p>
        </div>
    }
}

fn day(day: &CalendarDay, cursor: &str, send: &Callback<Msg>) -> Html {
    let class = match (day.today, day.outage) {
        (false, false) => "day",
        (true, false) => "day today",
        (false, true) => "day outage",
        (true, true) => "day today outage",
    };
    html! {
        <td role="gridcell" aria-selected={day.selected.to_string()}>
            <button type="button" {class} id={day.id.clone()} aria-label={day.name.clone()}
                tabindex={if day.id == cursor { "0" } else { "-1" }}
                onclick={events::always(send, day.msg.clone())}
                ondblclick={events::always(send, Msg::Intended(Intent::Apply))}>{ &day.label }</button>
        </td>
    }
}

/// Moves the cursor by the keys of a grid.
fn moved(send: &Callback<Msg>) -> Callback<KeyboardEvent> {
    let send = send.clone();
    Callback::from(move |event: KeyboardEvent| {
        let to = match event.key().as_str() {
            "ArrowLeft" => CursorMove::Days(-1),
            "ArrowRight" => CursorMove::Days(1),
            "ArrowUp" => CursorMove::Days(-7),
            "ArrowDown" => CursorMove::Days(7),
            "Home" => CursorMove::WeekStart,
            "End" => CursorMove::WeekEnd,
            "PageUp" => CursorMove::Months(-1),
            "PageDown" => CursorMove::Months(1),
            _ => return,
        };
        event.prevent_default();
        send.emit(chosen(Choice::Move(to)));
    })
}
