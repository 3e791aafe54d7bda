//! The words that a time may contain, apart from the names of weekdays and months.

use crate::ago::Unit;

/// The meaning of a word.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Word {
    To,
    Until,
    And,
    Between,
    From,
    Since,
    For,
    In,
    Before,
    Last,
    Past,
    This,
    Previous,
    Ago,
    Now,
    Today,
    Yesterday,
    Tomorrow,
    Day,
    Noon,
    Midnight,
    Am,
    Pm,
    Utc,
    Local,
    Article,
    /// Half of a unit.
    Half,
    The,
    Of,
    At,
    /// The suffix of an ordinal number.
    Th,
    /// Between the date and the time in ISO 8601.
    T,
    /// Before the number of a week in ISO 8601.
    W,
}

/// The meaning of `text`, in any case of letters.
pub(crate) fn word(text: &str) -> Option<Word> {
    let known = WORDS.iter().find(|(_, names)| position(names, text).is_some());
    known.map(|(word, _)| *word)
}

/// The unit that `text` names. `M` is read as months.
pub(crate) fn unit(text: &str) -> Option<Unit> {
    if text == "M" {
        return Some(Unit::Month);
    }
    let known = UNITS.iter().find(|(_, names)| position(names, text).is_some());
    known.map(|(unit, _)| *unit)
}

/// The number that `text` names: from 1 to 20, or a multiple of ten.
pub(crate) fn count(text: &str) -> Option<u32> {
    let index = position(COUNTS, text)?;
    Some(if index < 20 { index + 1 } else { (index - 17) * 10 })
}

/// The position of `text` in a list of names that are separated by spaces, in any case of letters.
pub(crate) fn position(names: &str, text: &str) -> Option<u32> {
    let bytes = names.as_bytes();
    let (mut position, mut start) = (0, 0);
    loop {
        let mut end = start;
        while bytes.get(end).is_some_and(|byte| *byte != b' ') {
            end += 1;
        }
        if bytes.get(start..end)?.eq_ignore_ascii_case(text.as_bytes()) {
            return Some(position);
        }
        start = end + 1;
        position += 1;
        if start > bytes.len() {
            return None;
        }
    }
}

const WORDS: [(Word, &str); 33] = [
    (Word::To, "to through thru"),
    (Word::Until, "until till til upto"),
    (Word::And, "and"),
    (Word::Between, "between"),
    (Word::From, "from"),
    (Word::Since, "since after starting"),
    (Word::For, "for during within over"),
    (Word::In, "in"),
    (Word::Before, "before"),
    (Word::Last, "last"),
    (Word::Past, "past"),
    (Word::This, "this current"),
    (Word::Previous, "previous prev"),
    (Word::Ago, "ago earlier"),
    (Word::Now, "now present"),
    (Word::Today, "today"),
    (Word::Yesterday, "yesterday"),
    (Word::Tomorrow, "tomorrow"),
    (Word::Day, "day"),
    (Word::Noon, "noon midday"),
    (Word::Midnight, "midnight"),
    (Word::Am, "am"),
    (Word::Pm, "pm"),
    (Word::Utc, "utc gmt ut z zulu"),
    (Word::Local, "local"),
    (Word::Article, "a an"),
    (Word::Half, "half"),
    (Word::The, "the"),
    (Word::Of, "of"),
    (Word::At, "at on"),
    (Word::Th, "st nd rd th"),
    (Word::T, "t"),
    (Word::W, "w"),
];

const UNITS: [(Unit, &str); 7] = [
    (Unit::Second, "s sec secs second seconds"),
    (Unit::Minute, "m min mins minute minutes"),
    (Unit::Hour, "h hr hrs hour hours"),
    (Unit::Day, "d day days"),
    (Unit::Week, "w wk wks week weeks"),
    (Unit::Month, "mo mos mon month months"),
    (Unit::Year, "y yr yrs year years"),
];

const COUNTS: &str = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen \
                      fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty \
                      seventy eighty ninety";
