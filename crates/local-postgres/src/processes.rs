//! The processes that a process has started, which Linux lists in `/proc`.

use std::{fs, io};

/// The ids of the processes that a process has started and that run.
///
/// # Errors
/// There is no `/proc`.
pub fn children(of: u32) -> io::Result<Vec<u32>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let entry = entry?;
        // Not every entry is a process.
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // A process may end meanwhile.
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        if parent(&stat) == Some(of) {
            found.push(id);
        }
    }
    Ok(found)
}

/// The id of the parent. The name of the program, in parentheses, may have spaces.
fn parent(stat: &str) -> Option<u32> {
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::process;

    use super::*;

    #[test]
    fn the_parent_is_read_after_a_name_with_spaces() {
        assert_eq!(parent("7 (a ) b) S 1 7 7 0 -1 4194560 100"), Some(1));
        assert_eq!(parent("7 (a"), None);
    }

    #[test]
    fn a_process_is_among_the_children_of_its_parent() {
        let stat = fs::read_to_string("/proc/self/stat").unwrap();
        let parent = parent(&stat).unwrap();
        assert!(children(parent).unwrap().contains(&process::id()));
    }
}
