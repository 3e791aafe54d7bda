//! Walk: orders of events of two nodes that share the job and the live lane of a region, over a real
//! store on PostgreSQL and the real engine. A lease can expire at every step, while its holder keeps its
//! memory and its requests and goes on later, and the database can lose its last commit.
//!
//! The walk takes the next world at random, or goes on from the latest one, so that it has met early and
//! late ones when it ends.
//! `WALK_WORLDS` sets the number of worlds at which it ends; 0 walks through all.
#![cfg(test)]

mod world;

use std::{collections::HashSet, env};

use replay_tests::{lines::SeededRandom, walking::Situations};

use world::{Action, Database, World};

/// The number of worlds at which the walk ends, unless the environment says another one.
const WORLDS: usize = 800;

#[tokio::test(start_paused = true)]
async fn a_node_that_was_replaced_changes_nothing_and_every_batch_is_acknowledged_once() {
    let most = env::var("WALK_WORLDS").map_or(WORLDS, |worlds| worlds.parse().unwrap());
    let database = Database::new().await;
    let start = World::start(&database).await;
    let mut seen = HashSet::from([start.identity()]);
    let (mut queue, mut met) = (vec![start], Situations::default());
    let mut random = SeededRandom::new(1);
    while !queue.is_empty() {
        // Half of the time, the walk goes on from the latest world, so that jobs complete.
        let latest = queue.len() - 1;
        let next = if random.below(2) == 0 { latest } else { random.below(queue.len()) };
        let world = queue.swap_remove(next);
        for action in Action::ALL {
            let Some(next) = world.after(&database, action).await else { continue };
            next.assert_properties();
            met.note(next.situations());
            let is_walked = most == 0 || seen.len() < most;
            if is_walked && seen.insert(next.identity()) {
                if seen.len() % 20 == 0 {
                    next.assert_can_settle(&database).await;
                }
                queue.push(next);
            }
        }
    }
    println!("{} worlds", seen.len());
    met.assert_all();
}
