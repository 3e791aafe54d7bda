//! The three handles of the chosen window, and where a key or a pointer moves them. Each end bounds
//! the other, and the limits bound both.

use super::period::{MINUTE, Period, ceil, floor};

/// A handle of the chosen window.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Handle {
    /// Its start.
    Start,
    /// The window as a whole: its length stays.
    Whole,
    /// Its end.
    End,
}

/// How far a key moves a handle.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum HandleStep {
    /// To the next or the previous boundary of a bucket.
    Bucket(Direction),
    /// To the next or the previous whole minute.
    Minute(Direction),
    /// By the length of the window.
    Page(Direction),
    /// To the earliest second.
    First,
    /// To the latest second.
    Last,
}

/// The direction of a step.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Direction {
    /// To an earlier second.
    Back,
    /// To a later second.
    Forward,
}

impl Handle {
    /// All handles, in the order in which they are drawn.
    pub const ALL: [Self; 3] = [Self::Start, Self::Whole, Self::End];

    /// The id of the handle's slider.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Start => "timeline-start",
            Self::Whole => "timeline-whole",
            Self::End => "timeline-end",
        }
    }
}

impl HandleStep {
    /// The step of a key, named as a browser names it; `None` if the key has none.
    #[must_use]
    pub fn of_key(key: &str, with_shift: bool) -> Option<Self> {
        let by = if with_shift { Self::Minute } else { Self::Bucket };
        Some(match key {
            "ArrowRight" | "ArrowUp" => by(Direction::Forward),
            "ArrowLeft" | "ArrowDown" => by(Direction::Back),
            "PageUp" => Self::Page(Direction::Forward),
            "PageDown" => Self::Page(Direction::Back),
            "Home" => Self::First,
            "End" => Self::Last,
            _ => return None,
        })
    }
}

/// The window after a step of a handle; `bucket` is in seconds.
#[must_use]
pub fn stepped(
    window: Period,
    handle: Handle,
    step: HandleStep,
    bucket: i64,
    limits: Period,
) -> Period {
    let at = if handle == Handle::End { window.end } else { window.start };
    let to = match step {
        HandleStep::Bucket(direction) => boundary(at, bucket, direction),
        HandleStep::Minute(direction) => boundary(at, MINUTE, direction),
        HandleStep::Page(Direction::Forward) => at + window.length().max(bucket),
        HandleStep::Page(Direction::Back) => at - window.length().max(bucket),
        HandleStep::First => limits.start,
        HandleStep::Last => limits.end,
    };
    placed(window, handle, to, limits)
}

/// The window after a handle was moved to a second: the start of the whole window, or that end.
#[must_use]
pub fn placed(window: Period, handle: Handle, second: i64, limits: Period) -> Period {
    let start = window.start.clamp(limits.start, limits.end);
    let end = window.end.clamp(start, limits.end);
    match handle {
        Handle::Start => Period { start: second.clamp(limits.start, end), end },
        Handle::End => Period { start, end: second.clamp(start, limits.end) },
        Handle::Whole => {
            let length = end - start;
            let start = second.clamp(limits.start, limits.end - length);
            Period { start, end: start + length }
        }
    }
}

const fn boundary(second: i64, unit: i64, direction: Direction) -> i64 {
    match direction {
        Direction::Forward => floor(second, unit) + unit,
        Direction::Back => ceil(second, unit) - unit,
    }
}
