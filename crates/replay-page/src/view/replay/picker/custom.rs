//! The tab Custom: the text fields.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use time_range::Context;

use super::calendar::{CalendarGrid, calendar};
use crate::{joined::joined, picker::RangeField, workspace::Workspace};

/// The tab Custom.
#[derive(Clone, Debug, PartialEq)]
pub struct Custom {
    /// The text fields: of the whole range, of its start and of its end.
    pub inputs: Vec<RangeInput>,
    /// What can be entered.
    pub hint: String,
    /// The days that can be chosen.
    pub calendar: CalendarGrid,
}

/// A text field of a custom range.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RangeInput {
    /// Which field.
    pub field: RangeField,
    /// The label.
    pub label: &'static str,
    /// The text as the user entered it.
    pub text: String,
    /// Whether the user tried to apply it, and it was refused.
    pub invalid: bool,
}

pub(super) fn custom(workspace: &Workspace, context: Context<'_>) -> Custom {
    let picker = &workspace.picker;
    let faults = if picker.is_tried() {
        picker.resolve(&workspace.policy, context).err().unwrap_or_default()
    } else {
        Vec::new()
    };
    let input = |field: RangeField| RangeInput {
        field,
        label: match field {
            RangeField::Whole => "Time range",
            RangeField::From => "From",
            RangeField::To => "To",
        },
        text: picker.draft().text(field).to_string(),
        invalid: faults.iter().any(|fault| picker.field_of(fault) == field),
    };
    Custom {
        inputs: [RangeField::Whole, RangeField::From, RangeField::To].map(input).into(),
        hint: joined(&[
            "Like yesterday 10:12 to 13:47, last 3 hours, now-6h, or what you copy elsewhere. Times are in ",
            context.zone.name(),
            ".",
        ]),
        calendar: calendar(workspace, context),
    }
}
