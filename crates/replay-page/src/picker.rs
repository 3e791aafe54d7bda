//! Choosing a range: a draft that the user edits, and the applied range, which is sent. Only a valid
//! draft is applied.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use chrono::{SubsecRound, TimeDelta};
use replay_core::{
    Policy, Timeframe,
    timeframe::{Edge, PRESETS, Preset, TimeframeError},
};
use time_range::{Bound, Context, EndErrors, Range, RangeError, Timestamp, Zone, write_timestamp};

use crate::address::RangeTexts;

/// The drafted and the applied range.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Picker {
    applied: Range,
    /// The invalid range of a link. Until another range is applied, nothing can be sent.
    refused: Option<RangeTexts>,
    draft: RangeDraft,
    /// Whether the user tried to apply the draft: from then on its faults are shown.
    tried: bool,
}

/// The content of the fields.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RangeDraft {
    /// The preset with this duration.
    Preset(TimeDelta),
    /// A custom range.
    Custom {
        /// The text of the start.
        from: String,
        /// The text of the end.
        to: String,
    },
}

/// A fault of a draft.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RangeFault {
    /// The text of an end cannot be read as one time.
    Unreadable(Edge, RangeError),
    /// The policy does not permit the timeframe.
    Timeframe(TimeframeError),
}

impl Picker {
    /// The range that is applied at first.
    pub const FIRST: Range = Range::last(PRESETS[0].duration);

    /// A picker with `range` applied.
    #[must_use]
    pub fn new(range: Range, zone: &Zone) -> Self {
        Self { applied: range, refused: None, draft: RangeDraft::of(range, zone), tried: false }
    }

    /// A picker with the range of a link as its draft, which is applied if it is valid.
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

    /// The applied range.
    #[must_use]
    pub const fn applied(&self) -> Range {
        self.applied
    }

    /// The range for the page's address: the applied one, or the invalid range of a link until
    /// another range is applied.
    #[must_use]
    pub fn texts(&self) -> RangeTexts {
        match &self.refused {
            Some(texts) => texts.clone(),
            None => {
                RangeTexts { from: self.applied.from.to_string(), to: self.applied.to.to_string() }
            }
        }
    }

    /// Whether nothing is applied, because the range of a link is invalid.
    #[must_use]
    pub const fn is_refused(&self) -> bool {
        self.refused.is_some()
    }

    /// The draft.
    #[must_use]
    pub const fn draft(&self) -> &RangeDraft {
        &self.draft
    }

    /// Whether the draft differs from the applied range.
    #[must_use]
    pub fn is_drafted(&self, zone: &Zone) -> bool {
        self.is_refused() || self.draft != RangeDraft::of(self.applied, zone)
    }

    /// The draft's faults; none before the user tried to apply it.
    #[must_use]
    pub fn faults(&self, zone: &Zone, policy: &Policy, now: Timestamp) -> Vec<RangeFault> {
        if self.tried {
            self.check(zone, policy, now).err().unwrap_or_default()
        } else {
            Vec::new()
        }
    }

    /// Drafts the preset with this index, or a custom range that starts with the times of the
    /// drafted preset.
    pub fn choose(&mut self, preset: Option<usize>, zone: &Zone, now: Timestamp) {
        self.tried = false;
        match preset.and_then(|index| PRESETS.get(index)) {
            Some(preset) => self.draft = RangeDraft::Preset(preset.duration),
            None => {
                if let RangeDraft::Preset(duration) = self.draft {
                    let print =
                        |ago: TimeDelta| zone.print(Bound::ago(ago).start(Context { zone, now }));
                    let (from, to) = (print(duration), print(TimeDelta::zero()));
                    self.draft = RangeDraft::Custom { from, to };
                }
            }
        }
    }

    /// Sets the text of an end of a custom range.
    pub fn type_in(&mut self, edge: Edge, text: String) {
        if let RangeDraft::Custom { from, to } = &mut self.draft {
            *(if edge == Edge::Start { from } else { to }) = text;
        }
    }

    /// Applies the draft.
    ///
    /// # Errors
    /// All faults of the draft, if it has any; the applied range is unchanged.
    pub fn apply(
        &mut self,
        zone: &Zone,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(), Vec<RangeFault>> {
        self.tried = true;
        self.applied = self.check(zone, policy, now)?;
        self.draft = RangeDraft::of(self.applied, zone);
        (self.tried, self.refused) = (false, None);
        Ok(())
    }

    /// The timeframe to send at `now`: the applied range, moved inside the retention and its margin.
    ///
    /// # Errors
    /// All faults of the applied range at `now`, if it has any; it becomes the draft, with its
    /// faults shown.
    pub fn send(
        &mut self,
        zone: &Zone,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Timeframe, Vec<RangeFault>> {
        let resolved = resolve(self.applied, policy, Context { zone, now });
        if resolved.is_err() {
            (self.draft, self.tried) = (RangeDraft::custom(self.applied, zone), true);
        }
        resolved.map(|timeframe| policy.with_margin(timeframe, whole_second(now)))
    }

    /// The start that is sent at `now` in place of the applied one, if the margin moves it.
    pub(crate) fn moved_start(&self, policy: &Policy, context: Context<'_>) -> Option<Timestamp> {
        let timeframe = Timeframe::resolve(&self.applied, context).ok()?;
        let sent = policy.with_margin(timeframe, whole_second(context.now));
        (sent != timeframe).then(|| sent.start())
    }

    /// Rewrites the draft's absolute times from the zone `before` to the zone `after`.
    pub fn rewrite(&mut self, before: &Zone, after: &Zone, now: Timestamp) {
        if let RangeDraft::Custom { from, to } = &mut self.draft {
            for text in [from, to] {
                if let Ok(Bound::At(at)) = Bound::read_start(text, Context { zone: before, now }) {
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
        let context = Context { zone, now };
        let range = self.draft.read(context)?;
        resolve(range, policy, context).map(|_| range)
    }
}

/// Resolves a range.
///
/// # Errors
/// All faults, if the policy does not permit the timeframe.
pub(crate) fn resolve(
    range: Range,
    policy: &Policy,
    context: Context<'_>,
) -> Result<Timeframe, Vec<RangeFault>> {
    let now = whole_second(context.now);
    let (start, end) = (range.start(context), range.end(context));
    let faults = policy.faults(Some(start), Some(end), now);
    let fine = Timeframe::resolve(&range, context).ok().filter(|_| faults.is_empty());
    fine.ok_or_else(|| faults.into_iter().map(RangeFault::Timeframe).collect())
}

/// The id of the field of an end.
pub(crate) const fn field_id(edge: Edge) -> &'static str {
    match edge {
        Edge::Start => "from",
        Edge::End => "to",
    }
}

/// The start of the second of `now`. Relative bounds are resolved against it, so that the longest
/// permitted range is not refused for a fraction of a second.
fn whole_second(now: Timestamp) -> Timestamp {
    now.trunc_subsecs(0)
}

/// The preset with this range.
pub(crate) fn preset_of(range: Range) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| Range::last(preset.duration) == range)
}

/// A time in `zone`; a time with a fraction of a second, which that form omits, as RFC 3339.
pub(crate) fn text_of(at: Timestamp, zone: &Zone) -> String {
    if at.timestamp_subsec_nanos() == 0 { zone.print(at) } else { write_timestamp(at) }
}

impl RangeDraft {
    /// The preset with this range, or its two ends as text.
    fn of(range: Range, zone: &Zone) -> Self {
        match preset_of(range) {
            Some(preset) => Self::Preset(preset.duration),
            None => Self::custom(range, zone),
        }
    }

    fn custom(range: Range, zone: &Zone) -> Self {
        let write = |bound: Bound| match bound {
            Bound::At(at) => text_of(at, zone),
            Bound::Ago(_) => bound.to_string(),
        };
        Self::Custom { from: write(range.from), to: write(range.to) }
    }

    /// Reads the range.
    ///
    /// # Errors
    /// One fault for each text that cannot be read.
    fn read(&self, context: Context<'_>) -> Result<Range, Vec<RangeFault>> {
        let (from, to) = match self {
            Self::Preset(duration) => return Ok(Range::last(*duration)),
            Self::Custom { from, to } => (from, to),
        };
        Range::read_ends(from, to, context).map_err(|EndErrors { from, to }| {
            let faults = [(Edge::Start, from), (Edge::End, to)].into_iter();
            faults.filter_map(|(edge, error)| Some(RangeFault::Unreadable(edge, error?))).collect()
        })
    }
}

impl RangeFault {
    /// The end that has the fault.
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
