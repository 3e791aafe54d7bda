//! The text fields of a custom range.

/// The text fields of a custom range.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum RangeField {
    /// The whole range.
    Whole,
    /// The start.
    From,
    /// The end.
    To,
}

impl RangeField {
    /// The id of the field's element.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Whole => "whole-range",
            Self::From => "from",
            Self::To => "to",
        }
    }
}
