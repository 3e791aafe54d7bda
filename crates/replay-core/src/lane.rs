//! The live lane of a region: its cursor, the batch that is being delivered, and what the result of a
//! delivery attempt or a change of the webhook changes. It neither sends nor stores anything.
//!
//! ```
//! use replay_core::{LaneId, lane::Lane, outage::{OutageCause, OutageReason}};
//!
//! let now = time_range::read_timestamp("2026-11-23T12:00:00Z")?;
//! let enabled = Lane::new(LaneId(1), 7).forwarded(true, 7, now).lane;
//! assert!(enabled.is_delivering());
//! let disabled = enabled.stopped(OutageCause::plain(OutageReason::Disabled));
//! assert!(disabled.lane.is_interrupted());
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

use alloc::string::String;

use chrono::SubsecRound as _;

use crate::{
    LaneId, Timestamp,
    outage::{OutageCause, OutageReason, SeqRange},
};

/// The live lane of a region.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Lane {
    /// Unique in the archive: the prefix of the lane's `webhook-id`s.
    pub id: LaneId,
    /// Every line up to this sequence number was acknowledged, or belongs to an outage that has ended.
    pub cursor_seq: i64,
    /// Lines that are dated before this moment are not forwarded; `None` before the webhook is enabled.
    pub enabled_at: Option<Timestamp>,
    /// The batch that is sent until it is acknowledged: its sequence numbers never change.
    pub batch: Option<SeqRange>,
    /// Whether the server forwards lines.
    pub is_forwarded: bool,
    /// What the lane does.
    pub state: LaneState,
}

/// What a lane does.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum LaneState {
    /// The webhook was never enabled: lines are not forwarded.
    Off,
    /// Lines are delivered as they arrive.
    Delivering,
    /// An outage is open: every line after the cursor is undelivered. If the webhook is enabled, the
    /// oldest batch is sent from time to time.
    Interrupted,
}

/// The result of a delivery attempt of the lane's batch.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum LaneOutcome {
    /// The receiver acknowledged the batch.
    Acknowledged,
    /// The batch is too large: only the lines up to this one are sent first.
    TooLarge {
        /// The last sequence number of the first half.
        last_of_half: i64,
    },
    /// The same batch is sent again.
    Retry,
    /// The lane gives up: an outage begins, if none is open.
    GivenUp(OutageCause),
    /// The receiver wants no more deliveries: its webhook is disabled.
    Gone {
        /// What happened, for people.
        detail: String,
    },
    /// The receiver does not accept the batch: it becomes an outage of its own, and the lane goes on.
    BatchRefused {
        /// What happened, for people.
        detail: String,
    },
}

/// The changes of a lane.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LaneChanges {
    /// The lane.
    pub lane: Lane,
    /// The change of the outages.
    pub outage: OutageChange,
}

/// A change of the outages of a lane's region.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum OutageChange {
    /// Nothing changes.
    None,
    /// An outage begins.
    Begins(OutageCause),
    /// The open outage ends. Of these sequence numbers, every line that belongs to no other outage is
    /// undelivered; `None` if no number is left.
    Ends(Option<SeqRange>),
    /// An outage is added that has ended already: these lines are undelivered.
    Listed {
        /// Why they are not delivered.
        cause: OutageCause,
        /// The lines.
        undelivered: SeqRange,
    },
}

impl Lane {
    /// A lane that is not forwarded yet. Lines up to `last_seq` are never forwarded.
    #[must_use]
    pub const fn new(id: LaneId, last_seq: i64) -> Self {
        let (enabled_at, batch) = (None, None);
        let (is_forwarded, state) = (false, LaneState::Off);
        Self { id, cursor_seq: last_seq, enabled_at, batch, is_forwarded, state }
    }

    /// The lane after the start of a server that forwards. If it did not before, the lane begins with
    /// the lines that arrive from now on, unless it has a batch: that may have arrived, and is sent again
    /// under its id first. `is_enabled`: the webhook is enabled.
    #[must_use]
    pub fn forwarded(&self, is_enabled: bool, last_seq: i64, now: Timestamp) -> LaneChanges {
        let lane = Self { is_forwarded: true, ..self.clone() };
        let begins = is_enabled && !self.is_forwarded && self.batch.is_none();
        if begins { lane.enabled(last_seq, now) } else { lane.unchanged() }
    }

    /// The lane after the start of a server that does not forward.
    #[must_use]
    pub fn not_forwarded(&self) -> LaneChanges {
        let lane = Self { is_forwarded: false, ..self.clone() };
        lane.stopped(OutageCause::plain(OutageReason::NotForwarding))
    }

    /// The lane if its fields agree with each other; `None` otherwise. For values read from storage.
    #[must_use]
    pub fn checked(self) -> Option<Self> {
        let agrees = match self.state {
            LaneState::Off => self.batch.is_none(),
            LaneState::Delivering => self.is_forwarded && self.enabled_at.is_some(),
            LaneState::Interrupted => self.enabled_at.is_some(),
        };
        let has_lines =
            |batch: SeqRange| self.cursor_seq < batch.first && batch.first <= batch.last;
        (agrees && self.batch.is_none_or(has_lines)).then_some(self)
    }

    /// Whether lines are delivered as they arrive.
    #[must_use]
    pub fn is_delivering(&self) -> bool {
        self.state == LaneState::Delivering
    }

    /// Whether an outage is open.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.state == LaneState::Interrupted
    }

    /// The highest sequence number of the lines that the lane does not read any more, unless they are
    /// in its batch: they may be sealed. `last_seq` is the highest one that was given to a line.
    #[must_use]
    pub const fn passed_seq(&self, last_seq: i64) -> i64 {
        match self.state {
            LaneState::Off | LaneState::Interrupted => last_seq,
            LaneState::Delivering => self.cursor_seq,
        }
    }

    /// The lane after its webhook was enabled: it delivers the lines that arrive from now on. An open outage
    /// ends. A lane that delivers, and one that is not forwarded, is unchanged.
    #[must_use]
    pub fn enabled(&self, last_seq: i64, now: Timestamp) -> LaneChanges {
        let outage = match self.state {
            _ if !self.is_forwarded => return self.unchanged(),
            LaneState::Delivering => return self.unchanged(),
            LaneState::Off => OutageChange::None,
            LaneState::Interrupted => OutageChange::Ends(rest(self.cursor_seq, last_seq)),
        };
        // Many lines are dated to the second only.
        let enabled_at = Some(now.trunc_subsecs(0));
        let state = LaneState::Delivering;
        let lane = Self { cursor_seq: last_seq, enabled_at, batch: None, state, ..self.clone() };
        LaneChanges { lane, outage }
    }

    /// The lane after its webhook was disabled, or it has given up. An open outage stays open.
    #[must_use]
    pub fn stopped(&self, cause: OutageCause) -> LaneChanges {
        match self.state {
            LaneState::Off | LaneState::Interrupted => self.unchanged(),
            LaneState::Delivering => self.interrupted(cause),
        }
    }

    /// The lane with a batch to send. `through` is the last sequence number that was read for it: lines
    /// up to there that are not in a batch belong to an outage, or are not forwarded.
    #[must_use]
    pub fn with_batch(&self, batch: Option<SeqRange>, through: i64) -> Self {
        match batch {
            Some(batch) => Self { batch: Some(batch), ..self.clone() },
            None => Self { cursor_seq: self.cursor_seq.max(through), ..self.clone() },
        }
    }

    /// The changes of a delivery attempt of `batch`; nothing changes if the lane has another batch now.
    /// `is_enabled`: the webhook is still enabled; `last_seq` is the highest sequence number that was
    /// given to a line.
    #[must_use]
    pub fn record(
        &self,
        batch: SeqRange,
        outcome: LaneOutcome,
        is_enabled: bool,
        last_seq: i64,
    ) -> LaneChanges {
        if self.batch != Some(batch) {
            return self.unchanged();
        }
        let passed = Self { cursor_seq: batch.last, batch: None, ..self.clone() };
        match outcome {
            LaneOutcome::Acknowledged
                if self.is_interrupted() && self.is_forwarded && is_enabled =>
            {
                let outage = OutageChange::Ends(rest(batch.last, last_seq));
                let cursor_seq = last_seq.max(batch.last);
                let lane = Self { cursor_seq, state: LaneState::Delivering, ..passed };
                LaneChanges { lane, outage }
            }
            LaneOutcome::Acknowledged => LaneChanges { lane: passed, outage: OutageChange::None },
            LaneOutcome::TooLarge { last_of_half } => {
                let half = SeqRange { last: last_of_half, ..batch };
                let lane = Self { batch: Some(half), ..self.clone() };
                LaneChanges { lane, outage: OutageChange::None }
            }
            LaneOutcome::Retry => self.unchanged(),
            LaneOutcome::GivenUp(cause) => self.stopped(cause),
            LaneOutcome::Gone { detail } => {
                let detail = Some(detail);
                self.stopped(OutageCause { reason: OutageReason::Disabled, detail })
            }
            LaneOutcome::BatchRefused { detail } => {
                let cause =
                    OutageCause { reason: OutageReason::BatchRefused, detail: Some(detail) };
                let outage = OutageChange::Listed { cause, undelivered: batch };
                LaneChanges { lane: passed, outage }
            }
        }
    }

    /// The lane after it has lagged behind for too long.
    #[must_use]
    pub fn lagged(&self) -> LaneChanges {
        self.stopped(OutageCause::plain(OutageReason::Lag))
    }

    fn interrupted(&self, cause: OutageCause) -> LaneChanges {
        let lane = Self { state: LaneState::Interrupted, ..self.clone() };
        LaneChanges { lane, outage: OutageChange::Begins(cause) }
    }

    /// The lane as it is.
    #[must_use]
    pub fn unchanged(&self) -> LaneChanges {
        LaneChanges { lane: self.clone(), outage: OutageChange::None }
    }
}

/// The sequence numbers after `after`, up to `last_seq`.
fn rest(after: i64, last_seq: i64) -> Option<SeqRange> {
    (after < last_seq).then_some(SeqRange { first: after + 1, last: last_seq })
}

#[cfg(test)]
mod tests;
