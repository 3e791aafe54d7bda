//! Exhaustive walk, breadth first: every order of events around one region's job, over the real store
//! and the real engine. There is no receiver: the walk decides what becomes of each request, because
//! only it can lose a response or stop the server while several requests are in flight.
#![cfg(test)]

mod world;

use std::{
    collections::{HashSet, VecDeque},
    env,
};

use replay_core::JobStatus;
use replay_tests::{lines::SeededRandom, walked_database::WalkedDatabase, walking::Situations};

use world::{Action, Met, Snapshot, World};

/// The number of worlds. It changes only on purpose, with the rules, the engine or the bounds of the
/// walk.
const WORLDS: usize = 17_981;

/// The number of worlds that are walked through on both databases, unless the environment says another.
const WORLDS_OF_BOTH: usize = 250;

#[tokio::test(start_paused = true)]
async fn in_every_order_of_events_a_job_sends_exactly_the_lines_of_its_snapshot() {
    let start = World::start(WalkedDatabase::Sqlite).await;
    let mut seen = HashSet::from([start.snapshot().await]);
    let mut queue = VecDeque::from([start]);
    let mut met = Situations::default();
    while let Some(world) = queue.pop_front() {
        met.note(situations(&world));
        for action in Action::ALL {
            let Some(next) = world.after(action).await else { continue };
            next.assert_properties();
            if seen.insert(next.snapshot().await) {
                next.assert_job_can_settle().await;
                queue.push_back(next);
            }
        }
    }
    met.assert_all();
    println!("{} worlds", seen.len());
    assert_eq!(seen.len(), WORLDS, "the number of worlds has changed");
}

#[tokio::test(start_paused = true)]
async fn postgres_leads_to_the_same_worlds_as_sqlite() {
    let most = env::var("WALK_WORLDS").map_or(WORLDS_OF_BOTH, |worlds| worlds.parse().unwrap());
    let sqlite = worlds_of(WalkedDatabase::Sqlite, most).await;
    let postgres = worlds_of(WalkedDatabase::postgres().await, most).await;
    println!("{} worlds", postgres.len());
    assert_eq!(postgres.len(), sqlite.len());
    for (number, (one, other)) in postgres.iter().zip(&sqlite).enumerate() {
        assert_eq!(one, other, "world {number} is another one");
    }
}

/// The first worlds of a walk, which takes the next one at random, so that there are early and late ones.
async fn worlds_of(database: WalkedDatabase, most: usize) -> Vec<Snapshot> {
    let start = World::start(database).await;
    let mut worlds = vec![start.snapshot().await];
    let mut seen: HashSet<_> = worlds.iter().cloned().collect();
    let (mut queue, mut random) = (vec![start], SeededRandom::new(1));
    while !queue.is_empty() && worlds.len() < most {
        let world = queue.swap_remove(random.below(queue.len()));
        // The walk damages parts on SQLite only.
        for action in Action::ALL.into_iter().filter(|action| *action != Action::Damage) {
            let Some(next) = world.after(action).await else { continue };
            next.assert_properties();
            let snapshot = next.snapshot().await;
            if seen.insert(snapshot.clone()) {
                worlds.push(snapshot);
                queue.push(next);
            }
        }
    }
    worlds
}

/// The situations that the walk must have met.
fn situations(world: &World) -> [(&'static str, bool); 18] {
    let completed = world.status() == JobStatus::Completed;
    let failed = world.status() == JobStatus::Failed;
    let met = |what| world.met.contains(&what);
    [
        ("a job completes", completed),
        (
            "a job completes after a crash during a request",
            completed && met(Met::CrashDuringRequest),
        ),
        ("a job completes although a response was lost", completed && met(Met::LostResponse)),
        ("a job completes after a batch was split", completed && met(Met::SplitBatch)),
        ("a job fails", failed),
        ("a job fails because it was stopped while running", failed && met(Met::StopWhileRunning)),
        ("a job is replaced before it runs", met(Met::Replacement)),
        ("a second job completes after a first one", completed && world.jobs.len() > 1),
        ("a line arrives while a job runs", met(Met::LateLine)),
        ("lines are sealed while a job runs", met(Met::SealedWhileRunning)),
        ("two requests are in flight", met(Met::TwoInFlight)),
        ("a later slice is acknowledged first", met(Met::LaterSliceFirst)),
        ("a job fails because a part is damaged", failed && met(Met::DamagedPart)),
        ("a job completes although lines were sealed while it ran", {
            completed && met(Met::SealedWhileRunning)
        }),
        ("the endpoint changes while a job runs", met(Met::ChangedEndpoint)),
        ("a resumed job completes", completed && met(Met::Resumption)),
        (
            "a job completes that was resumed after some lines were acknowledged",
            completed && met(Met::ResumptionAfterAcknowledgement),
        ),
        (
            "a job completes that was resumed after its requests were given up",
            completed && met(Met::Resumption) && met(Met::GivenUp),
        ),
    ]
}
