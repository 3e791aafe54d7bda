//! The range being chosen: a draft that a person edits, and the range that was applied and will be
//! sent. Nothing but a readable draft is ever applied.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use chrono::{SubsecRound, TimeDelta};
use replay_core::{
    Policy, Timeframe,
    timeframe::{Edge, PRESETS, TimeframeError},
};
use time_range::{Bound, Range, Timestamp, Unreadable, Zone, write_timestamp};

use crate::address::RangeTexts;

/// A range being chosen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Picker {
    applied: Range,
    /// The texts of a link that were refused. Until a range is applied, nothing can be sent.
    refused: Option<RangeTexts>,
    draft: RangeDraft,
    /// Whether the draft was to be applied as it is: from then on its faults are shown.
    tried: bool,
}

/// What the fields say.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RangeDraft {
    /// A preset, by its duration.
    Preset(TimeDelta),
    /// Two texts.
    Custom {
        /// When to begin.
        from: String,
        /// When to end.
        to: String,
    },
}

/// What is wrong with a draft.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum RangeFault {
    /// The text of an end is not one moment.
    Unreadable(Edge, Unreadable),
    /// The timeframe cannot be asked for.
    Timeframe(TimeframeError),
}

impl Picker {
    /// What is applied before anybody chose.
    pub const FIRST: Range = Range::last(PRESETS[0].1);

    /// A picker with `range` applied.
    #[must_use]
    pub fn new(range: Range, zone: &Zone) -> Self {
        Self { applied: range, refused: None, draft: RangeDraft::of(range, zone), tried: false }
    }

    /// A picker with the texts of a link as its draft, applied if there is nothing wrong with them.
    #[must_use]
    pub fn of_link(texts: &RangeTexts, zone: &Zone, policy: &Policy, now: Timestamp) -> Self {
        let draft = RangeDraft::Custom { from: texts.from.clone(), to: texts.to.clone() };
        let mut picker = Self { draft, ..Self::new(Self::FIRST, zone) };
        if picker.apply(zone, policy, now).is_ok() {
            picker.draft = RangeDraft::of(picker.applied, zone);
        } else {
            picker.refused = Some(texts.clone());
        }
        picker
    }

    /// The range that will be sent.
    #[must_use]
    pub const fn applied(&self) -> Range {
        self.applied
    }

    /// The ends of the range as an address has them: those of a refused link until another range
    /// is applied.
    #[must_use]
    pub fn texts(&self) -> RangeTexts {
        match &self.refused {
            Some(texts) => texts.clone(),
            None => {
                RangeTexts { from: self.applied.from.to_string(), to: self.applied.to.to_string() }
            }
        }
    }

    /// What the fields say.
    #[must_use]
    pub const fn draft(&self) -> &RangeDraft {
        &self.draft
    }

    /// Whether the draft says something that is not applied.
    #[must_use]
    pub fn is_drafted(&self, zone: &Zone) -> bool {
        self.refused.is_some() || self.draft.read(zone) != Ok(self.applied)
    }

    /// The draft's faults, once it was to be applied.
    #[must_use]
    pub fn faults(&self, zone: &Zone, policy: &Policy, now: Timestamp) -> Vec<RangeFault> {
        if self.tried {
            self.check(zone, policy, now).err().unwrap_or_default()
        } else {
            Vec::new()
        }
    }

    /// Chooses a preset by its place, or a custom range that begins as what was drafted.
    pub fn choose(&mut self, preset: Option<usize>, zone: &Zone, now: Timestamp) {
        self.tried = false;
        match preset.and_then(|place| PRESETS.get(place)) {
            Some((_, duration)) => self.draft = RangeDraft::Preset(*duration),
            None => {
                if let RangeDraft::Preset(duration) = self.draft {
                    let print = |ago: TimeDelta| zone.print(Bound::Ago(ago).at(now));
                    let (from, to) = (print(duration), print(TimeDelta::zero()));
                    self.draft = RangeDraft::Custom { from, to };
                }
            }
        }
    }

    /// Takes note of what was typed for an end.
    pub fn type_in(&mut self, edge: Edge, text: String) {
        if let RangeDraft::Custom { from, to } = &mut self.draft {
            *(if edge == Edge::Start { from } else { to }) = text;
        }
    }

    /// Applies the draft.
    ///
    /// # Errors
    /// Everything that is wrong with it, which leaves what is applied as it is.
    pub fn apply(
        &mut self,
        zone: &Zone,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(), Vec<RangeFault>> {
        self.tried = true;
        self.applied = self.check(zone, policy, now)?;
        (self.tried, self.refused) = (false, None);
        Ok(())
    }

    /// The timeframe to send at `now`: the applied range, kept inside what can be asked for.
    ///
    /// # Errors
    /// What has gone wrong with it since it was applied; the draft then says so.
    pub fn send(
        &mut self,
        zone: &Zone,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Timeframe, Vec<RangeFault>> {
        let resolved = resolve(self.applied, policy, now);
        if resolved.is_err() {
            (self.draft, self.tried) = (RangeDraft::custom(self.applied, zone), true);
        }
        resolved.map(|timeframe| policy.kept_inside(timeframe, whole_second(now)))
    }

    /// Shows the draft's moments in other clocks.
    pub fn rewrite(&mut self, before: &Zone, after: &Zone) {
        if let RangeDraft::Custom { from, to } = &mut self.draft {
            for text in [from, to] {
                if let Ok(Bound::At(at)) = Bound::read(text, before) {
                    *text = text_of(at, after);
                }
            }
        }
    }

    fn check(
        &self,
        zone: &Zone,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Range, Vec<RangeFault>> {
        let range = self.draft.read(zone)?;
        resolve(range, policy, now).map(|_| range)
    }
}

/// The timeframe of a range, if it can be asked for.
pub(crate) fn resolve(
    range: Range,
    policy: &Policy,
    now: Timestamp,
) -> Result<Timeframe, Vec<RangeFault>> {
    let now = whole_second(now);
    let faults = policy.faults(Some(range.from.at(now)), Some(range.to.at(now)), now);
    let fine = Timeframe::resolve(&range, now).ok().filter(|_| faults.is_empty());
    fine.ok_or_else(|| faults.into_iter().map(RangeFault::Timeframe).collect())
}

/// The name in the document of the field of an end.
pub(crate) const fn field_id(edge: Edge) -> &'static str {
    match edge {
        Edge::Start => "from",
        Edge::End => "to",
    }
}

/// The second that `now` is in: that of a relative bound, which so lies on the very edge of what
/// can be asked for and not a fraction beyond it.
pub(crate) fn whole_second(now: Timestamp) -> Timestamp {
    now.trunc_subsecs(0)
}

/// A moment as the clocks of `zone` show it, or, were that not quite the same one, in UTC.
fn text_of(at: Timestamp, zone: &Zone) -> String {
    if at.timestamp_subsec_nanos() == 0 { zone.print(at) } else { write_timestamp(at) }
}

impl RangeDraft {
    /// The preset that is that range, or its two ends as text.
    fn of(range: Range, zone: &Zone) -> Self {
        let preset = PRESETS.iter().find(|(_, duration)| Range::last(*duration) == range);
        preset.map_or_else(|| Self::custom(range, zone), |(_, duration)| Self::Preset(*duration))
    }

    fn custom(range: Range, zone: &Zone) -> Self {
        let write = |bound: Bound| match bound {
            Bound::At(at) => text_of(at, zone),
            Bound::Ago(_) => bound.to_string(),
        };
        Self::Custom { from: write(range.from), to: write(range.to) }
    }

    /// The range that it says, or why each text says none.
    fn read(&self, zone: &Zone) -> Result<Range, Vec<RangeFault>> {
        let (from, to) = match self {
            Self::Preset(duration) => return Ok(Range::last(*duration)),
            Self::Custom { from, to } => (from, to),
        };
        match (Bound::read(from, zone), Bound::read(to, zone)) {
            (Ok(from), Ok(to)) => Ok(Range { from, to }),
            (from, to) => Err([(Edge::Start, from.err()), (Edge::End, to.err())]
                .into_iter()
                .filter_map(|(edge, error)| Some(RangeFault::Unreadable(edge, error?)))
                .collect()),
        }
    }
}

impl RangeFault {
    /// The end at fault.
    #[must_use]
    pub const fn edge(&self) -> Edge {
        match self {
            Self::Unreadable(edge, _) => *edge,
            Self::Timeframe(error) => error.edge(),
        }
    }
}

#[cfg(test)]
mod tests;
