//! Exhaustive walk, breadth first: every order of events between a region's job tracker and a
//! correct server. Responses are late, requests and responses are lost, mutations take effect after
//! the page has timed out. Time is only the order of events.
#![cfg(test)]

mod coverage;
mod server;
mod world;

use std::{
    collections::{HashMap, VecDeque},
    thread,
};

use self::{
    coverage::Coverage,
    world::{Bounds, Treatment, World},
};

/// The walks and their numbers of worlds. A number changes only on purpose, with the tracker or the
/// bounds.
const WALKS: [Walk; 3] = [
    Walk { bounds: FAULTY, worlds: 16_877 },
    Walk { bounds: BUSY, worlds: 33_171 },
    Walk { bounds: SHARED, worlds: 34_232 },
];

struct Walk {
    bounds: Bounds,
    worlds: usize,
}

/// Two faults of every kind.
const FAULTY: Bounds = Bounds {
    sends: 1,
    cancels: 0,
    foreign: false,
    faults: 2,
    treatments: &[
        Treatment::Refused,
        Treatment::DelayedByProxy,
        Treatment::ProcessedThenError,
        Treatment::ProcessedUnreadable,
    ],
    fast_engine: false,
};

/// Three mutations of one user, with one lost message.
const BUSY: Bounds =
    Bounds { sends: 2, cancels: 1, foreign: false, faults: 1, treatments: &[], fast_engine: true };

/// Another client submits a job too.
const SHARED: Bounds = Bounds { sends: 1, foreign: true, ..BUSY };

#[test]
fn in_every_order_of_events_the_page_ends_up_showing_the_servers_state() {
    let walks = thread::scope(|scope| {
        let walks = WALKS.map(|Walk { bounds, .. }| scope.spawn(move || walk(bounds)));
        walks.map(|walk| walk.join().unwrap())
    });
    let (mut worlds, mut coverage) = (Vec::new(), Coverage::default());
    for (count, met) in walks {
        worlds.push(count);
        coverage.add(met);
    }
    coverage.assert_all();
    println!("{worlds:?} worlds");
    assert_eq!(worlds, WALKS.map(|walk| walk.worlds), "the number of worlds has changed");
}

/// Walks through every world within `bounds`; returns their number and the situations met.
fn walk(bounds: Bounds) -> (usize, Coverage) {
    let mut worlds = Worlds::default();
    worlds.number(World::start(bounds));
    let mut coverage = Coverage::default();
    // The successor of each world under `fair_action`.
    let mut fair_successors = Vec::new();
    while let Some(world) = worlds.queue.pop_front() {
        world.assert_mutations_do_not_overlap();
        for action in world.actions() {
            let next = world.after(&action);
            coverage.note(&world, &action, &next);
            worlds.number(next);
        }
        let successor = world.fair_action().map(|action| worlds.number(world.after(&action)));
        fair_successors.push((successor, world));
    }
    assert_all_reach_rest(&fair_successors);
    (fair_successors.len(), coverage)
}

/// The worlds seen so far, numbered, and those not yet walked through.
#[derive(Default)]
struct Worlds {
    seen: HashMap<world::Snapshot, usize>,
    queue: VecDeque<World>,
}

impl Worlds {
    /// The number of a world: worlds are numbered in the order in which they are first seen.
    fn number(&mut self, world: World) -> usize {
        let unseen = self.seen.len();
        let number = *self.seen.entry(world.snapshot()).or_insert(unseen);
        if number == unseen {
            self.queue.push_back(world);
        }
        number
    }
}

/// A world without a successor is at rest and shows the server's state. Asserts that every world
/// leads to one.
fn assert_all_reach_rest(fair_successors: &[(Option<usize>, World)]) {
    let mut rests = vec![false; fair_successors.len()];
    for start in 0..fair_successors.len() {
        let (mut path, mut at) = (Vec::new(), Some(start));
        while let Some(number) = at.filter(|number| !rests[*number]) {
            let (next, world) = &fair_successors[number];
            path.push(number);
            assert!(
                path.len() < 100,
                "the page never reaches rest with the server's state\n{world}"
            );
            at = *next;
        }
        for number in path {
            rests[number] = true;
        }
    }
}
