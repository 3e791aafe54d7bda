//! Replay of a million sealed lines to nginx, beside a raw sender of the same lines.

use crate::{
    Failure,
    bench::{
        archive::{REGION, prepare},
        bodies::Encoding,
        context::{Context, MILLION},
        number::{megabytes, per_million, rate},
        raw_sender,
        replay::replay,
        table::{Bar, print_row},
    },
};

/// As many lines as a batch has.
const LINES_PER_REQUEST: u64 = 1_000;

/// As many requests in flight as the server has by default.
const CONNECTIONS: usize = 4;

pub(super) fn run(context: &mut Context) -> Result<(), Failure> {
    let archive = context.archive()?;
    let path = context.path("raw");
    let bodies = prepare(&path, &archive.lines, LINES_PER_REQUEST, Encoding::Plain)?;
    let raw = raw_sender::send(&bodies, &context.nginx.url, CONNECTIONS)?;
    drop(bodies);
    std::fs::remove_file(path)?;

    let server = context.program.start(&archive.data, &[])?;
    let all = archive.lines.spread.all();
    let replayed = replay(&server, REGION, &all, &context.nginx.url)?;
    server.stop()?;

    let (raw_rate, raw_cpu) = (rate(MILLION, raw.seconds), per_million(raw.cpu_seconds, MILLION));
    let (own_rate, own_cpu) = (rate(MILLION, replayed.seconds), replayed.cpu_seconds);
    let memory = megabytes(replayed.above_idle_bytes);
    print_row("raw sender: the same lines, level 1", raw_rate, "lines/s", Bar::None)?;
    print_row("raw sender: its CPU, per million lines", raw_cpu, "s", Bar::None)?;
    print_row("replay: sealed lines", own_rate, "lines/s", Bar::AtLeast(1_000_000.0))?;
    print_row("replay: times the raw sender", own_rate / raw_rate, "", Bar::AtLeast(2.0))?;
    let own_cpu = per_million(own_cpu, MILLION);
    print_row("replay: CPU of the server, per million lines", own_cpu, "s", Bar::None)?;
    print_row("replay: resident memory above idle, peak", memory, "MB", Bar::AtMost(64.0))
}
