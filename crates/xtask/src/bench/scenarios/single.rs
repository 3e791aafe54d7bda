//! Replay with one line in each request.

use crate::{
    Failure,
    bench::{
        archive::REGION,
        context::Context,
        number::rate,
        replay::replay,
        table::{Bar, print_row},
    },
};

const LINES: u64 = 100_000;

pub(super) fn run(context: &mut Context) -> Result<(), Failure> {
    let archive = context.archive()?;
    let server = context.program.start(&archive.data, &["--batch-lines", "1"])?;
    let timeframe = archive.lines.spread.first(LINES);
    let replayed = replay(&server, REGION, &timeframe, &context.nginx.url)?;
    server.stop()?;
    let figure = rate(LINES, replayed.seconds);
    print_row("single: one line per request", figure, "requests/s", Bar::AtLeast(10_000.0))
}
