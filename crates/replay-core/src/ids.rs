//! The ids of jobs, of the requests that submit them, of lanes, outages and nodes. The caller draws them at
//! random.
//!
//! ```
//! use replay_core::JobId;
//!
//! assert_eq!(JobId(255).to_string(), "000000000000000000000000000000ff");
//! assert_eq!(JobId::read("000000000000000000000000000000ff"), Some(JobId(255)));
//! ```

use alloc::{format, string::String};
use core::fmt;

/// Defines an id of 128 random bits, printed as 32 hexadecimal digits.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(pub u128);

        impl $name {
            /// Reads the printed form; `None` for any other text.
            #[must_use]
            pub fn read(text: &str) -> Option<Self> {
                read(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&print(self.0))
            }
        }
    };
}

id! {
    /// Identifies a job in its region: 128 random bits, printed as 32 hexadecimal digits.
    JobId
}

id! {
    /// Identifies a PUT: 128 random bits, printed as 32 hexadecimal digits.
    ///
    /// All jobs of a PUT to `global` share it. The PUT of a single region's job has the id of that job.
    PutId
}

id! {
    /// Identifies the live lane of a region: 128 random bits, printed as 32 hexadecimal digits.
    LaneId
}

id! {
    /// Identifies an outage: 128 random bits, printed as 32 hexadecimal digits.
    OutageId
}

id! {
    /// Identifies a node, which is one process of a server: 128 random bits, printed as 32 hexadecimal
    /// digits.
    NodeId
}

impl From<JobId> for PutId {
    fn from(JobId(bits): JobId) -> Self {
        Self(bits)
    }
}

fn read(text: &str) -> Option<u128> {
    let bits = u128::from_str_radix(text, 16).ok()?;
    (print(bits) == text).then_some(bits)
}

fn print(bits: u128) -> String {
    format!("{bits:032x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn an_id_prints_as_32_digits_and_reads_back() {
        assert_eq!(JobId(255).to_string(), "000000000000000000000000000000ff");
        assert_eq!(PutId(255).to_string(), JobId(255).to_string());
        assert_eq!(JobId::read(&JobId(u128::MAX).to_string()), Some(JobId(u128::MAX)));
        for text in
            ["", "ff", "+0000000000000000000000000000001", "g0000000000000000000000000000000"]
        {
            assert_eq!(JobId::read(text), None, "{text}");
            assert_eq!(PutId::read(text), None, "{text}");
        }
    }
}
