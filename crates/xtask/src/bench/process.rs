//! What a process has used, as Linux tells it in `/proc`: processor time and resident memory.

use std::fs;

use local_postgres::children;

use crate::Failure;

/// A running process.
#[derive(Clone, Copy, Debug)]
pub(super) struct Process(pub(super) u32);

impl Process {
    /// The processor time of all its threads, in seconds.
    ///
    /// # Errors
    /// It has ended.
    pub(super) fn cpu_seconds(self) -> Result<f64, Failure> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0))?;
        let ticks = ticks(&stat, 2).ok_or("a process without processor time")?;
        Ok(f64::from(ticks) / TICKS_PER_SECOND)
    }

    /// The processor time of all its threads and of its children, those that have ended included, in
    /// seconds.
    ///
    /// # Errors
    /// It has ended.
    pub(super) fn cpu_seconds_with_children(self) -> Result<f64, Failure> {
        let stat = fs::read_to_string(format!("/proc/{0}/stat", self.0))?;
        let mut ticks = ticks(&stat, 4).ok_or("a process without processor time")?;
        for child in children(self.0)? {
            // A child that ends meanwhile is counted by the next call.
            let stat = fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
            ticks += self::ticks(&stat, 2).unwrap_or_default();
        }
        Ok(f64::from(ticks) / TICKS_PER_SECOND)
    }

    /// The bytes of memory that are resident now.
    ///
    /// # Errors
    /// It has ended.
    pub(super) fn resident_bytes(self) -> Result<u64, Failure> {
        self.memory("VmRSS:")
    }

    /// The most bytes of memory that were ever resident: the kernel keeps it, so nothing between two
    /// samples is missed.
    ///
    /// # Errors
    /// It has ended.
    pub(super) fn peak_bytes(self) -> Result<u64, Failure> {
        self.memory("VmHWM:")
    }

    fn memory(self, key: &str) -> Result<u64, Failure> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0))?;
        Ok(status_bytes(&status, key).ok_or("a process without memory")?)
    }
}

/// `USER_HZ`, which is the same on every Linux that Rust runs on.
const TICKS_PER_SECOND: f64 = 100.0;

/// The sum of the first `count` of `utime`, `stime`, and the same two of the children that have ended.
/// The name of the program, in parentheses, may have spaces.
fn ticks(stat: &str, count: usize) -> Option<u32> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let fields: Vec<_> = after_name.split_whitespace().skip(11).take(count).collect();
    if fields.len() < count {
        return None;
    }
    fields.into_iter().map(|field| field.parse::<u32>().ok()).sum()
}

fn status_bytes(status: &str, key: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_after_a_name_with_spaces() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194560 100 0 0 0 250 31 40 9 20 0 1 0 5 6 7";
        assert_eq!(ticks(stat, 2), Some(281));
        assert_eq!(ticks(stat, 4), Some(330));
        assert_eq!(ticks("7 (a) S 1", 2), None);
    }

    #[test]
    fn memory_is_read_by_its_key() {
        let status = "Name:\ta\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n";
        assert_eq!(status_bytes(status, "VmRSS:"), Some(1024 * 1024));
        assert_eq!(status_bytes(status, "VmHWM:"), Some(2048 * 1024));
        assert_eq!(status_bytes(status, "VmSwap:"), None);
    }
}
