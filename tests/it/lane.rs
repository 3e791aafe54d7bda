//! Exhaustive walk, breadth first: every order of events around the live lane of a region and the jobs
//! beside it, over the real store and the real engine. There is no receiver: the walk decides what
//! becomes of each request. It begins in several situations, and is complete within their bounds.
#![cfg(test)]

mod world;

use std::collections::{HashMap, VecDeque};

use replay_tests::walking::Situations;

use world::{Action, World};

/// The number of worlds. It changes only on purpose, with the rules, the engine or the bounds of the
/// walk.
const WORLDS: usize = 20_055;

#[tokio::test(start_paused = true)]
async fn in_every_order_of_events_each_line_is_delivered_or_listed_as_undelivered() {
    let (mut numbers, mut queue) = (HashMap::new(), VecDeque::new());
    for start in World::starts().await {
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
