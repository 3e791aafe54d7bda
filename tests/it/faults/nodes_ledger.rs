//! Three nodes on one database that are killed, frozen and disconnected at random, with a ledger of what
//! was ingested and received: lines come in on every node, replays run, and the webhook changes. A node
//! repeats only requests that were in flight.
//!
//! `REPLAY_KILLS` sets the number of disturbances, and `FAULTS_SEED` the seed.

mod cluster;
mod contacts;
mod ledger;
mod order;
mod single;
mod sources;
mod webhook;
mod world;

use std::env;

use replay_tests::lines::SeededRandom;

use self::world::World;

#[tokio::test]
async fn nodes_that_are_killed_and_frozen_deliver_what_a_single_server_delivers() {
    let mut world = World::start(SeededRandom::from_environment()).await;
    let kills = env::var("REPLAY_KILLS").map_or(8, |kills| kills.parse().unwrap());
    world.rounds(kills).await;
    world.recover().await;
    world.assert_ledger().await;
}
