//! Reads the lines of a slice in order, from all parts that have some, and divides them into batches.
//! The batches are a function of the job's snapshot alone: which parts have the lines does not
//! matter, except that a part which is exactly one batch is not decompressed.

use core::cmp::Reverse;
use std::{
    collections::{BinaryHeap, HashMap},
    vec,
};

use bytes::Bytes;
use replay_core::{
    Region,
    job::Amount,
    snapshot::{BatchLimits, Position, SliceBounds},
};

use super::{
    StoreError,
    part_contents::{self, Content},
    parts::{self, Reach, StoredPart},
    selections::Selection,
    sql::Sql,
};
use crate::archive::Line;

/// The lines of a slice that are left to divide.
pub(super) struct SliceReader<'a> {
    db: &'a Sql<'a>,
    selection: &'a Selection,
    bounds: SliceBounds,
    limits: BatchLimits,
    /// The positions after the cursor before which a batch ends, in ascending order.
    edges: vec::IntoIter<Position>,
    /// The next edge; the batch begins at or after all edges before it.
    edge: Option<Position>,
    /// Parts that were not opened, the first one last.
    closed: Vec<StoredPart>,
    /// The contents of parts that were read together with an earlier one, by their ids.
    ahead: HashMap<i64, Result<Content, StoreError>>,
    /// Opened parts with the next line of each, the first one on top.
    open: BinaryHeap<Reverse<OpenPart>>,
}

/// The size of the lines of the blocks whose contents are read together.
const READ_TOGETHER_BYTES: u64 = 3 * 1024 * 1024;

/// The lines of one request, before they have a receiver.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct BatchLines {
    pub(super) first: Position,
    pub(super) last: Position,
    /// The position after the first half; `None` for a single line.
    pub(super) middle: Option<Position>,
    pub(super) amount: Amount,
    pub(super) body: Body,
}

/// The body of a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Body {
    /// The lines, which have to be compressed.
    Lines(Vec<Bytes>),
    /// The lines as one gzip member.
    Gzip(Bytes),
}

struct OpenPart {
    next: Line,
    rest: vec::IntoIter<Line>,
    id: i64,
}

impl<'a> SliceReader<'a> {
    /// A reader of the selected lines within `bounds`. `edges` are the edges after their start, in
    /// ascending order; the lines beyond the last one must not be read unless there are no more.
    pub(super) fn new(
        db: &'a Sql<'a>,
        region: &Region,
        selection: &'a Selection,
        bounds: SliceBounds,
        limits: BatchLimits,
        edges: Vec<Position>,
    ) -> Result<Self, StoreError> {
        let reach = Reach {
            first_ns: bounds.start.event_ns,
            last_ns: bounds.end.event_ns,
            ..selection.reach
        };
        let mut closed = parts::reached(db, region, reach)?;
        closed.retain(|part| {
            let is_within = part.extent.last >= bounds.start && part.extent.first < bounds.end;
            is_within && selection.may_have_lines_of(part)
        });
        closed.reverse();
        let mut edges = edges.into_iter();
        let edge = edges.next();
        Ok(Self {
            db,
            selection,
            bounds,
            limits,
            edges,
            edge,
            closed,
            ahead: HashMap::new(),
            open: BinaryHeap::new(),
        })
    }

    /// The next batch; `None` if no line is left.
    pub(super) fn next_batch(&mut self) -> Result<Option<BatchLines>, StoreError> {
        if let Some(part) = self.next_whole_part() {
            return self.stored_batch(&part).map(Some);
        }
        let Some(first) = self.next_line()? else { return Ok(None) };
        self.pass_edges(first.position);
        let mut bytes = first.text.len() as u64;
        let mut lines = vec![first];
        loop {
            let count = lines.len() as u64;
            // A full batch does not depend on the part of the next line, which may be damaged.
            if !self.limits.admit(count + 1, bytes) {
                break;
            }
            let Some(position) = self.peek()? else { break };
            let Some(next) = self.open.peek() else { break };
            let grown = bytes + next.0.next.text.len() as u64;
            let is_beyond = self.edge.is_some_and(|edge| position >= edge);
            if is_beyond || !self.limits.admit(count + 1, grown) {
                break;
            }
            let Some(line) = self.next_line()? else { break };
            bytes = grown;
            lines.push(line);
        }
        Ok(BatchLines::of(lines, bytes))
    }

    /// Whether the next part was read already.
    pub(super) fn has_read_ahead(&self) -> bool {
        self.closed.last().is_some_and(|part| self.ahead.contains_key(&part.id))
    }

    /// Whether no line is left.
    pub(super) fn is_at_end(&mut self) -> Result<bool, StoreError> {
        Ok(match self.next_whole_part() {
            Some(part) => {
                self.closed.push(part);
                false
            }
            None => self.peek()?.is_none(),
        })
    }

    /// Takes the next part if it is a block that is exactly the next batch.
    fn next_whole_part(&mut self) -> Option<StoredPart> {
        let extent = self.closed.last()?.extent;
        let is_selected = self.bounds.start <= extent.first
            && extent.last < self.bounds.end
            && self.selection.has_all_of(self.closed.last()?);
        let is_apart = self.open.peek().is_none_or(|open| extent.last < open.0.next.position)
            && self.closed.iter().rev().nth(1).is_none_or(|next| extent.last < next.extent.first);
        if !extent.is_block || !is_selected || !is_apart {
            return None;
        }
        self.pass_edges(extent.first);
        let ends_at_edge = self.edge == Some(extent.last.next());
        let ends_at_limit =
            extent.lines == self.limits.lines && self.edge.is_none_or(|edge| extent.last < edge);
        let is_batch = self.limits.admit(extent.lines, extent.bytes);
        if is_batch && (ends_at_edge || ends_at_limit) { self.closed.pop() } else { None }
    }

    fn stored_batch(&mut self, part: &StoredPart) -> Result<BatchLines, StoreError> {
        let extent = part.extent;
        let (index, text) = self.content(part)?;
        let positions = index.positions(&extent).map_err(|_| part.damaged())?;
        let middle = positions[..positions.len() / 2].last().map(|last| last.next());
        let amount = Amount { lines: extent.lines, bytes: extent.bytes };
        let body = Body::Gzip(text);
        Ok(BatchLines { first: extent.first, last: extent.last, middle, amount, body })
    }

    /// The content of a block. Those of the blocks after it are read together with it.
    fn content(&mut self, part: &StoredPart) -> Result<Content, StoreError> {
        if let Some(content) = self.ahead.remove(&part.id) {
            return content;
        }
        let (mut parts, mut bytes) = (vec![*part], part.extent.bytes);
        for next in self.closed.iter().rev() {
            bytes += next.extent.bytes;
            if !next.extent.is_block || bytes > READ_TOGETHER_BYTES {
                break;
            }
            parts.push(*next);
        }
        let contents = part_contents::content_of_each(self.db, &parts)?;
        self.ahead = parts.iter().map(|part| part.id).zip(contents).collect();
        self.ahead.remove(&part.id).unwrap_or_else(|| Err(part.damaged()))
    }

    fn next_line(&mut self) -> Result<Option<Line>, StoreError> {
        if self.peek()?.is_none() {
            return Ok(None);
        }
        let Some(Reverse(part)) = self.open.pop() else { return Ok(None) };
        let OpenPart { next, rest, id } = part;
        self.open_rest(rest, id);
        Ok(Some(next))
    }

    /// The position of the next line. Opens the parts that may have it.
    fn peek(&mut self) -> Result<Option<Position>, StoreError> {
        while let Some(part) = self.closed.last() {
            if self.open.peek().is_some_and(|open| open.0.next.position < part.extent.first) {
                break;
            }
            let lines = part_contents::lines(self.db, part)?;
            let id = part.id;
            self.closed.pop();
            self.open_rest(lines.into_iter(), id);
        }
        Ok(self.open.peek().map(|open| open.0.next.position))
    }

    /// Keeps an opened part if it has a selected line left.
    fn open_rest(&mut self, mut rest: vec::IntoIter<Line>, id: i64) {
        let SliceBounds { start, end } = self.bounds;
        let selected =
            |line: &Line| (start..end).contains(&line.position) && self.selection.has(line);
        if let Some(next) = rest.find(selected) {
            self.open.push(Reverse(OpenPart { next, rest, id }));
        }
    }

    /// Passes the edges at or before a position at which a batch begins.
    fn pass_edges(&mut self, begin: Position) {
        while self.edge.is_some_and(|edge| edge <= begin) {
            self.edge = self.edges.next();
        }
    }
}

impl BatchLines {
    fn of(lines: Vec<Line>, bytes: u64) -> Option<Self> {
        let (first, last) = (lines.first()?.position, lines.last()?.position);
        let middle = lines[..lines.len() / 2].last().map(|line| line.position.next());
        let amount = Amount { lines: lines.len() as u64, bytes };
        let body = Body::Lines(lines.into_iter().map(|line| line.text).collect());
        Some(Self { first, last, middle, amount, body })
    }
}

impl Ord for OpenPart {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        (self.next.position, self.id).cmp(&(other.next.position, other.id))
    }
}

impl PartialOrd for OpenPart {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Eq for OpenPart {}

impl PartialEq for OpenPart {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
