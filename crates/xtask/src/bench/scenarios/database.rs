//! Ingest and replay of the same lines on SQLite, on PostgreSQL, and on PostgreSQL with three nodes. Three
//! regions are used at the same time, so that there is work for three nodes.

use std::{thread, time::Instant};

use crate::{
    Failure,
    bench::{
        archive::{LINES_PER_BODY, new_lines, prepare},
        bodies::{Bodies, Encoding},
        context::Context,
        disk::settled,
        ingest::{Expected, ingest},
        lines::Lines,
        nodes::{Nodes, Usage},
        number::{per_million, rate, ratio},
        replay::replay,
        spread::Order,
        table::{Bar, print_row},
    },
};

const REGIONS: [&str; 3] = ["us", "eu", "au"];

const LINES_PER_REGION: u64 = 333_000;

/// Of all regions.
const LINES: u64 = LINES_PER_REGION * 3;

/// The lines of a batch.
const LINES_PER_BATCH: u64 = 1_000;

pub(super) fn run(context: &mut Context) -> Result<(), Failure> {
    let lines = new_lines(LINES_PER_REGION, Order::ByTime);
    let bodies = prepare(&context.path("bodies"), &lines, LINES_PER_BODY, Encoding::Gzip)?;
    let ingests = u64::try_from(bodies.count() * REGIONS.len())?;
    let measure = |nodes: Nodes| {
        let measured = measure(&nodes, &lines, &bodies, &context.nginx.url)?;
        nodes.stop()?;
        Ok::<_, Failure>(measured)
    };
    let program = &context.program;
    let file = measure(Nodes::on_files(program, context.path("file"))?)?;
    print("SQLite", &file, ingests, Bar::None)?;
    let one = measure(Nodes::on_database(program, &context.path("one"), 1)?)?;
    print("PostgreSQL, one node", &one, ingests, Bar::AtLeast(file.replay.rate / 2.0))?;
    let three = measure(Nodes::on_database(program, &context.path("three"), 3)?)?;
    print("PostgreSQL, three nodes", &three, ingests, Bar::None)
}

/// What an archive took.
#[derive(Clone, Copy, Debug)]
struct Measured {
    ingest: Phase,
    replay: Phase,
    bytes: u64,
}

/// What a part of the work took.
#[derive(Clone, Copy, Debug)]
struct Phase {
    /// Lines per second.
    rate: f64,
    used: Usage,
}

fn measure(
    nodes: &Nodes,
    lines: &Lines,
    bodies: &Bodies,
    endpoint: &str,
) -> Result<Measured, Failure> {
    let ingest = phase(nodes, |number, region| {
        let server = nodes.server(number).ok_or("no server")?;
        ingest(&server.api.another_connection(), region, bodies, Expected::New).map(|_| ())
    })?;
    let bytes = settled(|| nodes.bytes())?;
    let replay = phase(nodes, |number, region| {
        let server = nodes.server(number).ok_or("no server")?;
        replay(server, region, &lines.spread.all(), endpoint).map(|_| ())
    })?;
    Ok(Measured { ingest, replay, bytes })
}

/// Does something for all regions at the same time.
fn phase(
    nodes: &Nodes,
    work: impl Fn(usize, &str) -> Result<(), Failure> + Sync,
) -> Result<Phase, Failure> {
    let before = nodes.used()?;
    let started = Instant::now();
    thread::scope(|scope| {
        let work = &work;
        let start = |(number, region): (usize, &'static str)| {
            scope.spawn(move || work(number, region).map_err(|error| error.to_string()))
        };
        let started: Vec<_> = REGIONS.into_iter().enumerate().map(start).collect();
        for thread in started {
            thread.join().map_err(|_| "a thread ended in a panic")??;
        }
        Ok::<_, Failure>(())
    })?;
    let seconds = started.elapsed().as_secs_f64();
    let after = nodes.used()?;
    let used = Usage {
        server_seconds: after.server_seconds - before.server_seconds,
        database_seconds: after.database_seconds - before.database_seconds,
        round_trips: after.round_trips - before.round_trips,
    };
    Ok(Phase { rate: rate(LINES, seconds), used })
}

fn print(name: &str, measured: &Measured, ingests: u64, replay_bar: Bar) -> Result<(), Failure> {
    let Measured { ingest, replay, bytes } = measured;
    print_phase(name, "ingest", ingest, Bar::None)?;
    let trips = ratio(ingest.used.round_trips, ingests);
    print_row(&format!("{name}: round trips per ingest of 20 000 lines"), trips, "", Bar::None)?;
    let each = ratio(*bytes, LINES);
    print_row(&format!("{name}: bytes on disk per line, sealed"), each, "B", Bar::None)?;
    print_phase(name, "replay", replay, replay_bar)?;
    let trips = ratio(replay.used.round_trips, LINES / LINES_PER_BATCH);
    print_row(&format!("{name}: round trips per batch"), trips, "", Bar::None)
}

fn print_phase(name: &str, what: &str, phase: &Phase, bar: Bar) -> Result<(), Failure> {
    print_row(&format!("{name}: {what}, three regions"), phase.rate, "lines/s", bar)?;
    for (of, seconds) in
        [("the servers", phase.used.server_seconds), ("the database", phase.used.database_seconds)]
    {
        let cpu = per_million(seconds, LINES);
        let row = format!("{name}: {what}, CPU of {of}, per million lines");
        print_row(&row, cpu, "s", Bar::None)?;
    }
    Ok(())
}
