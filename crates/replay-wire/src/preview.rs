//! The preview of a replay, an extension of this project. The request has the timeframe in its query
//! instead of in a body.

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

use crate::{Json, fields::Fields, job::finish_timeframe};
use replay_core::{Fault, Policy, Rule, Timeframe, timeframe::Edge};
use time_range::{Timestamp, write_timestamp};

/// Writes the query of the request for `timeframe`. Nothing in it needs an encoding.
#[must_use]
pub fn write_timeframe_query(timeframe: &Timeframe) -> String {
    let [start, end] = [timeframe.start(), timeframe.end()].map(write_timestamp);
    format!("{}={start}&{}={end}", Edge::Start.field(), Edge::End.field())
}

/// Reads the query of the request, percent-encoded and without the `?`. The `+` of an offset may be
/// given as it is, although a `+` in a query stands for a space.
///
/// # Errors
/// The faults of [`read_timeframe`](crate::read_timeframe) for a body with the same fields, and a
/// fault for each of them that is given twice.
pub fn read_timeframe_query(
    query: Option<&str>,
    policy: &Policy,
    now: Timestamp,
) -> Result<Timeframe, Vec<Fault>> {
    let parameters = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .take(PARAMETER_LIMIT)
        .map(|(name, value)| (name.into_owned(), with_offset_sign(&value).into()))
        .collect::<Vec<(String, Json)>>();
    let times_given =
        |edge: Edge| parameters.iter().filter(|(name, _)| name == edge.field()).count();
    let repeated = [Edge::Start, Edge::End].into_iter().filter(|edge| times_given(*edge) > 1);
    let repeated: Vec<_> = repeated
        .map(|edge| Fault::new(edge.field(), Rule::Invalid, "must be given once"))
        .collect();
    let parameters = Json::Object(parameters);
    let mut fields = Fields::of(&parameters)?;
    fields.add_faults(repeated);
    finish_timeframe(fields, policy, now)
}

/// The most parameters of a query that are read. Among as many, at least one is unknown or repeated.
const PARAMETER_LIMIT: usize = 100;

/// Puts a `+` for the space in front of an offset like `01:00`.
fn with_offset_sign(text: &str) -> String {
    match text.rsplit_once(' ') {
        Some((time, offset)) if offset.len() == "01:00".len() => format!("{time}+{offset}"),
        Some(_) | None => text.to_owned(),
    }
}
