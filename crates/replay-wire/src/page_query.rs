//! The query of a request for one page of a list, an extension of this project: where the page
//! starts, and how much it has. The history and the outages share it.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::{
    Json,
    fields::{self, FieldError},
    query::Parameters,
};
use replay_core::{Fault, Refusal, Rule};

/// A request for one page of a list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PageQuery {
    /// Where the page starts: the `next_cursor` of the page before it; `None` for the first page.
    pub cursor: Option<String>,
    /// The most items of the page, from 1 to [`PageQuery::MAX_LIMIT`].
    pub limit: u16,
}

impl PageQuery {
    /// The limit of a query that has none.
    pub const DEFAULT_LIMIT: u16 = 100;

    /// The largest limit.
    pub const MAX_LIMIT: u16 = 500;

    /// The refusal of a cursor that the server did not give.
    #[must_use]
    pub fn unknown_cursor() -> Refusal {
        let reason = "must be the next_cursor of an earlier page";
        Refusal::BadRequest(Vec::from([Fault::new(CURSOR, Rule::Invalid, reason)]))
    }
}

/// The first page, with the default limit.
impl Default for PageQuery {
    fn default() -> Self {
        Self { cursor: None, limit: Self::DEFAULT_LIMIT }
    }
}

/// Writes the query of the request, percent-encoded and without the `?`.
#[must_use]
pub fn write_page_query(page: &PageQuery) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some(cursor) = &page.cursor {
        query.append_pair(CURSOR, cursor);
    }
    query.append_pair(LIMIT, &alloc::format!("{}", page.limit));
    query.finish()
}

/// Reads the query of the request, percent-encoded and without the `?`. Whether the cursor is one
/// that the server gave is checked elsewhere.
///
/// # Errors
/// Every fault: a cursor that is blank, a limit that is no number in its range, a parameter that is
/// given twice, an unknown one.
pub fn read_page_query(query: Option<&str>) -> Result<PageQuery, Vec<Fault>> {
    let parameters = Parameters::read(query, &[CURSOR, LIMIT], |_, text| text.into());
    let mut fields = parameters.fields();
    let cursor = fields.optional(CURSOR, fields::nonblank).map(ToOwned::to_owned);
    let limit = fields.optional(LIMIT, limit).unwrap_or(PageQuery::DEFAULT_LIMIT);
    fields.reject_unknown_fields();
    fields.finish(Some(PageQuery { cursor, limit }))
}

const CURSOR: &str = "cursor";
const LIMIT: &str = "limit";

fn limit(value: &Json) -> Result<u16, FieldError> {
    let text = fields::text(value)?;
    // A sign is no part of a whole number in a query.
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let limit = text.parse().ok().filter(|_| is_digits);
    limit.filter(|limit| (1..=PageQuery::MAX_LIMIT).contains(limit)).ok_or_else(|| {
        let reason = alloc::format!("must be a whole number from 1 to {}", PageQuery::MAX_LIMIT);
        FieldError::new(Rule::Invalid, reason)
    })
}
