//! A check of the whole database: its pages and indexes, the checksum and the index of every part of
//! the archive, and the counts of every minute.

use std::collections::BTreeMap;

use replay_core::{Region, job::Amount};

use super::{
    Store, StoreError,
    counts::MinuteCounts,
    line_numbers::last_seq,
    part_contents, part_data,
    parts::{self, StoredPart},
    sql::{DamageSearch, Sql, values},
};
use crate::archive::{Fingerprints, Line, day_of, fingerprint};

/// The result of a check.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Checked {
    /// The number of lines in the archive.
    pub lines: u64,
    /// The number of blocks.
    pub blocks: u64,
    /// What is wrong, without stored values.
    pub problems: Vec<String>,
}

/// The lines of a region by minute and kind.
type Counts = BTreeMap<(i64, String), Amount>;

impl Store {
    /// Reads everything and checks it, at one moment: later changes are not seen.
    ///
    /// # Errors
    /// The database cannot be read for a reason other than damage.
    pub async fn check(&self) -> Result<Checked, StoreError> {
        self.database
            .read_separately_at_one_moment(|db| {
                let mut checked = Checked::default();
                match check(db, &mut checked) {
                    Err(error) if error.is_damage() => checked.problems.push(error.summary()),
                    other => other?,
                }
                Ok(checked)
            })
            .await
    }
}

fn check(db: &Sql<'_>, checked: &mut Checked) -> Result<(), StoreError> {
    for problem in db.find_damage(DamageSearch::Full)? {
        checked.problems.push(format!("the database file is damaged: {problem}"));
    }
    for region in parts::regions(db)? {
        let last_seq = last_seq(db, &region)?;
        let mut counted = MinuteCounts::default();
        for part in parts::all(db, &region)? {
            checked.blocks += u64::from(part.extent.is_block);
            match check_part(db, &part, last_seq) {
                Ok(lines) => {
                    checked.lines += lines.len() as u64;
                    for line in &lines {
                        counted.add_line(line);
                    }
                }
                Err(Problem::Store(error)) if !error.is_damage() => return Err(error),
                Err(problem) => checked.problems.push(problem.text()),
            }
        }
        compare(db, &region, &counted, checked)?;
    }
    let orphans = part_data::count_unlisted(db)?;
    if orphans > 0 {
        checked.problems.push(format!("{orphans} parts of the archive are not listed"));
    }
    Ok(())
}

/// Why a part is not as it should be.
enum Problem {
    Store(StoreError),
    Part(String),
}

impl Problem {
    fn text(self) -> String {
        match self {
            Self::Store(error) => error.summary(),
            Self::Part(text) => text,
        }
    }
}

fn check_part(db: &Sql<'_>, part: &StoredPart, last_seq: i64) -> Result<Vec<Line>, Problem> {
    let lines = part_contents::lines(db, part).map_err(Problem::Store)?;
    let index = part_contents::index(db, part).map_err(Problem::Store)?;
    let wrong = |what: &str| Problem::Part(format!("{}: {what}", part.name()));
    let expected =
        Fingerprints::new(lines.iter().map(|line| fingerprint(line.position.event_ns, &line.text)));
    if expected.write() != index.fingerprints {
        return Err(wrong("its fingerprints are not those of its lines"));
    }
    let days = [part.extent.first, part.extent.last].map(|position| day_of(position.event_ns));
    if days[0] != days[1] {
        return Err(wrong("it has lines of more than one day"));
    }
    let seqs = lines.iter().map(|line| line.position.seq);
    let ends = seqs.clone().min().zip(seqs.max());
    if ends != Some(part.seqs) || part.seqs.1 > last_seq {
        return Err(wrong("its sequence numbers are wrong"));
    }
    let bytes: u64 = lines.iter().map(|line| line.text.len() as u64).sum();
    if bytes != part.extent.bytes {
        return Err(wrong("its size is wrong"));
    }
    Ok(lines)
}

/// Compares the stored counts with those of the lines.
fn compare(
    db: &Sql<'_>,
    region: &Region,
    counted: &MinuteCounts,
    checked: &mut Checked,
) -> Result<(), StoreError> {
    let counted: Counts = counted
        .sorted()
        .into_iter()
        .map(|(minute, kind, amount)| ((minute, kind.as_str().to_owned()), amount))
        .collect();
    let stored = db.all(
        "SELECT minute, kind, lines, bytes FROM minute_count WHERE region = ?1",
        &values![region.as_str()],
        |row| Ok(((row.get(0)?, row.get(1)?), Amount { lines: row.get(2)?, bytes: row.get(3)? })),
    )?;
    let stored = Counts::from_iter(stored);
    let is_wrong = |minute: &&(i64, String)| stored.get(*minute) != counted.get(*minute);
    let wrong = counted.keys().chain(stored.keys()).filter(is_wrong);
    let wrong: std::collections::BTreeSet<_> = wrong.map(|(minute, _)| minute).collect();
    if !wrong.is_empty() {
        let problem = format!("{region}: the counts of {} minutes are wrong", wrong.len());
        checked.problems.push(problem);
    }
    Ok(())
}
