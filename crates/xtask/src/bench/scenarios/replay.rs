//! Replay of a million sealed lines to nginx, beside a raw sender of the same lines.

use std::fs;

use crate::{
    Failure,
    bench::{
        archive::{REGION, prepare},
        bodies::Encoding,
        context::{Context, MILLION},
        number::{megabytes, per_million, rate, ratio},
        raw_sender,
        replay::replay,
        table::{Bar, print_row},
    },
};

/// As many lines as a batch has.
const LINES_PER_REQUEST: u64 = 1_000;

pub(super) fn run(context: &mut Context) -> Result<(), Failure> {
    let archive = context.archive()?;
    let path = context.path("raw");
    let bodies = prepare(&path, &archive.lines, LINES_PER_REQUEST, Encoding::Plain)?;
    // As many connections as the server has requests in flight; and one, whose order is total.
    let raw = [4, 1].map(|count| raw_sender::send(&bodies, &context.nginx.url, count));
    let raw_bytes = bodies.raw_bytes;
    drop(bodies);
    fs::remove_file(path)?;

    let server = context.program.start(&archive.data, &[])?;
    let all = archive.lines.spread.all();
    let replayed = replay(&server, REGION, &all, &context.nginx.url)?;
    server.stop()?;

    let figure = rate(MILLION, replayed.seconds);
    print_row("replay: sealed lines", figure, "lines/s", Bar::AtLeast(1_000_000.0))?;
    let cpu = per_million(replayed.cpu_seconds, MILLION);
    print_row("replay: CPU of the server, per million lines", cpu, "s", Bar::None)?;
    let memory = megabytes(replayed.above_idle_bytes);
    print_row("replay: resident memory above idle, peak", memory, "MB", Bar::AtMost(64.0))?;
    for (raw, connections) in raw.into_iter().zip(["four connections", "one connection"]) {
        let raw = raw?;
        let name = format!("raw sender, {connections}");
        let times = format!("replay: times the {name}");
        let raw_rate = rate(MILLION, raw.seconds);
        let cpu = per_million(raw.cpu_seconds, MILLION);
        let sent = ratio(raw.bytes, raw_bytes);
        print_row(&format!("{name}: level 1"), raw_rate, "lines/s", Bar::None)?;
        print_row(&format!("{name}: CPU, per million lines"), cpu, "s", Bar::None)?;
        print_row(&format!("{name}: bytes sent per raw byte"), sent, "", Bar::None)?;
        print_row(&times, figure / raw_rate, "", Bar::AtLeast(2.0))?;
    }
    Ok(())
}
