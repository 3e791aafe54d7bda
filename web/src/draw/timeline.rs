//! Draws the timeline: the picture, the sliders over and under it, and what can be done with it. Its
//! events are listened to elsewhere. Most vertical positions are the style's.

use core::fmt::Write;

use replay_page::{
    Msg,
    timeline::{AREA, Scale},
    view::{Bar, BarRow, MarkKind, Selection, Slider, Timeline, labels},
};
use web_sys::MouseEvent;
use yew::{Callback, Html, html};

use super::{
    element::{classed, element, text},
    parts::{button, button_with_icon, notice_list, time},
};

/// The icons of the buttons that zoom, in their order.
const ZOOM_ICONS: [&str; 4] = ["in", "in", "out", "undo"];

pub(super) fn draw(timeline: &Timeline, send: &Callback<Msg>) -> Html {
    let mut zooms = Vec::new();
    for (zoom, icon) in timeline.zooms.iter().zip(ZOOM_ICONS) {
        zooms.push(button_with_icon(zoom, "quiet", icon, send));
    }
    // The place of a button that is not there is kept: the others would lose the focus.
    zooms.resize_with(ZOOM_ICONS.len(), Html::default);
    let [start, whole, end] = &timeline.sliders;
    let values = [AREA, "-1", &timeline.hovered];
    let area = element("div", &["id", "tabindex", "title"], &values, vec![picture(timeline)]);
    let head = vec![
        classed("p", "chosen", vec![text(&timeline.chosen)]),
        timeline.apply.as_ref().map(|apply| button(apply, "secondary", send)).unwrap_or_default(),
        classed("span", "zooms", zooms),
    ];
    let mut key = Vec::new();
    for kind in &timeline.key {
        let swatch = classed("svg", "swatch", vec![rect(class(*kind), 0, Scale::WIDTH)]);
        key.push(element("li", &[], &[], vec![swatch, text(kind.label())]));
    }
    element(
        "section",
        &["class", "aria-label"],
        &["timeline", labels::TIMELINE],
        vec![
            classed("div", "timeline-head", head),
            classed("div", "timeline-field", vec![slider(whole), area, slider(start), slider(end)]),
            classed("ul", "key", key),
            timeline
                .table
                .as_ref()
                .map(|msg| details(timeline.rows.as_deref(), msg, send))
                .unwrap_or_default(),
        ],
    )
}

/// Draws what would be sent.
pub(super) fn selection(selection: &Selection, send: &Callback<Msg>) -> Html {
    let said = element("p", &[], &[], vec![text(&selection.text)]);
    classed("div", "selection", vec![said, notice_list(selection.notice.as_slice(), send)])
}

fn slider(slider: &Slider) -> Html {
    html! {
        <input type="range" class="handle" id={slider.handle.id()} min="0"
            max={Scale::WIDTH.to_string()} step={slider.step.to_string()}
            value={slider.place.to_string()} aria-label={slider.label} aria-valuetext={slider.text.clone()} />
    }
}

fn picture(timeline: &Timeline) -> Html {
    let mut children = Vec::new();
    for mark in &timeline.marks {
        children.push(rect(class(mark.kind), mark.start, mark.end));
    }
    let bars = vec![
        path(MarkKind::Entries, &timeline.bars, |bar| bar.height),
        path(MarkKind::Undelivered, &timeline.bars, |bar| bar.undelivered),
    ];
    let height = Bar::HEIGHT.to_string();
    // The bars stand on the line where y is 0.
    let view_box = format!("0 -{height} {} {height}", Scale::WIDTH);
    children.push(element(
        "svg",
        &["y", "width", "height", "viewBox", "preserveAspectRatio"],
        &["12", "100%", &height, &view_box, "none"],
        bars,
    ));
    children.push(rect("base", 0, Scale::WIDTH));
    let window = timeline.window;
    children.push(rect(class(window.kind), window.start, window.end));
    for tick in &timeline.ticks {
        children.push(element("text", &["x"], &[&percent(tick.place)], vec![text(&tick.label)]));
    }
    let values = ["picture", "img", &timeline.summary];
    element("svg", &["class", "role", "aria-label"], &values, children)
}

fn rect(class: &'static str, start: u32, end: u32) -> Html {
    let values = [class, &percent(start), &percent(end - start)];
    element("rect", &["class", "x", "width"], &values, Vec::new())
}

/// The outline of all bars of these heights. Narrow bars have no gaps, which would blur them.
fn path(kind: MarkKind, bars: &[Bar], height: fn(&Bar) -> u32) -> Html {
    let mut path = String::new();
    for bar in bars {
        let (height, width) = (height(bar), bar.end - bar.start);
        let gap = if width < 60 { 0 } else { width / 8 };
        if height == 0 {
            continue;
        }
        // Writing to a text cannot fail.
        let _ = write!(path, "M{} 0H{}V-{height}H{0}z", bar.start, bar.end - gap);
    }
    element("path", &["class", "d"], &[class(kind), &path], Vec::new())
}

const fn class(kind: MarkKind) -> &'static str {
    match kind {
        MarkKind::Entries => "entries",
        MarkKind::Undelivered => "undelivered",
        MarkKind::Gone => "gone",
        MarkKind::Outage => "outage",
        MarkKind::Job => "job",
        MarkKind::Delivered => "delivered",
        MarkKind::Applied => "window",
        MarkKind::Draft => "window draft",
    }
}

fn percent(place: u32) -> String {
    format!("{}.{:02}%", place / 100, place % 100)
}

fn details(rows: Option<&[BarRow]>, msg: &Msg, send: &Callback<Msg>) -> Html {
    let (send, msg) = (send.clone(), msg.clone());
    let onclick = move |event: MouseEvent| {
        // The view says whether it is open.
        event.prevent_default();
        send.emit(msg.clone());
    };
    html! {
        <details open={rows.is_some()}>
            <summary {onclick}>{ labels::AS_TABLE }</summary>
            // It can be focused, so that the arrow keys scroll it.
            <div class="scroller" tabindex="0" role="group" aria-label={labels::AS_TABLE}>
                { rows.map(table).unwrap_or_default() }
            </div>
        </details>
    }
}

// Not inlined, so that it can be loaded later.
#[inline(never)]
fn table(rows: &[BarRow]) -> Html {
    const COLUMNS: [&str; 3] = [labels::FROM, labels::ENTRIES, labels::UNDELIVERED];
    let mut lines = Vec::new();
    for row in rows {
        let cells = [time(Some(&row.time)), text(&row.entries), text(&row.undelivered)];
        let mut line = Vec::new();
        for (label, cell) in COLUMNS.into_iter().zip(cells) {
            line.push(element("td", &["role", "data-label"], &["cell", label], vec![cell]));
        }
        lines.push(part("tr", "row", line));
    }
    let mut head = Vec::new();
    for label in COLUMNS {
        head.push(part("th", "columnheader", vec![text(label)]));
    }
    let head = part("thead", "rowgroup", vec![part("tr", "row", head)]);
    part("table", "table", vec![head, part("tbody", "rowgroup", lines)])
}

/// A part of a table. Its role is explicit, since the style of narrow screens would remove it.
fn part(tag: &'static str, role: &'static str, children: Vec<Html>) -> Html {
    element(tag, &["role"], &[role], children)
}
