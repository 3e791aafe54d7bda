//! A long replay: its rate, its memory, and how long reads of the API take meanwhile.

use std::{fs, rc::Rc};

use crate::{
    Failure,
    bench::{
        api::{job_path, preview_path, progress_path},
        archive::REGION,
        context::Context,
        latency::Poller,
        number::{megabytes, rate},
        replay::replay,
        spread::Order,
        table::{Bar, print_row},
    },
};

pub(super) fn run(context: &mut Context) -> Result<(), Failure> {
    let lines = context.many();
    let archive = if context.is_large {
        Rc::new(context.fill("large", lines, Order::ByTime)?)
    } else {
        context.archive()?
    };
    let server = context.program.start(&archive.data, &[])?;
    let all = archive.lines.spread.all();
    let paths = [job_path(REGION), preview_path(REGION, &all), progress_path(REGION)];
    let pollers = paths.map(|path| Poller::start(&server.api, path));
    let replayed = replay(&server, REGION, &all, &context.nginx.url);
    let [job, preview, progress] = pollers.map(Poller::p99_ms);
    let replayed = replayed?;
    server.stop()?;

    let what = format!("scale: replay of {} million lines", lines / 1_000_000);
    print_row(&what, rate(lines, replayed.seconds), "lines/s", Bar::None)?;
    let memory = megabytes(replayed.above_idle_bytes);
    print_row("scale: resident memory above idle, peak", memory, "MB", Bar::AtMost(64.0))?;
    print_row("scale: GET job meanwhile, p99", job?, "ms", Bar::AtMost(10.0))?;
    print_row("scale: preview meanwhile, p99", preview?, "ms", Bar::AtMost(50.0))?;
    print_row("scale: progress meanwhile, p99", progress?, "ms", Bar::AtMost(10.0))?;
    if context.is_large {
        fs::remove_dir_all(context.path("large"))?;
    }
    Ok(())
}
