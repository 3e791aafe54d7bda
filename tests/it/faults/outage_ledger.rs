//! Random outages of the real program, with a ledger of what was ingested and received: the receiver
//! changes its mood, the webhook is disabled and enabled, replays run, and the server is killed, while
//! lines keep coming. After healing, nothing is missing, and nothing was received under two ids.
//!
//! `FAULTS_ROUNDS` sets the number of rounds, and `FAULTS_SEED` the seed.

mod actions;
pub(super) mod ledger;
mod mood;
mod world;

use std::env;

use replay_tests::{lines::SeededRandom, polling::until};
use serde_json::Value;

use self::world::World;

#[tokio::test]
async fn outages_that_are_healed_on_request_leave_no_line_missing_and_none_received_twice() {
    let mut world = World::start(&["--forward"], SeededRandom::from_environment()).await;
    world.rounds(rounds(100)).await;
    world.recover().await;
    world.heal_all().await;
    world.assert_ledger().await;
}

#[tokio::test]
async fn outages_that_heal_by_themselves_leave_no_line_missing_and_none_received_twice() {
    const ARGS: [&str; 3] = ["--forward", "--heal", "auto"];
    let mut world = World::start(&ARGS, SeededRandom::from_environment()).await;
    world.rounds(rounds(40)).await;
    world.recover().await;
    let is_waiting = |outage: &Value| {
        let by_hand = ["batch-refused", "dated-before-enabling"];
        outage["healed_at"].is_null() && !by_hand.contains(&outage["reason"].as_str().unwrap())
    };
    let waiting = async |world: &World| {
        world.api().outages().await.iter().filter(|outage| is_waiting(outage)).count()
    };
    loop {
        let before = waiting(&world).await;
        if before == 0 {
            break;
        }
        // Lines keep coming, and a replay may be what the next one waits for.
        world.ingest(3).await;
        until("the next outage is healed", async || (waiting(&world).await < before).then_some(()))
            .await;
    }
    world.heal_all().await;
    world.assert_ledger().await;
}

/// The number of rounds: as many as the environment says.
fn rounds(default: usize) -> usize {
    env::var("FAULTS_ROUNDS").map_or(default, |rounds| rounds.parse().unwrap())
}
