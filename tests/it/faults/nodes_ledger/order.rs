//! Which requests were made again: those that were in flight when something happened to their node, and
//! no others.

use std::collections::{HashMap, HashSet};

use replay_tests::{forwarding::LiveId, lines::Line, receiver::ReceivedRequest};

use super::{
    cluster::{Disturbance, IN_FLIGHT},
    ledger::Plan,
    world::World,
};

/// Asserts that no more requests were made again than were in flight, and that a request came after a
/// later one of its slice or lane only from a node that was frozen.
pub(super) fn assert_order(
    world: &World,
    sources: &[Vec<Line>],
    requests: &[ReceivedRequest],
    plans: &HashMap<String, Plan>,
) {
    let archived = sources.iter().flatten();
    let times: HashMap<_, _> =
        archived.map(|line| (line.text.as_str(), line.at.timestamp_millis() * 1_000_000)).collect();
    let places = places(world, requests, plans, &times);
    let jobs = Repeats::of(requests.iter().filter_map(|request| {
        let id = request.header("webhook-id");
        request.job().map(|_| (id, places[id].clone()))
    }));
    let of_lane =
        Repeats::of(requests.iter().filter(|request| request.job().is_none()).map(|request| {
            let id = LiveId::of(request);
            let place = Place { sequence: id.lane, number: usize::try_from(id.first).unwrap() };
            (request.header("webhook-id"), place)
        }));
    let count = |disturbance| world.cluster.count(disturbance);
    let freezes = count(Disturbance::Freeze);
    let disturbances = [
        Disturbance::Kill,
        Disturbance::End,
        Disturbance::Freeze,
        Disturbance::Disconnect,
        Disturbance::DisconnectAll,
    ]
    .map(count);
    println!("{disturbances:?}, repeats of jobs {jobs:?}, of the lane {of_lane:?}");
    let all = disturbances.iter().sum::<usize>() + world.webhook.disablings;
    assert!(jobs.all <= all * IN_FLIGHT, "{jobs:?}");
    assert!(of_lane.all <= all, "{of_lane:?}");
    assert!(jobs.late <= freezes * IN_FLIGHT, "{jobs:?}");
    assert!(of_lane.late <= freezes, "{of_lane:?}");
}

/// A place in a sequence of requests: in a slice, or in the lane.
#[derive(Clone, Debug)]
struct Place {
    sequence: String,
    number: usize,
}

/// Requests that were made again.
#[derive(Debug, Default)]
struct Repeats {
    all: usize,
    /// Those that came after a later one of their sequence.
    late: usize,
}

impl Repeats {
    fn of<'a>(requests: impl Iterator<Item = (&'a str, Place)>) -> Self {
        let (mut known, mut last, mut repeats) = (HashSet::new(), HashMap::new(), Self::default());
        for (id, Place { sequence, number }) in requests {
            let last = last.entry(sequence).or_insert(number);
            let is_new = known.insert(id);
            assert!(!is_new || number >= *last, "{id} came after a later one");
            repeats.all += usize::from(!is_new);
            repeats.late += usize::from(number < *last);
            *last = number.max(*last);
        }
        repeats
    }
}

/// The slice of each batch of a job, and its number in the order of the job.
fn places<'a>(
    world: &World,
    requests: &'a [ReceivedRequest],
    plans: &HashMap<String, Plan>,
    times: &HashMap<&str, i64>,
) -> HashMap<&'a str, Place> {
    let rows = world.cluster.database.rows("SELECT job_id, start_ns, start_seq FROM slice");
    let mut slices: HashMap<&str, Vec<[i64; 2]>> = HashMap::new();
    for row in &rows {
        let [job, start_ns, start_seq] = &row[..] else { panic!("{row:?}") };
        let start = [start_ns, start_seq].map(|number| number.parse().unwrap());
        slices.entry(job).or_default().push(start);
    }
    let mut numbers: HashMap<_, _> = HashMap::new();
    for (number, batch) in plans.values().flat_map(|plan| plan.batches.iter().enumerate()) {
        numbers.insert(batch.id.as_str(), number);
    }
    let place = |request: &'a ReceivedRequest| {
        let id = request.header("webhook-id");
        let parts: Vec<_> = id.split('-').collect();
        let [delivery, first, _] = parts[..] else { panic!("{id}") };
        let first_line = request.body.lines().next().unwrap();
        let position = [times[first_line], first.parse().unwrap()];
        let slice =
            slices[plans[delivery].job.as_str()].iter().filter(|start| **start <= position).count();
        (id, Place { sequence: format!("{delivery} {slice}"), number: numbers[id] })
    };
    requests.iter().filter(|request| request.job().is_some()).map(place).collect()
}
