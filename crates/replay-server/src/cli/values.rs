//! The values of options: how each is read, and what is said of one that is refused. It knows no option.

use chrono::TimeDelta;
use replay_core::{JobId, Region};

use crate::auth::Role;

/// A region.
pub(super) fn region(label: &str) -> Result<Region, String> {
    let rule = "a region is 2 to 16 lower-case letters or digits, and not `global`";
    Region::named(label).ok_or_else(|| rule.to_owned())
}

/// A duration like `7d`.
pub(super) fn duration(text: &str) -> Result<TimeDelta, String> {
    time_range::read_duration(text).map_err(|error| error.to_string())
}

/// A role by its name.
pub(super) fn role(name: &str) -> Result<Role, String> {
    let names = Role::ALL.map(Role::as_str).join(", ");
    Role::named(name).ok_or_else(|| format!("a role is one of {names}"))
}

/// The id of a job.
pub(super) fn job_id(text: &str) -> Result<JobId, String> {
    JobId::read(text).ok_or_else(|| "a job id is 32 lower-case hexadecimal digits".to_owned())
}

/// A number above 0.
pub(super) fn positive(text: &str) -> Result<u64, String> {
    let number = text.parse::<u32>().ok().filter(|number| *number > 0);
    number.map(u64::from).ok_or_else(|| format!("must be a whole number from 1 to {}", u32::MAX))
}

/// A number of requests. More than the limit would use up the memory that a job may take.
pub(super) fn in_flight(text: &str) -> Result<usize, String> {
    const LIMIT: usize = 64;
    let number = text.parse().ok().filter(|number| (1..=LIMIT).contains(number));
    number.ok_or_else(|| format!("must be a whole number from 1 to {LIMIT}"))
}
