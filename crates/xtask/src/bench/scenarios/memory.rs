//! Eight ingests of 58 MiB at the same time: what they take of the server's memory.

use std::{fs, thread};

use crate::{
    Failure,
    bench::{
        archive::{REGION, new_lines, prepare},
        bodies::{Bodies, Encoding},
        context::Context,
        ingest::{Expected, ingest_one},
        lines::Lines,
        number::megabytes,
        server::Server,
        spread::Order,
        table::{Bar, print_row},
    },
};

const BODIES: u64 = 8;
const BODY_BYTES: u64 = 58 * 1024 * 1024;

pub(super) fn run(context: &mut Context) -> Result<(), Failure> {
    let folder = context.path("memory");
    fs::create_dir(&folder)?;
    let each = lines_of_a_body()?;
    let lines = unsigned(each * BODIES);
    let bodies = prepare(&folder.join("bodies"), &lines, each, Encoding::Gzip)?;
    let server = context.program.start(&folder.join("data"), &[])?;
    ingest_all(&server, &bodies)?;
    let peak = server.process.peak_bytes()?;
    server.stop()?;
    fs::remove_dir_all(&folder)?;
    let what = "memory: eight ingests of 58 MiB at once, resident peak";
    print_row(what, megabytes(peak), "MB", Bar::AtMost(128.0))
}

/// Sends every body at the same time, each over a connection of its own.
fn ingest_all(server: &Server, bodies: &Bodies) -> Result<(), Failure> {
    thread::scope(|scope| {
        let send = |index| {
            let api = server.api.another_connection();
            scope.spawn(move || {
                let sent = ingest_one(&api, REGION, bodies, index, &mut Vec::new(), Expected::New);
                sent.map_err(|error| error.to_string())
            })
        };
        let ingests: Vec<_> = (0..bodies.count()).map(send).collect();
        for ingest in ingests {
            ingest.join().map_err(|_| "an ingest ended in a panic")??;
        }
        Ok(())
    })
}

/// Lines without signatures: with them, 58 MiB are more than the 16 MiB that a body may have as it
/// is sent.
fn unsigned(count: u64) -> Lines {
    Lines { signed: false, ..new_lines(count, Order::ByTime) }
}

/// The number of lines in 58 MiB, by the size of the first thousand.
fn lines_of_a_body() -> Result<u64, Failure> {
    let (lines, mut text) = (unsigned(1_000), String::new());
    (0..1_000).for_each(|index| lines.write(index, &mut text));
    Ok(BODY_BYTES * 1_000 / u64::try_from(text.len())?)
}
