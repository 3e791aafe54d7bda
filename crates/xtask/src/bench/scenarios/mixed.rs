//! Replay of a million sealed lines of one region while another region ingests at full speed.

use core::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};
use std::{fs, thread};

use crate::{
    Failure,
    bench::{
        api::{Api, job_path},
        archive::{LINES_PER_BODY, REGION, new_lines, prepare},
        bodies::{Bodies, Encoding},
        context::{Context, MILLION},
        ingest::{Expected, ingest_one},
        interrupt,
        latency::Poller,
        number::rate,
        replay::replay,
        spread::Order,
        table::{Bar, print_row},
    },
    step::note,
};

/// The lines that are there to ingest: more than arrive during a replay at its bar.
const INGESTED: u64 = 1_500_000;

const OTHER_REGION: &str = "eu";

/// What the two sides know of each other.
#[derive(Debug, Default)]
struct Progress {
    ingested: AtomicU64,
    is_over: AtomicBool,
}

pub(super) fn run(context: &mut Context) -> Result<(), Failure> {
    let archive = context.archive()?;
    let path = context.path("other");
    let lines = new_lines(INGESTED, Order::ByTime);
    let bodies = prepare(&path, &lines, LINES_PER_BODY, Encoding::Gzip)?;
    let server = context.program.start(&archive.data, &[])?;
    let progress = Progress::default();
    let (replayed, first, ingested, p99) = thread::scope(|scope| {
        let other = scope.spawn(|| ingest_until_over(&server.api, &bodies, &progress));
        while progress.ingested.load(Ordering::Relaxed) == 0 && !other.is_finished() {
            thread::sleep(Duration::from_millis(1));
        }
        let first = progress.ingested.load(Ordering::Relaxed);
        let poller = Poller::start(&server.api, job_path(REGION));
        let all = archive.lines.spread.all();
        let replayed = replay(&server, REGION, &all, &context.nginx.url);
        let ingested = progress.ingested.load(Ordering::Relaxed) - first;
        progress.is_over.store(true, Ordering::Relaxed);
        let p99 = poller.p99_ms();
        other.join().map_err(|_| "an ingest ended in a panic")??;
        Ok::<_, Failure>((replayed?, first, ingested, p99?))
    })?;
    server.stop()?;
    fs::remove_file(path)?;
    if ingested + first == INGESTED {
        note("mixed: the other region ran out of lines before the replay was over");
    }

    let replay_rate = rate(MILLION, replayed.seconds);
    let ingest_rate = rate(ingested, replayed.seconds);
    let fast_enough = Bar::AtLeast(200_000.0);
    print_row("mixed: replay while another region ingests", replay_rate, "lines/s", fast_enough)?;
    print_row("mixed: that ingest", ingest_rate, "lines/s", Bar::AtLeast(50_000.0))?;
    print_row("mixed: GET job meanwhile, p99", p99, "ms", Bar::AtMost(10.0))
}

/// Ingests into the other region until the replay is over.
fn ingest_until_over(api: &Api, bodies: &Bodies, progress: &Progress) -> Result<(), String> {
    let (api, mut body) = (api.another_connection(), Vec::new());
    for index in 0..bodies.count() {
        if progress.is_over.load(Ordering::Relaxed) || interrupt::is_pressed() {
            break;
        }
        let sent = ingest_one(&api, OTHER_REGION, bodies, index, &mut body, Expected::New);
        let lines = sent.map_err(|error| error.to_string())?.unwrap_or_default();
        progress.ingested.fetch_add(lines, Ordering::Relaxed);
    }
    Ok(())
}
