//! Ring 3: every order of events around one region's job, breadth first, over the real store and
//! the real engine. The receiver is a fake, since only a fake can be told to lose an answer or to
//! see the server die in the middle of a request.
#![cfg(test)]

mod courier;
mod world;

use std::collections::{BTreeMap, HashSet, VecDeque};

use replay_core::JobStatus;

use world::{Action, Met, World};

/// Changes with the rules, the engine or the bounds of the walk, and then on purpose.
const WORLDS: usize = 4_203;

#[tokio::test(start_paused = true)]
async fn in_every_order_of_events_a_job_sends_what_it_froze_and_nothing_else() {
    let start = World::start().await;
    let mut seen = HashSet::from([start.key().await]);
    let mut queue = VecDeque::from([start]);
    let mut sometimes = Sometimes::default();
    while let Some(world) = queue.pop_front() {
        sometimes.note(&world);
        for action in Action::ALL {
            let Some(next) = world.after(action).await else { continue };
            next.assert_always();
            if seen.insert(next.key().await) {
                next.assert_it_can_end().await;
                queue.push_back(next);
            }
        }
    }
    sometimes.assert_all();
    println!("{} worlds", seen.len());
    assert_eq!(seen.len(), WORLDS, "the number of worlds has changed");
}

/// What a walk that means anything has met.
#[derive(Default)]
struct Sometimes(BTreeMap<&'static str, bool>);

impl Sometimes {
    fn note(&mut self, world: &World) {
        let completed = world.status() == JobStatus::Completed;
        let failed = world.status() == JobStatus::Failed;
        let met = |what| world.met.contains(&what);
        for (what, is_so) in [
            ("a job completes", completed),
            ("a job completes after a crash in a request", completed && met(Met::CrashInARequest)),
            ("a job completes although an answer was lost", completed && met(Met::LostAnswer)),
            ("a job completes in halves", completed && met(Met::Halves)),
            ("a job fails", failed),
            (
                "a job fails since it was stopped while running",
                failed && met(Met::StopWhileRunning),
            ),
            ("a job is replaced before it runs", met(Met::Replacement)),
            ("a second job completes after a first one", completed && world.jobs.len() > 1),
            ("a line arrives too late for a running job", met(Met::LateLine)),
            ("the webhook moves under a running job", met(Met::MovedWebhook)),
        ] {
            *self.0.entry(what).or_default() |= is_so;
        }
    }

    fn assert_all(&self) {
        let never: Vec<_> = self.0.iter().filter(|(_, met)| !**met).collect();
        assert!(never.is_empty(), "never met: {never:?}");
    }
}
