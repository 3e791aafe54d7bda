//! The preview of a replay, an extension of this project: what a job of a timeframe would deliver.

use alloc::vec::Vec;

use chrono::TimeDelta;

use crate::{
    Json,
    fields::{self, Fields, write_count},
};
use replay_core::Fault;
use time_range::{Timestamp, write_timestamp};

/// What a job of a timeframe would deliver.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Preview {
    /// The start of the timeframe, inclusive.
    pub start_at: Timestamp,
    /// The end of the timeframe, inclusive.
    pub end_at: Timestamp,
    /// The number of lines.
    pub lines: u64,
    /// The bytes of the lines without line feeds.
    pub bytes: u64,
    /// The time of the first line; `None` without lines.
    pub first_at: Option<Timestamp>,
    /// The time of the last line; `None` without lines.
    pub last_at: Option<Timestamp>,
    /// The time of the first line that the archive of the region has, which may be outside of the
    /// timeframe; `None` without any line.
    pub archive_first_at: Option<Timestamp>,
    /// The length of a bucket, in whole minutes; written in seconds.
    pub bucket: TimeDelta,
    /// The buckets that hold lines, oldest first.
    pub buckets: Vec<Bucket>,
    /// Whether a job could be submitted: the webhook is configured and enabled.
    pub webhook_ready: bool,
    /// How long the delivery may take; `None` if that is unknown. Written in whole seconds.
    pub estimated: Option<TimeDelta>,
}

/// The lines of a part of the timeframe.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Bucket {
    /// The start of the bucket, inclusive.
    pub at: Timestamp,
    /// The number of lines.
    pub lines: u64,
    /// The bytes of the lines without line feeds.
    pub bytes: u64,
    /// The number of lines that belong to an outage which is open or not healed. Lines that a failed
    /// healing job has delivered count until the outage is healed. `None` if they were not counted:
    /// in a preview of some kinds of events.
    pub undelivered_lines: Option<u64>,
}

/// Writes a preview.
#[must_use]
pub fn write_preview(preview: &Preview) -> Json {
    let bucket = |bucket: &Bucket| {
        Json::object([
            ("at", write_timestamp(bucket.at).into()),
            ("lines", write_count(bucket.lines).into()),
            ("bytes", write_count(bucket.bytes).into()),
        ])
        .with("undelivered_lines", bucket.undelivered_lines.map(write_count))
    };
    Json::object([
        ("start_at", write_timestamp(preview.start_at).into()),
        ("end_at", write_timestamp(preview.end_at).into()),
        ("lines", write_count(preview.lines).into()),
        ("bytes", write_count(preview.bytes).into()),
        ("first_at", preview.first_at.map(write_timestamp).into()),
        ("last_at", preview.last_at.map(write_timestamp).into()),
        ("archive_first_at", preview.archive_first_at.map(write_timestamp).into()),
        ("bucket_seconds", preview.bucket.num_seconds().into()),
        ("buckets", preview.buckets.iter().map(bucket).collect()),
        ("webhook_ready", preview.webhook_ready.into()),
        ("estimated_seconds", preview.estimated.map(|duration| duration.num_seconds()).into()),
    ])
}

/// Reads a preview. `first_at`, `last_at`, `archive_first_at`, `undelivered_lines` and
/// `estimated_seconds` may be missing or null.
///
/// # Errors
/// Every fault: the body is not an object, or a field is missing or has the wrong type.
pub fn read_preview(body: &Json) -> Result<Preview, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let start_at = fields.required("start_at", fields::timestamp);
    let end_at = fields.required("end_at", fields::timestamp);
    let lines = fields.required("lines", fields::count);
    let bytes = fields.required("bytes", fields::count);
    let first_at = fields.optional("first_at", fields::timestamp);
    let last_at = fields.optional("last_at", fields::timestamp);
    let archive_first_at = fields.optional("archive_first_at", fields::timestamp);
    let bucket = fields.required("bucket_seconds", fields::whole_minutes);
    let buckets = fields.required_objects("buckets", read_bucket);
    let webhook_ready = fields.required("webhook_ready", fields::boolean);
    let estimated = fields.optional("estimated_seconds", fields::seconds);
    let preview = (|| {
        Some(Preview {
            start_at: start_at?,
            end_at: end_at?,
            lines: lines?,
            bytes: bytes?,
            first_at,
            last_at,
            archive_first_at,
            bucket: bucket?,
            buckets: buckets?,
            webhook_ready: webhook_ready?,
            estimated,
        })
    })();
    fields.finish(preview)
}

fn read_bucket(fields: &mut Fields<'_>) -> Option<Bucket> {
    let at = fields.required("at", fields::timestamp);
    let lines = fields.required("lines", fields::count);
    let bytes = fields.required("bytes", fields::count);
    let undelivered_lines = fields.optional("undelivered_lines", fields::count);
    Some(Bucket { at: at?, lines: lines?, bytes: bytes?, undelivered_lines })
}
