//! Exhaustive walk, breadth first: every order of events around the live lane of a region and the jobs
//! beside it, over the real store and the real engine. There is no receiver: the walk decides what
//! becomes of each request. It begins in several situations, and is complete within their bounds.
#![cfg(test)]

mod world;

use std::{
    collections::{HashMap, HashSet, VecDeque},
    env,
};

use replay_tests::{lines::SeededRandom, walked_database::WalkedDatabase, walking::Situations};

use world::{Action, World};

/// The number of worlds. It changes only on purpose, with the rules, the engine or the bounds of the
/// walk.
const WORLDS: usize = 20_055;

#[tokio::test(start_paused = true)]
async fn in_every_order_of_events_each_line_is_delivered_or_listed_as_undelivered() {
    let (mut numbers, mut queue) = (HashMap::new(), VecDeque::new());
    for start in World::starts(&WalkedDatabase::Sqlite).await {
        let number = numbers.len();
        assert_eq!(numbers.insert(start.identity(), number), None, "two starts are equal");
        queue.push_back((number, start));
    }
    let (mut met, mut progress) = (Situations::default(), Progress::default());
    while let Some((number, world)) = queue.pop_front() {
        let mut is_quiet = true;
        for action in Action::ALL {
            let Some(next) = world.after(action).await else { continue };
            next.assert_properties();
            met.note(next.situations());
            let known = numbers.len();
            let next_number = *numbers.entry(next.identity()).or_insert(known);
            if action.is_progress() {
                is_quiet = false;
                progress.leads(number, next_number);
            }
            if next_number == known {
                queue.push_back((known, next));
            }
        }
        if is_quiet {
            world.assert_quiet();
            progress.ends(number);
        }
    }
    met.assert_all();
    println!("{} worlds", numbers.len());
    progress.assert_ends(numbers.len());
    assert_eq!(numbers.len(), WORLDS, "the number of worlds has changed");
}

/// The number of worlds that are walked through on both databases, unless the environment says another.
const WORLDS_OF_BOTH: usize = 250;

#[tokio::test(start_paused = true)]
async fn postgres_leads_to_the_same_worlds_as_sqlite() {
    let most = env::var("WALK_WORLDS").map_or(WORLDS_OF_BOTH, |worlds| worlds.parse().unwrap());
    let sqlite = worlds_of(&WalkedDatabase::Sqlite, most).await;
    let postgres = worlds_of(&WalkedDatabase::postgres().await, most).await;
    println!("{} worlds", postgres.len());
    assert_eq!(postgres.len(), sqlite.len());
    for (one, other) in postgres.iter().zip(&sqlite) {
        assert!(one.identity() == other.identity(), "PostgreSQL: {one}\nSQLite: {other}");
    }
}

/// The first worlds of a walk, which takes the next one at random, so that there are early and late ones.
async fn worlds_of(database: &WalkedDatabase, most: usize) -> Vec<World> {
    let mut worlds = World::starts(database).await;
    let mut seen: HashSet<_> = worlds.iter().map(World::identity).collect();
    let (mut queue, mut random) = (worlds.clone(), SeededRandom::new(1));
    while !queue.is_empty() && worlds.len() < most {
        let world = queue.swap_remove(random.below(queue.len()));
        for action in Action::ALL {
            let Some(next) = world.after(action).await else { continue };
            next.assert_properties();
            if seen.insert(next.identity()) {
                worlds.push(next.clone());
                queue.push(next);
            }
        }
    }
    worlds
}

/// Which worlds follow which ones while the receiver works, and those in which nothing is left to do.
#[derive(Default)]
struct Progress {
    before: HashMap<usize, Vec<usize>>,
    quiet: Vec<usize>,
}

impl Progress {
    fn leads(&mut self, from: usize, to: usize) {
        self.before.entry(to).or_default().push(from);
    }

    fn ends(&mut self, number: usize) {
        self.quiet.push(number);
    }

    /// Asserts that each of the worlds can become quiet.
    fn assert_ends(self, worlds: usize) {
        let mut ends = vec![false; worlds];
        let mut queue = self.quiet;
        while let Some(number) = queue.pop() {
            if !core::mem::replace(&mut ends[number], true) {
                queue.extend(self.before.get(&number).into_iter().flatten());
            }
        }
        let endless = ends.iter().filter(|ends| !**ends).count();
        assert_eq!(endless, 0, "worlds never become quiet although the receiver works");
    }
}
