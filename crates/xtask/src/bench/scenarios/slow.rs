//! Replay to a receiver that answers after 100 ms, with four and with eight requests in flight.

use core::time::Duration;

use crate::{
    Failure,
    bench::{
        archive::REGION,
        context::Context,
        number::rate,
        replay::replay,
        slow_receiver,
        table::{Bar, print_row},
    },
};

pub(super) fn run(context: &mut Context) -> Result<(), Failure> {
    let archive = context.archive()?;
    let receiver = slow_receiver::start(Duration::from_millis(100))?;
    for (in_flight, lines, bar) in [("4", 400_000, 34_000.0), ("8", 800_000, 65_000.0)] {
        let what = format!("slow: answers after 100 ms, {in_flight} in flight");
        let server = context.program.start(&archive.data, &["--in-flight", in_flight])?;
        let timeframe = archive.lines.spread.first(lines);
        let replayed = replay(&server, REGION, &timeframe, &receiver)?;
        server.stop()?;
        print_row(&what, rate(lines, replayed.seconds), "lines/s", Bar::AtLeast(bar))?;
    }
    Ok(())
}
