//! Ring 3: every order of events between a region's tracker and a server that never lies, breadth
//! first. Answers are late, requests and answers are lost, orders take effect after the page has
//! given them up; time is no more than the order in which things happen.
#![cfg(test)]

mod server;
mod sometimes;
mod world;

use std::{
    collections::{HashMap, VecDeque},
    thread,
};

use self::{
    sometimes::Sometimes,
    world::{Bounds, Fate, World},
};

/// Where the walks end, and how many worlds each has: that changes with the tracker or the bounds,
/// and then on purpose.
const WALKS: [(Bounds, usize); 3] = [(TROUBLED, 16_877), (BUSY, 33_171), (SHARED, 34_232)];

/// Two things go wrong, in every way.
const TROUBLED: Bounds = Bounds {
    sends: 1,
    cancels: 0,
    foreign: false,
    troubles: 2,
    fates: &[Fate::Refused, Fate::Broken, Fate::BrokenAfterwards, Fate::Garbled],
    brisk: false,
};

/// A person orders three things, of which one gets lost.
const BUSY: Bounds =
    Bounds { sends: 2, cancels: 1, foreign: false, troubles: 1, fates: &[], brisk: true };

/// Somebody else sends a replay too.
const SHARED: Bounds = Bounds { sends: 1, foreign: true, ..BUSY };

#[test]
fn in_every_order_of_events_the_page_comes_to_show_what_is_so() {
    let walks = thread::scope(|scope| {
        let walks = WALKS.map(|(bounds, _)| scope.spawn(move || walk(bounds)));
        walks.map(|walk| walk.join().unwrap())
    });
    let (mut worlds, mut sometimes) = (Vec::new(), Sometimes::default());
    for (count, met) in walks {
        worlds.push(count);
        sometimes.add(met);
    }
    sometimes.assert_all();
    println!("{worlds:?} worlds");
    assert_eq!(worlds, WALKS.map(|(_, count)| count), "the number of worlds has changed");
}

/// Walks through every world within `bounds`; how many there are, and what was met.
fn walk(bounds: Bounds) -> (usize, Sometimes) {
    let mut worlds = Worlds::default();
    worlds.number(World::start(bounds));
    let mut sometimes = Sometimes::default();
    // Of each world, the one that follows if everybody is kind and nobody wants anything more.
    let mut kindly = Vec::new();
    while let Some(world) = worlds.queue.pop_front() {
        world.assert_nothing_is_ordered_twice();
        for action in world.actions() {
            let next = world.after(&action);
            sometimes.note(&world, &action, &next);
            worlds.number(next);
        }
        let kind = world.kind_action().map(|action| worlds.number(world.after(&action)));
        kindly.push((kind, world));
    }
    assert_all_come_to_rest(&kindly);
    (kindly.len(), sometimes)
}

/// The worlds that were seen, and those of them that were not walked through yet.
#[derive(Default)]
struct Worlds {
    seen: HashMap<world::Key, usize>,
    queue: VecDeque<World>,
}

impl Worlds {
    /// The number of a world: its place among all, in the order in which they were first seen.
    fn number(&mut self, world: World) -> usize {
        let unseen = self.seen.len();
        let number = *self.seen.entry(world.key()).or_insert(unseen);
        if number == unseen {
            self.queue.push_back(world);
        }
        number
    }
}

/// A world that nothing follows is at rest with the truth: every world has to lead to one.
fn assert_all_come_to_rest(kindly: &[(Option<usize>, World)]) {
    let mut rests = vec![false; kindly.len()];
    for start in 0..kindly.len() {
        let (mut path, mut at) = (Vec::new(), Some(start));
        while let Some(number) = at.filter(|number| !rests[*number]) {
            let (next, world) = &kindly[number];
            path.push(number);
            assert!(path.len() < 100, "it never comes to rest with the truth\n{world}");
            at = *next;
        }
        for number in path {
            rests[number] = true;
        }
    }
}
